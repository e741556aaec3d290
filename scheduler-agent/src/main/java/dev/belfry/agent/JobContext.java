package dev.belfry.agent;

import dev.belfry.core.workflow.FailurePolicy;
import dev.belfry.core.workflow.SubTask;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;

/**
 * One attempt of one shard of one run, as its handler sees it.
 *
 * <p>Thread-safe: it may be used from any thread that works for the attempt. Once the attempt has ended, the facts can
 * still be read, {@link #isCancelled()} answers true, and checkpoints and progress are dropped.
 */
public interface JobContext {
    /** The greatest length of a checkpoint of a job whose shards are owned, in bytes: 16 KiB. */
    int MAX_CHECKPOINT_BYTES = 16 * 1024;

    /** The greatest length of a checkpoint of a queued run, in bytes: 64 KiB. */
    int MAX_QUEUED_CHECKPOINT_BYTES = 64 * 1024;

    /** The greatest length of an output, in bytes as UTF-8: 64 KiB. */
    int MAX_OUTPUT_BYTES = 64 * 1024;

    /** The name of the job, as in its definition. */
    String job();

    /** The run: all shards of one fire carry the same id, and so do all attempts of them. */
    String runId();

    /** The slice of the work that this attempt is to do, from 0 to {@link #shardCount()} - 1. */
    int shard();

    /** The number of slices, at least 1. */
    int shardCount();

    /** The parameter of this shard; empty when the definition gives a number of shards and not a list of parameters. */
    Optional<String> shardParameter();

    /**
     * The parameters of the run, by name and in the order of the names: those of the definition with what they refer to, and over
     * them those that the run was given. Unmodifiable, empty when there are none.
     */
    Map<String, String> parameters();

    /** The instant for which the run was scheduled. The present may be later; it is never earlier. */
    Instant scheduledTime();

    /** The number of this try of the shard in this run, from 1. */
    int attempt();

    /**
     * A number that grows with every attempt of this shard of this job, on whichever agent, and is never given twice.
     *
     * <p>An agent that was suspended, or whose code ignores the cancel signal, can still be at work when its successor
     * has started. What it writes elsewhere is protected only if the receiver remembers the greatest token that it has
     * seen and refuses a smaller one. With {@code overlap: allow} the attempts of one owner may run side by side, and
     * then only the tokens of different owners say who is the newer.
     */
    long fencingToken();

    /**
     * The time for which the agent is certain to own the shard, as of now: zero when its lease has ended or the shard was
     * taken away, otherwise at most two thirds of the session time-out. It is renewed in the background while ZooKeeper answers.
     */
    Duration leaseRemaining();

    /** True as soon as this attempt is to end: time-out, cancel, hand-over, or the end of the lease. Never false again. */
    boolean isCancelled();

    /**
     * Has a hook run once when this attempt is to end, or at once in the calling thread if that is already so. Several
     * hooks run in the order of their registration. A hook runs in a thread of the agent, must not block, and what it
     * throws is logged and otherwise ignored. Hooks of an attempt that ends by itself are dropped.
     */
    void onCancel(Runnable hook);

    /**
     * The checkpoint to go on from: the newest that an earlier attempt of this shard in this run left behind, or that
     * this attempt has given since. Empty when there is none. The array is a copy.
     */
    Optional<byte[]> checkpoint();

    /**
     * Keeps how far the attempt has come, for the attempt that may have to follow it. The bytes are copied and queued
     * for the next group commit, and the call returns at once: a loss of the agent within the next few milliseconds
     * loses this checkpoint and leaves the one before. Of several given between two commits only the newest is
     * written.
     *
     * @throws IllegalArgumentException if the data is longer than {@value #MAX_CHECKPOINT_BYTES} bytes, or {@value
     *     #MAX_QUEUED_CHECKPOINT_BYTES} of a queued run
     */
    void checkpoint(byte[] data);

    /**
     * What comes of this attempt, as JSON, if it succeeds; of one that does not nothing is kept. Of several given the last
     * counts. It is stored together with the success, so that there is none of these without the other.
     *
     * <p>Only of a queued run: shards that are owned have no place for it.
     *
     * @throws IllegalArgumentException if the text is longer than {@value #MAX_OUTPUT_BYTES} bytes as UTF-8, is not one value in
     *     JSON, or has more than 32 levels
     * @throws IllegalStateException if the run is not queued
     */
    default void output(String json) {
        throw new IllegalStateException("an output is kept of queued runs alone, and run " + runId() + " is none");
    }

    /**
     * The output of a job that this one runs {@code after}, in the same workflow run, as that job gave it: one value in JSON, of at
     * most {@value #MAX_OUTPUT_BYTES} bytes as UTF-8. It does not change while the attempt runs. Empty if that job did not run or did
     * not succeed, gave no output or one that is lost, and for a run outside of workflows. What the attempt cannot do without is better
     * a parameter, {@code ${upstream.JOB/path}}: where nothing is there it fails before its code begins, and says so.
     *
     * @param job the name of a job of {@code after}; only these, not what they run after themselves
     * @throws IllegalArgumentException if it is none of these; the message lists them
     */
    default Optional<String> upstream(String job) {
        throw new IllegalArgumentException(
                "'" + job + "' is no upstream of job " + job() + ", which runs after no other");
    }

    /**
     * Splits the run: hands in parts of it that are run by themselves, by this handler, on any agents that have room. May be called
     * any number of times while the attempt runs. Each part becomes a run of its own, with the parameters of the definition and its own over
     * them, not those of this run, and with its own attempts and time-outs; {@link #isSubTask} says so to its code, which may split again, up to 8 levels deep.
     *
     * <p>When the attempt has succeeded and every part has its outcome, {@link JobHandler#reduce} is called, as an attempt of its own
     * somewhere; its end is the end of the run. If more parts fail than the policy tolerates the run fails and nothing is reduced. A
     * run that is cancelled takes its parts with it.
     *
     * <p>The call returns at once. Parts begin as soon as they are stored, before the attempt has ended. If it is lost or fails, the next
     * attempt hands in its parts again, from the beginning: those with a name that is known are passed over. So the same part must have
     * the same name and the same parameters in every attempt; otherwise the attempt fails for good.
     *
     * @param tasks at most 20,000 of one run, of at most 40 KiB each; names are unique within the run
     * @param policy how many may fail; the same for all that one run hands in
     * @throws IllegalArgumentException if a name was handed in before with other parameters, if a part is too large, or if they are too
     *     many
     * @throws IllegalStateException if the run is not queued, has several shards, is 8 levels deep, or is being reduced
     */
    default void split(List<SubTask> tasks, FailurePolicy policy) {
        throw new IllegalStateException("only queued runs are split, and run " + runId() + " is none");
    }

    /** The same, and no part may fail. */
    default void split(List<SubTask> tasks) {
        split(tasks, FailurePolicy.NONE_MAY_FAIL);
    }

    /** Whether this is a part that another run has handed in with {@link #split}. Its output has at most 1,500 bytes. */
    default boolean isSubTask() {
        return false;
    }

    /**
     * Tells those who watch how far the attempt has come. Only the newest is kept, and not every one is shown.
     *
     * @param fraction the part of the work that is done, from 0 to 1
     * @param message what is being done, in a few words; longer than 200 characters is cut
     * @throws IllegalArgumentException if the fraction is not a number from 0 to 1
     */
    void progress(double fraction, String message);

    /**
     * The logger {@code dev.belfry.job.<name>}. What is logged on the attempt's own thread or in a cancel hook, by this
     * logger or another, carries {@code job}, {@code run}, {@code shard} and {@code attempt} in the MDC; threads that the
     * handler makes itself do not have these marks.
     */
    Logger logger();
}
