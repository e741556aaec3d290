package dev.belfry.examples.search.stage;

import java.io.IOException;

/** One step from the corpus to the result, cut into shards. Thread-safe: shards may run at the same time. */
public interface Stage {
    /**
     * Does what is to be done for one shard, if anything.
     *
     * @param shard from 0 to {@code shards} - 1
     * @throws dev.belfry.examples.search.work.StaleWriterException if a newer attempt of the shard has published
     * @throws IOException if files could not be read or written; nothing half-done is visible then
     */
    Outcome run(int shard, int shards, Attempt attempt) throws IOException;
}
