package dev.belfry.console.query;

import dev.belfry.agent.client.Journal;
import dev.belfry.agent.client.QueueState;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.queue.FiresMark;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.workflow.Backfill;
import dev.belfry.core.workflow.BackfillId;
import dev.belfry.core.workflow.BackfillRequest;
import dev.belfry.core.workflow.JobRunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is recorded of the instants of a job, as far as a backfill asks: of its fires, of the runs of earlier backfills, and of runs
 * again. The latest that was run counts; of a job that begins workflows, the whole workflow run.
 */
public final class BackfillRecords implements Backfill.Records {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Set<Outcome> NOT_RUN = Set.of(Outcome.SKIPPED, Outcome.MISSED, Outcome.SUPERSEDED);

    /** The record of one run, or of one workflow run, of an instant. */
    private static final class Recorded {
        /** By job: its latest attempt within a workflow run, and the outcomes of its shards. */
        private final Map<String, Integer> attempts = new HashMap<>();

        private final Map<String, List<Outcome>> outcomes = new HashMap<>();
        private Instant ended = Instant.EPOCH;

        void add(FireEntry line) {
            int attempt = JobRunId.parse(line.fire().runId(line.jobUid()))
                    .map(JobRunId::attempt)
                    .orElse(1);
            int known = attempts.getOrDefault(line.jobUid(), 0);
            if (attempt >= known) {
                if (attempt > known) {
                    outcomes.remove(line.jobUid());
                }
                attempts.put(line.jobUid(), attempt);
                outcomes.computeIfAbsent(line.jobUid(), uid -> new ArrayList<>())
                        .add(line.outcome());
            }
            ended = line.ended().isAfter(ended) ? line.ended() : ended;
        }

        Outcome outcome() {
            List<Outcome> jobs = outcomes.values().stream().map(Outcome::worst).toList();
            boolean all = jobs.stream().allMatch(NOT_RUN::contains);
            return Outcome.worst(
                    all || jobs.size() == 1
                            ? jobs
                            : jobs.stream()
                                    .filter(outcome -> !NOT_RUN.contains(outcome))
                                    .toList());
        }

        int shards(String job) {
            return outcomes.getOrDefault(job, List.of()).size();
        }

        boolean ran() {
            return !NOT_RUN.contains(outcome());
        }

        Instant ended() {
            return ended;
        }
    }

    /** Fires that share an outcome without a run. */
    private record Stretch(Instant first, Instant last, Outcome outcome) {}

    private final String uid;
    private final String prefix;
    private final Set<String> members;
    private final Set<Instant> underWay = new HashSet<>();
    private final Map<Instant, List<Submission>> queued = new HashMap<>();
    private final Map<Instant, Map<String, Recorded>> runs = new HashMap<>();
    private final List<Stretch> stretches = new ArrayList<>();

    /** @param members uids of the jobs of the workflow that the job begins; its own alone if it begins none */
    public BackfillRecords(JobRecord job, Set<String> members) {
        this.uid = job.uid();
        this.prefix = BackfillId.prefix(uid);
        this.members = Set.copyOf(members);
    }

    /** Takes in what the journal lists. */
    public BackfillRecords with(Journal journal) {
        for (Journal.Line line : journal.fires()) {
            FireEntry entry = line.entry();
            if (entry.kind() != FireEntry.Kind.FINAL || !members.contains(entry.jobUid())) {
                continue;
            }
            if (entry.count() > 1 && entry.jobUid().equals(uid)) {
                stretches.add(new Stretch(entry.fire().due(), entry.last(), entry.outcome()));
            } else {
                run(entry)
                        .ifPresent(run -> runs.computeIfAbsent(entry.fire().due(), due -> new HashMap<>())
                                .computeIfAbsent(run, id -> new Recorded())
                                .add(entry));
            }
        }
        return this;
    }

    /** The run of the job, or the workflow run that it began, of which a line is; empty if it is of another one. */
    private Optional<String> run(FireEntry entry) {
        String id = entry.fire().runId(entry.jobUid());
        if (entry.jobUid().equals(uid) && entry.fire().isScheduled()) {
            return Optional.of(prefix + "@" + entry.fire().due());
        }
        Optional<String> workflow = JobRunId.parse(id).map(JobRunId::workflowRun);
        return workflow.isPresent()
                ? workflow.filter(run -> run.startsWith(prefix + "@") || run.startsWith(prefix + "!"))
                : Optional.of(id).filter(run -> entry.jobUid().equals(uid));
    }

    /** Takes in what is queued or waits for its turn. */
    public BackfillRecords with(QueueState queue) {
        if (members.size() == 1) {
            queue.segments().stream()
                    .flatMap(segment -> segment.segment().runs().stream())
                    .filter(run -> run.jobUid().equals(uid) && run.due().isPresent())
                    .forEach(run -> queued.computeIfAbsent(run.due().get(), due -> new ArrayList<>())
                            .add(run));
        }
        Optional.ofNullable(queue.fires().get(uid)).stream()
                .map(FiresMark::waiting)
                .flatMap(List::stream)
                .forEach(turn -> underWay.add(turn.due()));
        return this;
    }

    /** Takes in workflow runs that have not ended. */
    public BackfillRecords with(List<WorkflowView> workflows) {
        workflows.stream()
                .filter(run -> !run.isFinal() && run.id().startsWith(prefix))
                .forEach(run -> underWay.add(run.due()));
        return this;
    }

    @Override
    public Backfill.Recorded at(Instant due) {
        Optional<Recorded> latest = runs.getOrDefault(due, Map.of()).values().stream()
                .max(Comparator.comparing(Recorded::ran).thenComparing(Recorded::ended));
        if (underWay.contains(due)
                || queued.getOrDefault(due, List.of()).stream().anyMatch(this::isOpen)) {
            return new Backfill.Recorded.UnderWay();
        }
        return latest.map(Recorded::outcome)
                .or(() -> stretches.stream()
                        .filter(stretch -> !due.isBefore(stretch.first()) && !due.isAfter(stretch.last()))
                        .map(Stretch::outcome)
                        .findFirst())
                .<Backfill.Recorded>map(Backfill.Recorded.Settled::new)
                .orElseGet(Backfill.Recorded.Nothing::new);
    }

    /** A segment keeps a run until all that were submitted with it have ended, too. */
    private boolean isOpen(Submission run) {
        Instant due = run.due().orElseThrow();
        String id = run.runId().equals(uid + "@" + due) ? prefix + "@" + due : run.runId();
        Recorded recorded = runs.getOrDefault(due, Map.of()).get(id);
        return recorded == null || recorded.shards(uid) < run.shards();
    }

    /**
     * Why the outcomes of a range cannot be told: some are only counted.
     *
     * @param since from when on the history is complete; empty if it always was, or there is none
     */
    public Optional<String> unknown(JobRecord job, Journal journal, BackfillRequest request, Optional<Instant> since) {
        // Of a job that was changed often the first versions are not kept.
        boolean whole = job.versions().get(0).number() == 1;
        Instant known = whole ? job.versions().get(0).from() : Instant.MIN;
        Optional<Instant> kept = since.filter(at -> request.from().isBefore(at) && known.isBefore(at));
        if (kept.isPresent()) {
            return Optional.of("what was recorded before " + kept.get() + " is not kept any more");
        }
        for (JournalCounts counts : journal.counts().values()) {
            for (JournalCounts.Cell cell : counts.cells().keySet()) {
                boolean concerns = cell.isEarlier()
                        ? request.from().isBefore(counts.earlierUntil().plus(HOUR))
                                && known.isBefore(counts.earlierUntil().plus(HOUR))
                        : members.contains(cell.jobUid())
                                && !cell.hour().isAfter(request.to())
                                && request.from().isBefore(cell.lastHour().plus(HOUR));
                if (concerns) {
                    return Optional.of("outcomes "
                            + (cell.isEarlier()
                                    ? "up to " + counts.earlierUntil().plus(HOUR)
                                    : "of the hours from " + cell.hour() + " to "
                                            + cell.lastHour().plus(HOUR))
                            + " are counted in the journal, and not listed instant by instant");
                }
            }
        }
        return Optional.empty();
    }
}
