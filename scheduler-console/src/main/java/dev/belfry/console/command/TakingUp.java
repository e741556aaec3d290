package dev.belfry.console.command;

import dev.belfry.agent.BelfryClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Waits until a change is in force: its instant has come, and every agent that is registered has taken it up. */
public final class TakingUp {
    /** An agent says with its next heartbeat what it has taken up; only who takes longer is named. */
    private static final Duration USUAL = Duration.ofSeconds(3);

    private final BelfryClient client;
    private final InstantSource clock;

    public TakingUp(BelfryClient client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    /**
     * A change of a job.
     *
     * @param from when it comes into force, by the ensemble's clock
     * @param left how long that is from now: a length, so that the clocks need not agree
     * @param zxid of the write
     */
    public record Change(Instant from, Duration left, long zxid) {}

    /**
     * Waits.
     *
     * @param patience how long it waits for agents, counted from the instant at which the change comes into force
     * @param told given one sentence, once, if there is anything to wait for
     * @return incarnations that have not taken it up in time; none if it is in force
     */
    public List<String> await(Change change, Duration patience, Consumer<String> told) {
        long begun = System.nanoTime();
        Duration left = change.left().isNegative() ? Duration.ZERO : change.left();
        Duration atMost = left.plus(patience);
        List<String> missing = client.awaitInForce(change.zxid(), atMost.compareTo(USUAL) < 0 ? atMost : USUAL);
        if (!missing.isEmpty() || left.compareTo(USUAL) > 0) {
            told.accept(waiting(change, missing, clock.instant().plus(atMost).minusNanos(System.nanoTime() - begun)));
        }
        if (!missing.isEmpty()) {
            missing = client.awaitInForce(change.zxid(), atMost.minusNanos(System.nanoTime() - begun));
        }
        for (long rest = rest(begun, left); rest > 0; rest = rest(begun, left)) {
            LockSupport.parkNanos(rest);
        }
        return missing;
    }

    private static String waiting(Change change, List<String> missing, Instant end) {
        String from = String.valueOf(change.from().truncatedTo(ChronoUnit.MILLIS));
        String instant = change.left().compareTo(USUAL) > 0
                ? "waiting until " + from + ", when it comes into force"
                : "in force from " + from + " on; waiting";
        String agents = missing.isEmpty()
                ? ""
                : (change.left().compareTo(USUAL) > 0 ? ", and" : "") + " for " + names(missing)
                        + " to take it up or to be gone, at most until " + end.truncatedTo(ChronoUnit.SECONDS);
        return instant + agents + " (--no-wait does not wait)";
    }

    /** The agents of incarnations, in words. */
    public static String names(List<String> incarnations) {
        return (incarnations.size() == 1 ? "agent " : "agents ")
                + String.join(
                        ", ",
                        incarnations.stream()
                                .map(name -> name.contains("~") ? name.substring(0, name.indexOf('~')) : name)
                                .distinct()
                                .toList());
    }

    private static long rest(long begun, Duration left) {
        return left.toNanos() - (System.nanoTime() - begun);
    }
}
