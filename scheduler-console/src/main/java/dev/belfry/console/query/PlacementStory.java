package dev.belfry.console.query;

import dev.belfry.agent.client.AgentState;
import dev.belfry.core.agent.Eligibility;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.agent.Refusal;
import dev.belfry.core.assign.Unplaced;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.Lease;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.version.JobVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who owns the shards of a version, who is to, and why nobody does. One use, not thread-safe. */
final class PlacementStory {
    /** Moves of a shard that are told; the latest ones. */
    private static final int MOVES = 5;

    private final Case facts;
    private final JobVersion version;
    private final AgentNames names;
    private final List<String> told = new ArrayList<>();

    private PlacementStory(Case facts, JobVersion version, AgentNames names) {
        this.facts = facts;
        this.version = version;
        this.names = names;
    }

    private void say(String sentence) {
        told.add(sentence);
    }

    // --- one shard

    /** Whose a shard is, since when, and what its hand-over waits for. */
    static List<String> owner(Case facts, JobVersion version, AgentNames names, String shard) {
        PlacementStory story = new PlacementStory(facts, version, names);
        if (!Case.isBroadcast(version)) {
            story.present(shard);
            story.moves(Integer.parseInt(shard), facts.now());
        }
        return story.told;
    }

    /** Whose a shard was at an instant of the past, and how that had come about. */
    static List<String> ownerThen(Case facts, JobVersion version, AgentNames names, String shard, Instant fire) {
        PlacementStory story = new PlacementStory(facts, version, names);
        if (!Case.isBroadcast(version)) {
            OwnerThen then = OwnerThen.of(facts, version, fire).get(shard);
            story.say(
                    then == null
                            ? "The masters' journal lists no owner of shard " + shard + " at that time."
                            : "Shard " + shard + " belonged to " + names.of(then.owner()) + " then.");
            story.moves(Integer.parseInt(shard), fire);
        }
        return story.told;
    }

    /** Whose a shard is at present, for a fire of the past that is not settled yet. */
    static List<String> ownerNow(Case facts, JobVersion version, AgentNames names, String shard) {
        PlacementStory story = new PlacementStory(facts, version, names);
        if (!Case.isBroadcast(version)) {
            story.present(shard);
        }
        return story.told;
    }

    private void present(String shard) {
        facts.tenancy(version, shard).ifPresent(row -> {
            say("Shard " + shard + " belongs to " + names.of(row.owner().name()) + " since generation " + row.since()
                    + "." + absent(row));
            handOver(row, facts.ledger(shard));
        });
    }

    private void moves(int shard, Instant upTo) {
        List<String> moves = new ArrayList<>();
        for (TableEntry entry : facts.journal().table()) {
            for (TableEntry.Line line : entry.changes()) {
                if (!entry.at().isAfter(upTo)
                        && line.jobUid().equals(facts.job().uid())
                        && line.layout() == version.layout()
                        && line.shard() == shard) {
                    moves.add("At " + entry.at() + " the master " + names.of(entry.incarnation()) + ": " + line.kind()
                            + " " + names.of(line.owner())
                            + (line.next().isEmpty() ? "" : " to " + names.of(line.next()))
                            + ", " + line.reason() + ".");
                }
            }
        }
        told.addAll(moves.subList(Math.max(0, moves.size() - MOVES), moves.size()));
    }

    private String absent(Tenancy row) {
        Optional<AgentState> there = facts.snapshot().agents().stream()
                .filter(agent -> agent.facts().incarnation().equals(row.owner()))
                .findFirst();
        if (there.isEmpty()) {
            return " That incarnation is gone; another gets the shard once its lease is sure to be over.";
        }
        Instant heard = there.get().heartbeatAt();
        boolean silent = !heard.equals(Instant.EPOCH)
                && heard.plus(Lease.length(there.get().facts().sessionTimeout()))
                        .isBefore(facts.now());
        return silent
                ? " It was last heard of at " + heard + ", longer ago than its lease lasts: it starts nothing, and"
                        + " another gets the shard once its session has ended."
                : "";
    }

    private void handOver(Tenancy row, Optional<LedgerRecord> ledger) {
        if (row.next() instanceof Successor.Named named) {
            say("It is to go to " + names.of(named.incarnation().name()) + " as soon as its running attempts end.");
        } else if (row.next() instanceof Successor.Withdrawn) {
            say("It is to be let go of as soon as its running attempts end, and nobody is to follow.");
        } else {
            return;
        }
        ledger.flatMap(LedgerRecord::released)
                .ifPresentOrElse(
                        released -> say("It was let go of at " + released.at() + "; what is due from " + released.from()
                                + " on is left to the next owner."),
                        () -> ledger.ifPresent(this::blocked));
    }

    /** An attempt that does not end holds the hand-over up. */
    private void blocked(LedgerRecord ledger) {
        ledger.above().forEach(span -> blocked("the fire of " + span.first(), span.mark()));
        ledger.requested().forEach(run -> blocked("run " + run.runId(), run.mark()));
    }

    private void blocked(String what, Mark mark) {
        if (mark instanceof Mark.Started started) {
            boolean abandoned = facts.journal().fires().stream()
                    .anyMatch(line -> line.entry().kind() == FireEntry.Kind.ABANDONED
                            && line.entry().jobUid().equals(facts.job().uid())
                            && line.entry().token() == started.token()
                            && line.entry().layout() == version.layout());
            say("The hand-over waits for attempt " + started.attempt() + " (token " + started.token() + ") of " + what
                    + ", which runs on " + names.of(started.incarnation()) + " since " + started.at() + ", for "
                    + Duration.between(started.at(), facts.now()).toSeconds() + " s."
                    + (abandoned
                            ? " It was told to stop and has not: only the end of that process frees the shard, so"
                                    + " restart it."
                            : ""));
        }
    }

    // --- all shards

    /** Which shards have no owner, and why. */
    static List<String> missing(Case facts, JobVersion version, AgentNames names, Optional<String> shard) {
        PlacementStory story = new PlacementStory(facts, version, names);
        if (!facts.job().deleted() && version.definition().placement() == Placement.STICKY) {
            story.missing(shard);
        }
        return story.told;
    }

    private void missing(Optional<String> shard) {
        JobDefinition definition = version.definition();
        List<Unplaced> unplaced = Moves.now(facts.snapshot()).unplaced().stream()
                .filter(one -> one.shard().jobUid().equals(facts.job().uid()))
                .filter(one -> shard.isEmpty()
                        || shard.get().equals(Integer.toString(one.shard().shard())))
                .toList();
        int rows = facts.snapshot()
                .table()
                .rows(new LayoutKey(facts.job().uid(), version.layout()))
                .count();
        int missing = definition.shards().count() - rows;
        if (missing > 0) {
            say(missing + " of " + definition.shards().count() + " shards have no owner.");
        }
        if (!unplaced.isEmpty()) {
            say("Nobody can take "
                    + (unplaced.size() == 1 ? "shard " + unplaced.get(0).shard().shard() : unplaced.size() + " shards")
                    + ": " + String.join("; ", unplaced.get(0).reasons()) + ".");
        }
        if (missing > 0) {
            refusals(definition);
            if (facts.snapshot().agents().stream().noneMatch(AgentState::master)) {
                say("There is no master, so nobody assigns shards: start an agent, or wait for the election.");
            }
        }
    }

    private void refusals(JobDefinition definition) {
        Map<Refusal, List<String>> refused = new EnumMap<>(Refusal.class);
        Set<Incarnation> duplicates = Eligibility.duplicates(
                facts.snapshot().agents().stream().map(AgentState::facts).toList());
        for (AgentState agent : facts.snapshot().agents()) {
            var facts = agent.drained() ? agent.facts().withDraining(true) : agent.facts();
            Optional<Refusal> refusal = duplicates.contains(facts.incarnation())
                    ? Optional.of(Refusal.DUPLICATE_ID)
                    : Eligibility.refusal(
                            facts,
                            definition.handler(),
                            LabelSelector.anyOf(definition.requires().labels()));
            refusal.ifPresent(
                    why -> refused.computeIfAbsent(why, r -> new ArrayList<>()).add(agent.id()));
        }
        if (!facts.snapshot().agents().isEmpty()
                && refused.getOrDefault(Refusal.HANDLER, List.of()).size()
                        == facts.snapshot().agents().size()) {
            say("No agent has handler '" + definition.handler()
                    + "': register it in the code of a service, or correct the" + " definition.");
        } else {
            refused.forEach((refusal, agents) -> say(String.join(", ", agents) + " cannot: "
                    + switch (refusal) {
                        case STANDBY -> "only a stand-by master";
                        case DRAINING -> "draining";
                        case DUPLICATE_ID -> "another live agent has the same id";
                        case HANDLER -> "no handler '" + definition.handler() + "'";
                        case LABELS ->
                            "labels do not match " + definition.requires().labels();
                    }
                    + "."));
        }
    }
}
