package dev.belfry.faults.machine;

import java.io.IOException;

/** The places of a cluster and what lies between them. Not thread-safe. */
public sealed interface Network extends AutoCloseable permits Namespaces, Loopback {

    /** A network of namespaces where this machine allows it, else loopback. */
    static Network best() {
        try {
            return Namespaces.create();
        } catch (IOException e) {
            return new Loopback(String.valueOf(e.getMessage()));
        }
    }

    /** A new place. */
    Place add(String name) throws IOException;

    /** Why nothing can be cut here; empty if it can. */
    String whyWhole();

    /** From now on nothing that {@code from} sends arrives at {@code to}; neither of them is told. */
    void cut(Place from, Place to) throws IOException;

    /** Ends a cut. */
    void mend(Place from, Place to) throws IOException;

    /** Removes everything; what cannot be removed is said on standard error. Idempotent. */
    @Override
    void close();
}
