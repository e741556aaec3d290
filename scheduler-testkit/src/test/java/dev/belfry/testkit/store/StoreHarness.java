package dev.belfry.testkit.store;

import dev.belfry.store.Session;
import dev.belfry.store.StoreConnection;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/** One fresh, empty store under test, and the few things that a test cannot do through the port. */
public interface StoreHarness extends AutoCloseable {

    /** Opens a connection of a client process of its own. */
    StoreConnection connect(String name);

    /** An executor that runs tasks one at a time and in order, as the client process {@code name} would have it. */
    Executor executor(String name);

    /**
     * Lets time pass, virtual or real, until the condition holds; fails the test naming {@code what} if it does not
     * within a deadline that exceeds two session time-outs.
     */
    void await(String what, BooleanSupplier condition);

    /** Has the store end the session behind its client's back, as if it had expired. */
    void expire(Session session);

    /** Closes every connection that is still open, and the store. */
    @Override
    void close();
}
