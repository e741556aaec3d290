package dev.belfry.store;

import java.time.Duration;

/**
 * One session with the store.
 *
 * @param id the store's own session id; never reused
 * @param timeout the session time-out that the server granted, which need not be the one that was asked for
 */
public record Session(long id, Duration timeout) {

    public Session {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("session time-out must be positive: " + timeout);
        }
    }

    /** The id in hexadecimal, as it appears in names of znodes. */
    public String hex() {
        return Long.toHexString(id);
    }
}
