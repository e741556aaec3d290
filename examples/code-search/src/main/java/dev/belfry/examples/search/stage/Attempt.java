package dev.belfry.examples.search.stage;

import java.util.Optional;

/** What a stage needs of the scheduler while it works on one shard. */
public interface Attempt {
    /** Grows with every attempt of the shard; of two that write, the greater wins. */
    long token();

    /**
     * Called before every effect and at least once per file or query.
     *
     * @throws java.util.concurrent.CancellationException if the attempt is to end; the stage leaves all as it is
     */
    void proceed();

    /** What an earlier attempt of the shard in this run left with {@link #checkpoint(byte[])}. */
    Optional<byte[]> checkpoint();

    /** Keeps a few bytes for the attempt that may have to follow this one. */
    void checkpoint(byte[] data);

    /** Says how far the attempt has come, from 0 to 1. */
    void progress(double fraction, String message);
}
