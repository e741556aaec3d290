package dev.belfry.master;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.assign.Unplaced;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.RequestedRun;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.overdue.OverdueEvent;
import dev.belfry.core.overdue.Stretch;
import dev.belfry.core.overdue.WaitingStory;
import dev.belfry.core.version.RunRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    private OverdueTelling(
            LayoutLook look,
            List<Stretch> fresh,
            Optional<RunRequest> run,
            List<LayoutLook.Overdue> shards,
            OverdueWatch.Owner office) {
        this.look = look;
        this.fresh = fresh;
        this.run = run;
        this.shards = List.copyOf(shards);
        this.office = office;
        this.told = shards.get(0);
    }

    /** @param fresh what no event was raised of yet; at least one stretch */
    static OverdueTelling ofFires(LayoutLook look, List<Stretch> fresh, OverdueWatch.Owner office) {
        return new OverdueTelling(look, fresh, Optional.empty(), look.overdue, office);
    }

    /** @param run that somebody asked for; one of {@link LayoutLook#overdueRuns} */
    static OverdueTelling ofRun(LayoutLook look, RunRequest run, OverdueWatch.Owner office) {
        return new OverdueTelling(
                look,
                List.of(new Stretch(run.accepted(), run.accepted())),
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
        Instant first = fresh.get(0).first();
        Instant last = fresh.get(fresh.size() - 1).last();
        return new OverdueEvent(
                look.key() + "@" + run.map(RunRequest::runId).orElse(first.toString()) + "/" + office.term(),
                look.job.name(),
                look.job.uid(),
                look.version.layout(),
                run.map(RunRequest::runId),
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
