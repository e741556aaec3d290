package dev.belfry.console.query;

import dev.belfry.agent.client.AgentState;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Eligibility;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.agent.Refusal;
import dev.belfry.core.assign.Unplaced;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.overdue.WaitingStory;
import dev.belfry.core.ownership.Buckets;
import dev.belfry.core.ownership.HeartbeatRecord;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.version.JobVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

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
            story.lease(shard);
        }
        return story.told;
    }

    private void present(String shard) {
        facts.tenancy(version, shard).ifPresent(row -> {
            WaitingStory story = new WaitingStory(shard, names::of, facts.now());
            Optional<WaitingStory.Heard> heard = heard(row);
            Optional<Instant> until = Restarts.until(facts.snapshot(), facts.job(), row.owner());
            say(heard.isEmpty() && until.isPresent() ? story.ownerThatReturns(row) : story.owner(row, heard));
            restart(row, until);
            if (heard.isEmpty() || until.isPresent()) {
                heir(shard, row, until.isPresent());
            }
            told.addAll(story.handOver(row, facts.ledger(shard), this::isAbandoned));
        });
    }

    /** What comes of a restart that the owner announced. */
    private void restart(Tenancy row, Optional<Instant> until) {
        Instant announced = facts.snapshot().restarting().get(row.owner());
        if (announced == null) {
            return;
        }
        String then = Restarts.grace(facts.job()).isZero()
                ? "the job has no rejoin grace, and does not wait for it"
                : "the rejoin grace of the job is over";
        say("Agent " + row.owner().agentId() + " announced at " + announced + " that it closes and comes back; "
                + until.map(end -> "the shard waits for it until " + end
                                + " at the latest, and what is due before it is" + " back runs late")
                        .orElse(then)
                + ".");
    }

    /** Who has the shard if the owner that is gone, or about to go, does not come back. */
    private void heir(String shard, Tenancy row, boolean mayReturn) {
        ShardKey key = new LayoutKey(facts.job().uid(), version.layout()).shard(Integer.parseInt(shard));
        Moves.heir(facts.snapshot().without(row.owner()), key)
                .ifPresent(heir -> say((mayReturn ? "If it is not back then, the shard goes" : "It goes") + " to "
                        + names.of(heir.name()) + ", as things stand."));
    }

    private void lease(String shard) {
        WaitingStory story = new WaitingStory(shard, names::of, facts.now());
        facts.tenancy(version, shard).flatMap(this::heard).flatMap(story::lease).ifPresent(this::say);
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

    private Optional<WaitingStory.Heard> heard(Tenancy row) {
        return facts.snapshot().agents().stream()
                .filter(agent -> agent.facts().incarnation().equals(row.owner()))
                .findFirst()
                .map(agent -> new WaitingStory.Heard(
                        agent.heartbeatAt(), agent.facts().sessionTimeout()));
    }

    private boolean isAbandoned(Mark.Started started) {
        return facts.journal().fires().stream()
                .anyMatch(line -> line.entry().kind() == FireEntry.Kind.ABANDONED
                        && line.entry().jobUid().equals(facts.job().uid())
                        && line.entry().token() == started.token()
                        && line.entry().layout() == version.layout());
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
        told.addAll(Unplaced.sentences(unplaced));
        if (shard.isEmpty() && definition.shards().count() > 1) {
            returning();
        }
        if (missing > 0) {
            lostRows(definition);
            refusals(definition);
            if (facts.snapshot().agents().stream().noneMatch(AgentState::master)) {
                say("There is no master, so nobody assigns shards: start an agent, or wait for the election.");
            }
        }
    }

    /** Shards of owners that are about to close and come back; those of owners that are gone are told of as waiting. */
    private void returning() {
        LayoutKey layout = new LayoutKey(facts.job().uid(), version.layout());
        for (AgentState agent : facts.snapshot().agents()) {
            Incarnation owner = agent.facts().incarnation();
            int[] shards = new int[1];
            facts.snapshot()
                    .table()
                    .forEach((key, row) ->
                            shards[0] += key.of().equals(layout) && row.owner().equals(owner) ? 1 : 0);
            Restarts.until(facts.snapshot(), facts.job(), owner)
                    .filter(until -> shards[0] > 0)
                    .ifPresent(
                            until -> say((shards[0] == 1 ? "1 shard waits" : shards[0] + " shards wait") + " for agent "
                                    + agent.id() + ", which closes and comes back, until " + until
                                    + " at the latest; then others have them."));
        }
    }

    /** Where a bucket names nobody the master waits for whoever has not reported that version of the table. */
    private void lostRows(JobDefinition definition) {
        LayoutKey layout = new LayoutKey(facts.job().uid(), version.layout());
        Set<String> silent = new TreeSet<>();
        for (int from = 0; from < definition.shards().count(); from += Buckets.BLOCK) {
            Long emptied = facts.snapshot().emptied().get(Buckets.of(layout.shard(from)));
            for (AgentState agent : facts.snapshot().agents()) {
                boolean knows = emptied == null
                        || agent.heartbeat().map(HeartbeatRecord::appliedTable).orElse(0L) >= emptied;
                if (!knows) {
                    silent.add(agent.id());
                }
            }
        }
        if (!silent.isEmpty()) {
            say(
                    "Its part of the table names nobody, maybe because rows were lost, and is granted to nobody while an agent"
                            + " may still go by them: " + String.join(", ", silent)
                            + (silent.size() == 1 ? " has" : " have")
                            + " not reported the present table. See in the log there why it is not read, or restart the agent.");
        }
    }

    private void refusals(JobDefinition definition) {
        Map<Refusal, List<String>> refused = new EnumMap<>(Refusal.class);
        Set<Incarnation> duplicates = Eligibility.duplicates(
                facts.snapshot().agents().stream().map(AgentState::facts).toList());
        for (AgentState agent : facts.snapshot().agents()) {
            AgentFacts facts = agent.present();
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
