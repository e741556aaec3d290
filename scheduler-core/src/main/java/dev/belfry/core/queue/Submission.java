package dev.belfry.core.queue;

import dev.belfry.core.ledger.FireId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One run as it was submitted; never changed.
 *
 * @param runId unique in the namespace, at most {@link #LONGEST_ID} characters
 * @param jobUid the job
 * @param shards how many tasks it has, at least 1: the layout of the job when it was submitted
 * @param due the instant that it stands for, of its schedule or of its workflow run, in whole milliseconds; empty if somebody asked
 *     for it
 * @param parameters over those of the definition, in the order of their names
 * @param options what the submitter chose
 * @param by who submitted it
 */
public record Submission(
        String runId,
        String jobUid,
        int shards,
        Optional<Instant> due,
        Map<String, String> parameters,
        Options options,
        String by) {

    /** Characters of a run id, at most. */
    public static final int LONGEST_ID = 256;

    /** Nothing chosen: the job's priority and time-outs, as soon as possible, no key. */
    public static final Options USUAL =
            new Options(OptionalInt.empty(), Instant.EPOCH, "", Map.of(), null, null, null, Optional.empty());

    /**
     * What a submitter may choose for a run.
     *
     * @param priority 0, lowest, to 9; the job's if empty
     * @param notBefore it starts no earlier, by the clock of the ensemble; {@link Instant#EPOCH} for at once
     * @param key another submission of the job with the same key is the same run; empty for none
     * @param labels by which runs are found again; of no effect
     * @param queue the longest wait for an agent; the job's if null
     * @param attempt the longest attempt; the job's if null
     * @param total from the start of the first attempt to the end; the job's if null
     * @param asOf its attempts go by the definition in force then; empty for the instant that the run stands for
     */
    public record Options(
            OptionalInt priority,
            Instant notBefore,
            String key,
            Map<String, String> labels,
            @Nullable Duration queue,
            @Nullable Duration attempt,
            @Nullable Duration total,
            Optional<Instant> asOf) {

        public Options {
            labels = sorted(labels);
            if (priority.isPresent() && (priority.getAsInt() < 0 || priority.getAsInt() > 9)) {
                throw new IllegalArgumentException("a priority is from 0 to 9, not " + priority.getAsInt());
            }
            positive("queue", queue);
            positive("attempt", attempt);
            positive("total", total);
        }

        /** The same with a priority, 0 to 9. */
        public Options withPriority(int other) {
            return new Options(OptionalInt.of(other), notBefore, key, labels, queue, attempt, total, asOf);
        }

        /** The same for a run that starts no earlier. */
        public Options withNotBefore(Instant other) {
            return new Options(priority, other, key, labels, queue, attempt, total, asOf);
        }

        /** The same with a key; empty for none. */
        public Options withKey(String other) {
            return new Options(priority, notBefore, other, labels, queue, attempt, total, asOf);
        }

        /** The same with these labels and no others. */
        public Options withLabels(Map<String, String> others) {
            return new Options(priority, notBefore, key, others, queue, attempt, total, asOf);
        }

        /** The same with another longest wait; the job's if null. */
        public Options withQueue(@Nullable Duration longest) {
            return new Options(priority, notBefore, key, labels, longest, attempt, total, asOf);
        }

        /** The same with another longest attempt; the job's if null. */
        public Options withAttempt(@Nullable Duration longest) {
            return new Options(priority, notBefore, key, labels, queue, longest, total, asOf);
        }

        /** The same with another time for all attempts; the job's if null. */
        public Options withTotal(@Nullable Duration longest) {
            return new Options(priority, notBefore, key, labels, queue, attempt, longest, asOf);
        }

        /** The same for a run that goes by the definition in force at another instant; empty for that it stands for. */
        public Options withAsOf(Optional<Instant> other) {
            return new Options(priority, notBefore, key, labels, queue, attempt, total, other);
        }

        private static void positive(String name, @Nullable Duration limit) {
            if (limit != null && (limit.isZero() || limit.isNegative())) {
                throw new IllegalArgumentException("the " + name + " time-out is not positive: " + limit);
            }
        }
    }

    public Submission {
        parameters = sorted(parameters);
        if (runId.isEmpty() || runId.length() > LONGEST_ID) {
            throw new IllegalArgumentException("a run id has 1 to " + LONGEST_ID + " characters: '" + runId + "'");
        }
        if (shards < 1) {
            throw new IllegalArgumentException("run " + runId + " has " + shards + " shards");
        }
    }

    private static Map<String, String> sorted(Map<String, String> texts) {
        return Collections.unmodifiableMap(new TreeMap<>(texts));
    }

    /**
     * The fire that it stands for.
     *
     * @param accepted when it became durable, in whole milliseconds
     */
    public FireId fire(Instant accepted) {
        FireId asked = FireId.requested(runId, due.orElse(accepted));
        return due.map(FireId::scheduled)
                .filter(scheduled -> scheduled.runId(jobUid).equals(runId))
                .orElse(asked);
    }
}
