package dev.belfry.core.assign;

import dev.belfry.core.agent.Refusal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says why nobody can take a shard, counted per agent by the first rule that each fails. */
final class Explanation {
    private Explanation() {}

    static List<String> of(JobView job, Cluster cluster) {
        if (cluster.size() == 0) {
            return List.of("no agent is registered");
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
        refused.forEach((refusal, count) -> reasons.add(text(refusal, count, job.spec)));
        if (shut > 0) {
            reasons.add(counted(shut, "has", "have") + " another job of group '"
                    + job.spec.exclusive().orElse("") + "'");
        }
        if (crowded > 0) {
            String key = job.spec.spread().map(Spread::key).orElse("");
            reasons.add(counted(crowded, "has", "have") + " a " + key + " that is full for now");
        }
        return reasons;
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
