package dev.belfry.console.query;

import dev.belfry.agent.client.Journal;
import dev.belfry.agent.client.QueueState;
import dev.belfry.console.query.Standing.State;
import dev.belfry.core.dispatch.TaskId;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.queue.FiresMark;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.workflow.SplitHead;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What became of one run of a queued job, shard by shard. Pure functions of a case. */
final class QueuedStory {
    /** What is not run at all is recorded once, for all shards. */
    private static final Set<Outcome> NOT_RUN = Set.of(Outcome.SKIPPED, Outcome.MISSED, Outcome.SUPERSEDED);

    private static final Set<String> BEHIND_ANOTHER = Set.of(Reasons.OVERLAP, Reasons.BUFFER_FULL);

    private final Case facts;
    private final String runId;
    private final Optional<Instant> fire;
    private final AgentNames names;
    private final QueueView view;
    private final Optional<FiresMark> mark;
    private final List<Journal.Line> lines;

    private QueuedStory(Case facts, String runId, Optional<Instant> fire, List<Journal.Line> lines, AgentNames names) {
        this.facts = facts;
        this.runId = runId;
        this.fire = fire;
        this.lines = lines;
        this.names = names;
        this.view = QueueView.of(facts.queue(), facts.snapshot());
        this.mark = Optional.ofNullable(facts.queue().fires().get(facts.job().uid()));
    }

    /** Of a scheduled fire. */
    static QueuedStory of(Case facts, Instant fire, JobVersion version, AgentNames names) {
        List<Journal.Line> lines = facts.lines(fire, version).values().stream()
                .flatMap(List::stream)
                .toList();
        return new QueuedStory(facts, FireId.scheduled(fire).runId(facts.job().uid()), Optional.of(fire), lines, names);
    }

    /** Of a run that was submitted. */
    static QueuedStory of(Case facts, String runId, AgentNames names) {
        List<Journal.Line> lines = facts.journal().fires().stream()
                .filter(line -> line.entry().jobUid().equals(facts.job().uid())
                        && line.entry().fire().runId(facts.job().uid()).equals(runId))
                .toList();
        return new QueuedStory(facts, runId, Optional.empty(), lines, names);
    }

    private List<Journal.Line> lines(String shard) {
        List<Journal.Line> own = lines.stream()
                .filter(line -> line.entry().shard().equals(shard))
                .toList();
        return own.isEmpty()
                ? lines.stream().filter(line -> isForAll(line.entry())).toList()
                : own;
    }

    private static boolean isForAll(FireEntry entry) {
        return entry.kind() == FireEntry.Kind.FINAL
                && entry.attempt() == 0
                && entry.token() == 0
                && NOT_RUN.contains(entry.outcome());
    }

    // --- how a shard stands

    /** How a shard stands with the run. */
    Standing standing(String shard) {
        List<Journal.Line> of = lines(shard);
        Optional<FireEntry> end = of.stream()
                .map(Journal.Line::entry)
                .filter(entry -> entry.kind() == FireEntry.Kind.FINAL)
                .reduce((first, second) -> second);
        TaskId id = TaskId.of(runId, Integer.parseInt(shard));
        State state = end.isPresent() ? State.FINAL : open(id);
        return new Standing(
                shard,
                state,
                end.map(FireEntry::outcome),
                end.map(FireEntry::reason).orElse(""),
                end.map(FireEntry::ended),
                Optional.empty(),
                Optional.empty(),
                Attempt.of(of));
    }

    private State open(TaskId id) {
        if (view.placed(id).isPresent()) {
            return State.DISPATCHED;
        }
        if (view.task(id).isPresent()) {
            return State.QUEUED;
        }
        if (turn().isPresent()) {
            return State.WAITS_ITS_TURN;
        }
        if (fire.isPresent()
                && mark.filter(known -> !fire.get().isAfter(known.upTo())).isEmpty()) {
            return State.UNDECIDED;
        }
        return fire.isPresent() && facts.isCounted(fire.get(), writer -> true) ? State.COUNTED : State.UNLISTED;
    }

    private Optional<FiresMark.Turn> turn() {
        return mark.stream()
                .flatMap(known -> known.waiting().stream())
                .filter(one -> fire.filter(one.due()::equals).isPresent())
                .findFirst();
    }

    // --- what is told of it

    /** Everything that is known of a shard of the run. */
    List<String> sentences(String shard) {
        List<String> told = new ArrayList<>();
        segment().ifPresent(segment -> told.add(accepted(segment)));
        List<Journal.Line> of = lines(shard);
        of.forEach(line -> told.add(sentence(line)));
        of.stream()
                .map(Journal.Line::entry)
                .filter(entry -> BEHIND_ANOTHER.contains(entry.reason()))
                .findFirst()
                .ifPresent(entry -> told.addAll(behind(entry.ended())));
        Standing standing = standing(shard);
        if (standing.isOver()) {
            if (standing.state() != State.FINAL) {
                told.add("Shard " + shard + " " + standing.text() + ".");
            }
            return told;
        }
        String present = facts.isPast() ? "At present: shard " : "Shard ";
        told.add(present + shard + " " + standing.text() + ".");
        view.split(runId).ifPresent(split -> told.add("Run " + runId + " " + split.story() + "."));
        switch (standing.state()) {
            case DISPATCHED -> dispatched(TaskId.of(runId, Integer.parseInt(shard)), told);
            case QUEUED -> waiting(TaskId.of(runId, Integer.parseInt(shard)), told);
            case WAITS_ITS_TURN -> {
                boolean late = turn().filter(FiresMark.Turn::late).isPresent();
                told.add((late ? "It was found late, and runs by the misfire policy; it" : "It")
                        + " is queued once the runs before it are over.");
                told.addAll(openRuns());
            }
            default ->
                told.add(mark.map(known -> "The schedule of the job was decided up to " + known.upTo() + ".")
                        .orElse("Nothing of the schedule of the job was ever decided."));
        }
        return told;
    }

    private Optional<QueueState.Stored> segment() {
        return facts.queue().segments().stream()
                .filter(segment -> segment.segment().runs().stream()
                        .anyMatch(run -> run.runId().equals(runId)))
                .findFirst();
    }

    private String accepted(QueueState.Stored segment) {
        String name = Paths.name(segment.path());
        String by = segment.segment().runs().stream()
                .filter(run -> run.runId().equals(runId))
                .map(run -> run.by())
                .findFirst()
                .orElse("");
        return "Run " + runId + " is in the queue since " + segment.accepted() + ", "
                + (fire.isPresent() && name.matches("m[0-9]+-[0-9]+")
                        ? "decided by the master of term " + name.substring(1, name.indexOf('-'))
                        : "submitted" + (by.isEmpty() ? "" : " by " + by))
                + ".";
    }

    private void dispatched(TaskId id, List<String> told) {
        Optional<QueueView.Placed> first = view.placed(id);
        first.ifPresent(place -> told.add(holds(place) + "."));
        view.backup(id).ifPresent(second -> {
            told.add("That attempt is slow (backup-after: " + slow() + "), so " + holds(second)
                    + ", a second one beside it; the first of them to succeed settles the task.");
        });
        first.map(place -> place.entry().cancel())
                .filter(why -> !why.isEmpty())
                .ifPresent(why -> told.add("It is to be cancelled: " + ReasonText.of(why) + "."));
    }

    private String holds(QueueView.Placed place) {
        return names.of(place.incarnation()) + " has it since "
                + place.entry().order().at() + " as attempt "
                + place.entry().order().attempt() + " (token "
                + place.entry().number() + ")"
                + (place.entry().order().isBackup() && view.backup(id(place)).isEmpty()
                        ? ", which began beside another one that is over"
                        : "");
    }

    private static TaskId id(QueueView.Placed place) {
        return TaskId.of(place.entry().runId(), place.entry().task().shard());
    }

    private String slow() {
        Object rule =
                facts.job().at(fire.orElse(facts.now())).definition().queueing().backupAfter();
        return rule == null ? "as it was" : rule.toString();
    }

    private void waiting(TaskId id, List<String> told) {
        if (view.split(runId).filter(SplitHead::gathers).isPresent()) {
            return;
        }
        view.task(id)
                .flatMap(QueueView.Task::explanation)
                .ifPresentOrElse(
                        why -> {
                            told.add(why.text());
                            why.expectedStart()
                                    .ifPresent(at -> told.add("It may be expected to start about "
                                            + Instant.ofEpochMilli(at.toEpochMilli()) + "."));
                        },
                        () -> told.add("Its job is not known or deleted; it is settled with the next dispatch."));
    }

    /** The runs of the job that have no outcome. */
    private List<String> openRuns() {
        TreeSet<String> open = new TreeSet<>();
        view.tasks().stream()
                .filter(task -> task.run().jobUid().equals(facts.job().uid()))
                .forEach(task -> open.add(task.run().runId()));
        return open.isEmpty()
                ? List.of()
                : List.of("Without an outcome at present: "
                        + String.join(", ", open.stream().limit(3).toList())
                        + (open.size() > 3 ? " and " + (open.size() - 3) + " more" : "") + ".");
    }

    /** The run that was not over at an instant. */
    private List<String> behind(Instant decided) {
        Optional<FireEntry> ended = facts.journal().fires().stream()
                .map(Journal.Line::entry)
                .filter(entry -> entry.jobUid().equals(facts.job().uid())
                        && entry.kind() == FireEntry.Kind.FINAL
                        && entry.attempt() > 0
                        && entry.fire().due().isBefore(decided)
                        && entry.ended().isAfter(decided))
                .max(Comparator.comparing(entry -> entry.fire().due()));
        return ended.map(
                        entry -> List.of("Run " + entry.fire().runId(facts.job().uid())
                                + " was not over then; it ended at " + entry.ended() + "."))
                .orElseGet(this::openRuns);
    }

    private String sentence(Journal.Line line) {
        FireEntry entry = line.entry();
        String reason = entry.reason().isEmpty() ? "" : ": " + ReasonText.of(entry.reason());
        String attempt = "attempt " + entry.attempt() + " (token " + entry.token() + ")";
        if (entry.kind() == FireEntry.Kind.FINAL) {
            String ran = entry.token() == 0 || line.incarnation().isEmpty()
                    ? ""
                    : names.of(line.incarnation()) + " had " + attempt + started(entry) + ". ";
            return ran + master(line) + " recorded " + entry.outcome().text()
                    + (entry.count() > 1
                            ? " for the " + entry.count() + " fires from "
                                    + entry.fire().due() + " to " + entry.last()
                            : "")
                    + " at " + entry.ended() + reason + ".";
        }
        return names.of(line.incarnation()) + " had " + attempt + started(entry) + ", which ended "
                + entry.outcome().text() + " at " + entry.ended() + reason + ".";
    }

    private static String started(FireEntry entry) {
        return entry.started().equals(Instant.EPOCH) ? "" : ", started at " + entry.started();
    }

    private static String master(Journal.Line line) {
        return Paths.isQueueJournal(line.writer())
                ? "The master of term " + line.writer().substring(line.writer().indexOf('-') + 1)
                : "A master";
    }
}
