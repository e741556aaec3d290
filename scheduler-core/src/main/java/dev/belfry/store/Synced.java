package dev.belfry.store;

/** The answer to a request that returns nothing but its completion. */
public sealed interface Synced {

    /** It is done. */
    record Done() implements Synced {}

    /** It is not known to be done. */
    record Failed(Failure failure) implements Synced {}
}
