package dev.belfry.store;

/** A place in the queue of an election. */
public interface Candidacy {

    /** Leaves the election; leadership passes on. Idempotent. No callback follows. */
    void withdraw();
}
