package dev.belfry.bench.worker;

import java.util.concurrent.CompletableFuture;

/**
 * How runs get into one scheduler. A run is known by its number and by the instant at which it is submitted, in microseconds
 * since 1970, which its handler notes as the instant for which it was due.
 *
 * <p>Thread-safe. Uses nothing but the JDK, because it runs inside the peers' processes as well.
 */
public interface Intake extends AutoCloseable {

    /** Submits a run and returns once it is durable. */
    void submit(int run) throws Exception;

    /**
     * Submits runs in one call, those of the numbers from {@code from}, and returns once all are durable.
     *
     * @param count how many
     */
    void submitAll(int from, int count) throws Exception;

    /**
     * Submits a run without waiting until it is durable.
     *
     * @throws UnsupportedOperationException of a scheduler whose callers always wait
     */
    default CompletableFuture<?> begin(int run) {
        throw new UnsupportedOperationException("callers of this scheduler wait");
    }

    @Override
    void close();
}
