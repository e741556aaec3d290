package dev.belfry.core.workflow;

import dev.belfry.core.job.TriggerRule;
import dev.belfry.core.value.Condition;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What does not change about a job during a workflow run: a new version of its definition concerns the next run only.
 *
 * @param name the job
 * @param uid tells it from others of the same name before and after it
 * @param version of its definition
 * @param shards how many tasks a run of it has
 * @param upstreams numbers of the direct upstreams within the run, each less than the job's own
 * @param rule how their outcomes decide
 * @param when what must hold of their outputs, too
 * @param gate what its own trigger says about this run
 * @param fire the id of its first attempt's run if that is the fire of the root's schedule
 */
public record JobPlan(
        String name,
        String uid,
        int version,
        int shards,
        List<Integer> upstreams,
        TriggerRule rule,
        List<Condition> when,
        Gate gate,
        Optional<String> fire) {

    public JobPlan {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(uid, "uid");
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(gate, "gate");
        Objects.requireNonNull(fire, "fire");
        upstreams = List.copyOf(upstreams);
        when = List.copyOf(when);
        if (when.size() > Integer.SIZE - 1) {
            throw new IllegalArgumentException("job " + name + " has " + when.size() + " conditions");
        }
    }

    /**
     * What a job's own trigger, and whether it is enabled, say about one workflow run.
     *
     * @param notBefore the instant before which it does not start
     * @param leftOut why it does not run at all
     */
    public record Gate(Optional<Instant> notBefore, Optional<LeftOut> leftOut) {

        /** It runs when its upstreams let it. */
        public static final Gate OPEN = new Gate(Optional.empty(), Optional.empty());

        /** It runs when its upstreams let it, but not before an instant. */
        public static Gate from(Instant instant) {
            return new Gate(Optional.of(instant), Optional.empty());
        }

        /** It does not run. */
        public static Gate closed(LeftOut why) {
            return new Gate(Optional.empty(), Optional.of(why));
        }
    }

    /** Why a job does not run in a workflow run although its upstreams would let it. */
    public enum LeftOut {
        DISABLED("the job is disabled"),
        NO_FIRE("its own trigger does not fire before the next run of the workflow is due");

        private final String words;

        LeftOut(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }
}
