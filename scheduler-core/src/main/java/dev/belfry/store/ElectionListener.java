package dev.belfry.store;

/** Told, on the view's executor, how an election goes. */
public interface ElectionListener {

    /**
     * This candidate is the first in the queue.
     *
     * @param latch path of its own ephemeral znode in the queue, to be checked in the transaction that takes office
     */
    void elected(String latch);

    /**
     * It no longer is, or cannot know: told at the latest before the session is told to be resumed. It may be elected
     * again later in the same session.
     */
    void deposed();
}
