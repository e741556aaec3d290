package dev.belfry.master;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.assign.Unplaced;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.overdue.OverdueEvent;
import dev.belfry.core.overdue.Stretch;
import dev.belfry.core.overdue.WaitingStory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes the event of what one look has found, with the explanation for its first shard. One use. */
final class OverdueTelling {
    private final LayoutLook look;
    private final List<Stretch> fresh;
    private final OverdueWatch.Owner office;
    private final LayoutLook.Overdue told;

    /** @param fresh what no event was raised of yet; at least one stretch */
    OverdueTelling(LayoutLook look, List<Stretch> fresh, OverdueWatch.Owner office) {
        this.look = look;
        this.fresh = fresh;
        this.office = office;
        this.told = look.overdue.get(0);
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
                look.key() + "@" + first + "/" + office.term(),
                look.job.name(),
                look.job.uid(),
                look.version.layout(),
                first,
                last,
                look.fires.count(fresh),
                look.overdue.stream()
                        .limit(OverdueEvent.MOST_SHARDS)
                        .map(shard -> shard.shard().ref().shard())
                        .toList(),
                look.overdue.size(),
                told.limit(),
                look.now,
                explanation(first, heard));
    }

    private List<String> explanation(Instant fire, Optional<WaitingStory.Heard> heard) {
        String shard = told.shard().ref().shard();
        WaitingStory story = new WaitingStory(shard, OverdueTelling::agentId, look.now);
        List<String> sentences = new ArrayList<>();
        sentences.add("It was due at " + fire + ".");
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
        boolean begun = told.ledger().map(LedgerRecord::above).orElse(List.of()).stream()
                .filter(span -> span.covers(fire))
                .map(Span::mark)
                .anyMatch(mark -> !(mark instanceof Mark.Final));
        return begun ? WaitingStory.RUNNING : WaitingStory.NOT_BEGUN;
    }

    private void unowned(List<String> sentences) {
        if (look.broadcast() || told.shard().row().isPresent()) {
            return;
        }
        int all = look.version.definition().shards().count();
        int missing = all - office.table().rows(look.key()).count();
        sentences.add(missing + " of " + all + " shards have no owner.");
        List<Unplaced> unplaced = office.unplaced().stream()
                .filter(one -> one.shard().of().equals(look.key()))
                .toList();
        if (!unplaced.isEmpty()) {
            sentences.add(WaitingStory.nobodyCanTake(
                    unplaced.size(),
                    unplaced.get(0).shard().shard(),
                    unplaced.get(0).reasons()));
        }
        if (office.agents().isEmpty()) {
            sentences.add("No agent is registered.");
        }
    }

    private static String agentId(String incarnation) {
        int tilde = incarnation.indexOf('~');
        return tilde < 0 ? incarnation : incarnation.substring(0, tilde);
    }
}
