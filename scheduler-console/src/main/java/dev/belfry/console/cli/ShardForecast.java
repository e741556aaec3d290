package dev.belfry.console.cli;

import dev.belfry.console.query.Moves;
import dev.belfry.console.query.Snapshot;
import dev.belfry.core.assign.Change;
import dev.belfry.core.assign.Plan;
import dev.belfry.core.assign.Unplaced;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.ownership.LayoutKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What becomes of the shards if definitions change, for people. */
final class ShardForecast {
    private static final int MOST_MOVES = 10;

    private final Snapshot snapshot;
    private final Map<String, JobDefinition> changed;
    private final Plan plan;
    private final Map<String, LayoutKey> relaid;

    /** @param changed definitions by the names of their jobs */
    ShardForecast(Snapshot snapshot, Map<String, JobDefinition> changed) {
        this.snapshot = snapshot;
        this.changed = changed;
        this.plan = Moves.with(snapshot, changed);
        this.relaid = Moves.relaid(snapshot, changed);
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        relaid.forEach((job, old) -> lines.add("  " + relaid(job, old)));
        List<String> moves = new ArrayList<>();
        Map<String, Integer> grants = new TreeMap<>();
        int changes = 0;
        int others = 0;
        for (int i = 0; i < plan.changes().size(); i++) {
            Change change = plan.changes().get(i);
            if (isOfRelaid(change.shard().jobUid())) {
                continue;
            }
            changes++;
            if (change instanceof Change.Grant grant) {
                grants.merge(grant.to().agentId(), 1, Integer::sum);
            } else if (others++ < MOST_MOVES) {
                moves.add("  " + describe(change) + ": " + plan.reasons().get(i));
            }
        }
        lines.addAll(moves);
        if (others > MOST_MOVES) {
            lines.add("  ... and " + (others - MOST_MOVES) + " more");
        }
        grants.forEach((agent, count) -> lines.add("  " + agent + " is granted " + Words.count(count, "shard")));
        String head = changes > 0 ? "Shards: " + Words.count(changes, "change") : "Shards:";
        lines.add(0, changes == 0 && relaid.isEmpty() ? "No shard moves." : head);
        plan.unplaced().stream().limit(MOST_MOVES).forEach(unplaced -> lines.add("  " + waiting(unplaced)));
        return lines;
    }

    private String waiting(Unplaced unplaced) {
        String shard =
                name(unplaced.shard().jobUid()) + " shard " + unplaced.shard().shard();
        String why = String.join("; ", unplaced.reasons());
        return unplaced.passes() ? shard + " waits: " + why : "nobody can take " + shard + ": " + why;
    }

    private boolean isOfRelaid(String uid) {
        return relaid.values().stream().anyMatch(old -> old.jobUid().equals(uid));
    }

    /** {@code index: 3 shards are let go of by a, b; then 4 new ones are granted: 2 to a, 2 to b}. */
    private String relaid(String job, LayoutKey old) {
        TreeSet<String> owners = new TreeSet<>();
        int[] owned = new int[1];
        snapshot.table().forEach((key, row) -> {
            if (key.of().equals(old)) {
                owners.add(row.owner().agentId());
                owned[0]++;
            }
        });
        String first = owned[0] == 0
                ? "nobody has an old shard"
                : Words.count(owned[0], "old shard") + (owned[0] == 1 ? " is" : " are") + " let go of by "
                        + String.join(", ", owners);
        JobDefinition after = Optional.ofNullable(changed.get(job)).orElseThrow();
        if (after.placement() == Placement.BROADCAST) {
            return job + ": " + first + "; then every agent that may takes part";
        }
        if (after.placement() == Placement.QUEUED) {
            boolean was = snapshot.job(job)
                    .filter(record -> record.at(snapshot.now()).definition().placement() == Placement.QUEUED)
                    .isPresent();
            int count = after.shards().count();
            return job + ": "
                    + (was
                            ? "runs that are queued once the change is in force have " + Words.count(count, "shard")
                            : first
                                    + "; once the change is in force its runs go through the queue, and no agent owns a shard");
        }
        Map<String, Integer> to = new TreeMap<>();
        for (Change change : plan.changes()) {
            if (change instanceof Change.Grant grant && change.shard().jobUid().equals(old.jobUid())) {
                to.merge(grant.to().agentId(), 1, Integer::sum);
            }
        }
        int count = after.shards().count();
        String granted = to.entrySet().stream()
                .map(entry -> entry.getValue() + " to " + entry.getKey())
                .collect(Collectors.joining(", "));
        return job + ": " + first + " once the change is in force; then "
                + (to.isEmpty()
                        ? Words.count(count, "new shard") + (count == 1 ? " waits" : " wait") + " for an agent"
                        : Words.count(count, "new shard") + (count == 1 ? " is" : " are") + " granted: " + granted);
    }

    private String name(String uid) {
        return snapshot.nameOf(uid).replace("~new", "");
    }

    private String describe(Change change) {
        String shard =
                name(change.shard().jobUid()) + " shard " + change.shard().shard();
        if (change instanceof Change.Offer offer) {
            return shard + " moves from " + offer.owner().agentId() + " to "
                    + offer.next().agentId();
        }
        if (change instanceof Change.Withdraw withdraw) {
            return shard + " is withdrawn from " + withdraw.owner().agentId();
        }
        if (change instanceof Change.Retract retract) {
            return shard + " stays with " + retract.owner().agentId();
        }
        if (change instanceof Change.Settle settle) {
            return shard + " of an ended layout is settled by " + settle.to().agentId();
        }
        return shard + " is dropped";
    }
}
