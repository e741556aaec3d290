package dev.belfry.agent;

import dev.belfry.agent.client.RunPlace;
import dev.belfry.agent.client.RunResult;
import dev.belfry.core.command.Command;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A run that was submitted and is durable: whatever becomes of this process, it has an outcome one day. Thread-safe.
 */
public final class RunHandle {
    private final BelfryClient client;
    private final String job;
    private final RunPlace place;
    private final Instant accepted;

    RunHandle(BelfryClient client, String job, RunPlace place, Instant accepted) {
        this.client = client;
        this.job = job;
        this.place = place;
        this.accepted = accepted;
    }

    public String runId() {
        return place.runId();
    }

    /** The name of the job. */
    public String job() {
        return job;
    }

    /** When it became durable, by the clock of the ensemble. */
    public Instant accepted() {
        return accepted;
    }

    /**
     * What it came to, once that is known; empty if it cannot be known any more, because the journal does not list it. Each call
     * begins to follow the run anew, and fails with {@link dev.belfry.agent.client.ClientException} when the client is closed
     * before.
     */
    public CompletableFuture<Optional<RunResult>> outcome() {
        return client.follow(place);
    }

    /** Waits for the outcome; empty if there is none in time, or if it cannot be known any more. */
    public Optional<RunResult> await(Duration atMost) {
        return client.await(place, atMost);
    }

    /**
     * Has {@code listener} told once, on a thread that may be kept busy, what the run came to; empty as for {@link #outcome}. Not
     * told if the client is closed before.
     */
    public void whenDone(Consumer<Optional<RunResult>> listener) {
        var unused = outcome().thenAccept(listener);
    }

    /** Cancels it: what runs is told to stop, what waits ends, and nothing of it is tried again. */
    public Command cancel(BelfryClient.Asker asker) {
        return client.cancel(job, place.runId(), asker);
    }
}
