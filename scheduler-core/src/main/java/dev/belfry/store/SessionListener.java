package dev.belfry.store;

/** Told, on the view's executor and in order, what becomes of sessions. */
public interface SessionListener {

    /** A new session exists. Nothing of an earlier one is valid any more. */
    void opened(Session session);

    /** The connection is gone; the session may live on or not. Answers under way become indeterminate. */
    void suspended(Session session);

    /**
     * The same session has a connection again. Every request made before, with or without a connection, has been answered:
     * what failed is tried again from here on. Watches are armed again; changes in between were not reported, so everything
     * followed has to be compared again.
     */
    void resumed(Session session);

    /** The session is over, for certain. Nothing sent in its name will be executed from here on. */
    void ended(Session session);
}
