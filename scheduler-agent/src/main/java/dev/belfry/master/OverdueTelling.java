package dev.belfry.master;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.assign.Unplaced;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.RequestedRun;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.overdue.Cause;
import dev.belfry.core.overdue.OverdueEvent;
import dev.belfry.core.overdue.Stretch;
import dev.belfry.core.overdue.Telling;
import dev.belfry.core.overdue.WaitingStory;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.version.RunRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Makes the event of what one look has found, with the explanation for its first shard. One use. */
final class OverdueTelling {
    private final LayoutLook look;
    private final List<Stretch> fresh;
    private final OverdueWatch.Owner office;
    private final Optional<RunRequest> run;
    /** Shards that have no outcome, at least one; the first is explained. */
    private final List<LayoutLook.Overdue> shards;

    private final LayoutLook.Overdue told;
    private final Telling telling;
    private final long causeFires;

    private OverdueTelling(
            LayoutLook look,
            List<Stretch> fresh,
            Telling telling,
            long causeFires,
            Optional<RunRequest> run,
            List<LayoutLook.Overdue> shards,
            OverdueWatch.Owner office) {
        this.look = look;
        this.fresh = fresh;
        this.telling = telling;
        this.causeFires = causeFires;
        this.run = run;
        this.shards = List.copyOf(shards);
        this.office = office;
        this.told = shards.get(0);
    }

    /**
     * Of fires that are overdue.
     *
     * @param fresh what no event was raised of yet; none for a reminder of others
     * @param cause as it will be once the event is raised
     */
    static OverdueTelling ofFires(
            LayoutLook look, List<Stretch> fresh, Telling telling, Cause cause, OverdueWatch.Owner office) {
        return new OverdueTelling(look, fresh, telling, cause.fires(), Optional.empty(), look.overdue, office);
    }

    /** What keeps the shards of a look from being settled, by kind and agent. */
    static SortedSet<String> reasons(LayoutLook look, OverdueWatch.Owner office) {
        SortedSet<String> reasons = new TreeSet<>();
        for (LayoutLook.Overdue one : look.overdue) {
            Optional<Tenancy> row = one.shard().row();
            String owner = one.shard().owner().map(Incarnation::agentId).orElse("");
            if (look.queued()) {
                reasons.add(owner.isEmpty() ? "queue" : "busy " + owner);
            } else if (owner.isEmpty()) {
                reasons.add("nobody");
            } else if (row.isPresent() && !office.registered(row.get().owner().name())) {
                reasons.add("gone " + owner);
            } else if (row.isPresent() && !row.get().next().equals(Successor.NONE)) {
                reasons.add("hand-over " + owner);
            } else {
                reasons.add((one.busy() ? "busy " : "silent ") + owner);
            }
        }
        return reasons;
    }

    /** All that was overdue of a layout is settled. */
    static OverdueEvent end(LayoutLook look, Cause cause, OverdueWatch.Owner office) {
        return new OverdueEvent(
                look.key() + "@" + cause.first() + "/end/" + office.term(),
                look.job.name(),
                look.job.uid(),
                look.version.layout(),
                Optional.empty(),
                Telling.END,
                cause.fires(),
                cause.first(),
                cause.last(),
                0,
                List.of(),
                0,
                look.tolerance.waiting(),
                look.now,
                List.of(),
                look.job.definition().alerts());
    }

    /** @param run that somebody asked for; one of {@link LayoutLook#overdueRuns} */
    static OverdueTelling ofRun(LayoutLook look, RunRequest run, OverdueWatch.Owner office) {
        return new OverdueTelling(
                look,
                List.of(new Stretch(run.accepted(), run.accepted())),
                Telling.BEGIN,
                1,
                Optional.of(run),
                look.overdueRuns.getOrDefault(run, List.of()),
                office);
    }

    /** The registration of the owner of the shard that is explained; empty if it has none. */
    Optional<AgentFacts> owner() {
        return told.shard()
                .owner()
                .flatMap(owner -> office.agents().stream()
                        .filter(agent -> agent.incarnation().equals(owner))
                        .findFirst());
    }

    /** @param heard when that owner was last heard of */
    OverdueEvent event(Optional<WaitingStory.Heard> heard) {
        boolean reminder = fresh.isEmpty();
        List<Stretch> meant = reminder ? look.fires.found() : fresh;
        Instant first = meant.get(0).first();
        Instant last = meant.get(meant.size() - 1).last();
        return new OverdueEvent(
                look.key() + "@" + run.map(RunRequest::runId).orElse(first.toString())
                        + (reminder ? "/" + look.now : "") + "/" + office.term(),
                look.job.name(),
                look.job.uid(),
                look.version.layout(),
                run.map(RunRequest::runId),
                telling,
                causeFires,
                first,
                last,
                run.isPresent() ? 1 : look.fires.count(fresh),
                shards.stream()
                        .limit(OverdueEvent.MOST_SHARDS)
                        .map(shard -> shard.shard().ref().shard())
                        .toList(),
                shards.size(),
                told.limit(),
                look.now,
                explanation(first, heard),
                look.job.definition().alerts());
    }

    private List<String> explanation(Instant fire, Optional<WaitingStory.Heard> heard) {
        String shard = told.shard().ref().shard();
        WaitingStory story = new WaitingStory(shard, OverdueTelling::agentId, look.now);
        List<String> sentences = new ArrayList<>();
        sentences.add(run.map(OverdueTelling::asked).orElse("It was due at " + fire + "."));
        if (look.queued()) {
            office.queued()
                    .map(tasks -> tasks.story(look.job, Integer.parseInt(shard), fire, look.now))
                    .ifPresent(sentences::addAll);
            return sentences;
        }
        sentences.add("Shard " + shard + " " + standing(fire) + ".");
        told.shard().row().ifPresent(row -> {
            // One whose registration cannot be read is there all the same.
            boolean there = heard.isPresent() || office.registered(row.owner().name());
            Optional<WaitingStory.Heard> sign = heard.or(() -> there
                    ? Optional.of(new WaitingStory.Heard(Instant.EPOCH, java.time.Duration.ofSeconds(1)))
                    : Optional.empty());
            sentences.add(story.owner(row, sign));
            sentences.addAll(story.handOver(row, told.ledger(), attempt -> false));
        });
        heard.flatMap(story::lease).ifPresent(sentences::add);
        unowned(sentences);
        told.ledger().ifPresent(ledger -> sentences.add(story.ledger("Its ledger", ledger)));
        return sentences;
    }

    private String standing(Instant fire) {
        if (told.ledger().isEmpty()) {
            return WaitingStory.NOTHING_RECORDED;
        }
        LedgerRecord ledger = told.ledger().get();
        Stream<Mark> marks = run.isPresent()
                ? ledger.requested().stream()
                        .filter(one -> one.runId().equals(run.get().runId()))
                        .map(RequestedRun::mark)
                : ledger.above().stream().filter(span -> span.covers(fire)).map(Span::mark);
        boolean begun = marks.anyMatch(mark -> !(mark instanceof Mark.Final));
        return begun ? WaitingStory.RUNNING : WaitingStory.NOT_BEGUN;
    }

    private static String asked(RunRequest run) {
        return run.author().name() + " asked for run " + run.runId() + ", which is in force since " + run.accepted()
                + ".";
    }

    private void unowned(List<String> sentences) {
        if (look.broadcast()) {
            return;
        }
        List<Unplaced> unplaced = office.unplaced().stream()
                .filter(one -> one.shard().of().equals(look.key()))
                .toList();
        if (told.shard().row().isPresent()) {
            // Its owner is gone, or it is kept for one that comes back.
            String shard = told.shard().ref().shard();
            sentences.addAll(Unplaced.sentences(unplaced.stream()
                    .filter(one -> Integer.toString(one.shard().shard()).equals(shard))
                    .toList()));
            return;
        }
        int all = look.version.definition().shards().count();
        int missing = all - office.table().rows(look.key()).count();
        sentences.add(missing + " of " + all + " shards have no owner.");
        sentences.addAll(Unplaced.sentences(unplaced));
        if (office.agents().isEmpty()) {
            sentences.add("No agent is registered.");
        }
    }

    private static String agentId(String incarnation) {
        int tilde = incarnation.indexOf('~');
        return tilde < 0 ? incarnation : incarnation.substring(0, tilde);
    }
}
