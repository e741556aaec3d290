package dev.belfry.agent.submit;

import dev.belfry.core.queue.Submission;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * What may be chosen when a run is submitted. Immutable; each method answers a copy, and throws {@link
 * IllegalArgumentException} for what is impossible.
 *
 * @param choice what is stored with the run
 * @param delay after the submission; zero for none. Instants and delays count by the clock of whoever submits
 * @param pressure what happens when the queue has no room
 * @param by who submits
 */
public record SubmitOptions(Submission.Options choice, Duration delay, Pressure pressure, String by) {

    /** The job's priority and time-outs, as soon as possible, no key; waits for room; by the user of this machine. */
    public static SubmitOptions usual() {
        return new SubmitOptions(
                Submission.USUAL, Duration.ZERO, Pressure.WAIT, System.getProperty("user.name", "unknown"));
    }

    public SubmitOptions {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("the delay is negative: " + delay);
        }
    }

    /** @param priority 0, lowest, to 9 */
    public SubmitOptions priority(int priority) {
        return with(choice.withPriority(priority));
    }

    /** It starts no earlier than this long after it was submitted. */
    public SubmitOptions delay(Duration after) {
        return new SubmitOptions(choice, after, pressure, by);
    }

    /** It starts no earlier; an instant that is past is at once. */
    public SubmitOptions at(Instant notBefore) {
        return with(choice.withNotBefore(Instant.ofEpochMilli(notBefore.toEpochMilli())));
    }

    /** Another submission of the job with the same key is the same run, whoever makes it. */
    public SubmitOptions key(String key) {
        return with(choice.withKey(key));
    }

    /** By which the run is found again. */
    public SubmitOptions label(String name, String value) {
        Map<String, String> labels = new TreeMap<>(choice.labels());
        labels.put(name, value);
        return with(choice.withLabels(labels));
    }

    /** The longest wait for an agent, in place of the job's. */
    public SubmitOptions queueTimeout(Duration most) {
        return with(choice.withQueue(most));
    }

    /** The longest attempt, in place of the job's. */
    public SubmitOptions attemptTimeout(Duration most) {
        return with(choice.withAttempt(most));
    }

    /** The longest from the start of the first attempt to the end, in place of the job's. */
    public SubmitOptions totalTimeout(Duration most) {
        return with(choice.withTotal(most));
    }

    /** What happens when the queue has no room. */
    public SubmitOptions whenFull(Pressure what) {
        return new SubmitOptions(choice, delay, what, by);
    }

    /** Who submits; kept with the run. */
    public SubmitOptions by(String name) {
        return new SubmitOptions(choice, delay, pressure, name);
    }

    private SubmitOptions with(Submission.Options changed) {
        return new SubmitOptions(changed, delay, pressure, by);
    }

    /** What is stored with a run that is submitted at {@code now}. */
    Submission.Options stored(Instant now) {
        if (delay.isZero()) {
            return choice;
        }
        Instant delayed = now.plus(delay);
        return at(delayed.isAfter(choice.notBefore()) ? delayed : choice.notBefore())
                .choice();
    }
}
