package dev.belfry.core.assign;

import dev.belfry.core.agent.Refusal;
import dev.belfry.core.ownership.ShardKey;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Why nobody can take the shards of a job, counted per agent by the first rule that each fails.
 *
 * @param waits by kind
 * @param reasons for a person to read
 */
record Explanation(Set<Wait> waits, List<String> reasons) {

    Unplaced unplaced(ShardKey shard) {
        return new Unplaced(shard, waits, reasons);
    }

    static Explanation of(JobView job, Cluster cluster) {
        if (!job.awaitedRoom.isEmpty()) {
            return new Explanation(EnumSet.of(Wait.ROOM), List.of(job.awaitedRoom));
        }
        if (cluster.size() == 0) {
            return new Explanation(EnumSet.of(Wait.NO_AGENT), List.of("no agent is registered"));
        }
        Map<Refusal, Integer> refused = new EnumMap<>(Refusal.class);
        int shut = 0;
        int crowded = 0;
        for (int agent = 0; agent < cluster.size(); agent++) {
            Optional<Refusal> refusal = cluster.refusal(job.spec, agent);
            if (refusal.isPresent()) {
                refused.merge(refusal.get(), 1, Integer::sum);
            } else if (!job.exclusivityAdmits(agent)) {
                shut++;
            } else {
                crowded++;
            }
        }
        List<String> reasons = new ArrayList<>();
        Set<Wait> waits = EnumSet.noneOf(Wait.class);
        refused.forEach((refusal, count) -> {
            waits.add(Wait.REFUSED);
            reasons.add(text(refusal, count, job.spec));
        });
        if (shut > 0) {
            waits.add(Wait.GROUP);
            reasons.add(counted(shut, "has", "have") + " another job of group '"
                    + job.spec.exclusive().orElse("") + "'");
        }
        if (crowded > 0) {
            waits.add(Wait.SPREAD);
            String key = job.spec.spread().map(Spread::key).orElse("");
            reasons.add(counted(crowded, "is", "are") + " full for now by 'spread: " + key + "'");
        }
        return new Explanation(waits, reasons);
    }

    private static String text(Refusal refusal, int count, JobSpec job) {
        return switch (refusal) {
            case STANDBY -> counted(count, "is", "are") + " only there to become master";
            case DRAINING -> counted(count, "drains", "drain");
            case DUPLICATE_ID -> counted(count, "has", "have") + " the id of one registered earlier";
            case HANDLER -> counted(count, "lacks", "lack") + " handler '" + job.handler() + "'";
            case LABELS ->
                counted(count, "does", "do") + " not match labels "
                        + job.requires().accepts();
        };
    }

    private static String counted(int count, String one, String many) {
        return count == 1 ? "1 agent " + one : count + " agents " + many;
    }
}
