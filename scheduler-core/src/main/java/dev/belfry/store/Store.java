package dev.belfry.store;

import java.util.function.Consumer;

/**
 * One role's view of the coordination store. All paths are absolute below the root of the namespace ({@code /jobs},
 * never {@code /belfry/search/jobs}).
 *
 * <p>Every request belongs to the {@link Session} that it names. A request of a session that is over is never executed
 * in its successor: it is answered {@code SessionOver}. Requests of one session are executed in the order in which they
 * were made, and their answers and the {@link Change}s that the same server saw before them arrive in that order.
 *
 * <p><b>Duties of an implementation.</b> It never retries by itself. It calls back exactly once per request, on the
 * executor given when the view was made, never from within the call. It answers from what it knows: {@code Unavailable}
 * only if the request cannot have been executed, else {@code Indeterminate}. Connection loss is never reported as a
 * missing znode. It never lets a read-only server answer.
 *
 * <p>Thread-safety: calls may come from any thread; callbacks come one at a time, on the view's executor.
 */
public interface Store {

    /**
     * Tells {@code listener} about the present session, if there is one, and about everything that happens to sessions
     * from then on. One listener per view; call it once, before anything else.
     */
    void sessions(SessionListener listener);

    /** Executes the transaction as one atomic multi. See {@link Commit} for the answers. */
    void commit(Session session, Transaction transaction, Consumer<Commit> then);

    /** Reads one znode. A read may lag behind other sessions' writes, never behind this session's own. */
    void read(Session session, String site, String path, Consumer<Read> then);

    /** Lists the names of the children of a znode, sorted. */
    void children(Session session, String site, String path, Consumer<Listing> then);

    /**
     * Waits until the server that this session talks to has applied everything that was committed before this call. A
     * read made after the answer sees all of it.
     */
    void sync(Session session, String site, String path, Consumer<Synced> then);

    /**
     * Follows a whole subtree with one watch, for the rest of the session; {@code then} is called once the watch is
     * armed. A change is a hint to read again, never an event log: several may be reported as one. After a reconnection
     * the watch is armed again but what was missed is not reported; {@link SessionListener#resumed} says when to compare
     * everything.
     */
    void follow(Session session, String site, String path, Consumer<Change> changes, Consumer<Synced> then);

    /**
     * Drops the present connection and lets the client look for another server; the session lives on if it finds one
     * in time. Used when a server has gone silent.
     */
    void dropConnection(Session session);

    /**
     * Gives the session up although it may live on: it ends, with everything that is its own, and another is opened. Used
     * when what it holds in the store was taken from it. Does nothing without a connection, and for a session that is over.
     */
    void giveUp(Session session);

    /** Stands for election below {@code path}. The candidacy belongs to the session and ends with it. */
    Candidacy stand(Session session, String path, String candidate, ElectionListener listener);
}
