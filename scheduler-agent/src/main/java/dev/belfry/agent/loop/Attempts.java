package dev.belfry.agent.loop;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.ledger.CheckpointRecord;
import dev.belfry.core.shard.AttemptEnd;
import dev.belfry.core.shard.AttemptOrder;
import dev.belfry.core.shard.ShardRef;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.workflow.FailurePolicy;
import dev.belfry.core.workflow.SubTask;
import dev.belfry.core.workflow.SubTaskResult;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Runs user code. In production on threads of its own; in a simulation in virtual time.
 *
 * <p>Duties of an implementation: it calls the listener on the agent's loop, never from within the call. It starts user
 * code only while the lease holds, asked of {@link Lease#remainingNanos} right before; if it does not, the attempt ends
 * as {@link AttemptEnd#notStarted}. What user code does, throws or ignores harms no other attempt.
 */
public interface Attempts {

    /** How long the incarnation's lease still holds; may be asked from any thread. */
    interface Lease {
        /** What is left, in nanoseconds of the monotonic clock; 0 if it is over. */
        long remainingNanos();
    }

    /**
     * What its code works on.
     *
     * @param parameters of the run, with everything that they refer to
     * @param upstreams outputs of the direct upstreams in its workflow run, as JSON, by the names of those that have one
     * @param parts what has become of the sub-tasks of its run, in their order, if it is the reduce step; empty if it is none
     */
    record Inputs(Map<String, String> parameters, Map<String, String> upstreams, Optional<List<SubTaskResult>> parts) {
        public static final Inputs NONE = new Inputs(Map.of(), Map.of());

        /** Of code that is no reduce step. */
        public Inputs(Map<String, String> parameters, Map<String, String> upstreams) {
            this(parameters, upstreams, Optional.empty());
        }

        public Inputs {
            parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
            upstreams = Collections.unmodifiableMap(new TreeMap<>(upstreams));
            parts = parts.map(List::copyOf);
        }
    }

    /**
     * What an attempt is given.
     *
     * @param definition of the version that owes the fire, which need not be the newest one
     */
    record Task(
            AttemptOrder order,
            JobRecord job,
            JobDefinition definition,
            Inputs inputs,
            Optional<CheckpointRecord> checkpoint,
            Lease lease) {}

    /** Told how an attempt goes. */
    interface Listener {
        /** It has ended; nothing more comes of it. */
        void ended(AttemptEnd end);

        /** It was told to stop, interrupted, and goes on all the same; it is left to itself until it ends. */
        void abandoned();

        /** It leaves this for the next attempt at the same fire. */
        void checkpoint(byte[] data);

        /** What comes of it if it succeeds, in JSON; only of a queued run. */
        default void output(byte[] json) {}

        /** It hands in sub-tasks; only of a queued run. */
        default void split(List<SubTask> tasks, FailurePolicy policy) {}

        /** It says how far it is. */
        void progress(double fraction, String message);
    }

    /** Starts an attempt. If no thread can be had, it ends at once with a failure that says so. */
    void start(Task task, Listener listener);

    /**
     * Tells the attempt of {@code shard} with this token to stop: a signal, then an interrupt, then it is abandoned. The
     * token alone does not tell: shards that were granted in one version of the table share their tokens.
     */
    void stop(ShardRef shard, long token, String reason);

    /** Attempts that run now. */
    int running();
}
