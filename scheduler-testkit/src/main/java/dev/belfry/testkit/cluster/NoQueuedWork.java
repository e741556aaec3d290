package dev.belfry.testkit.cluster;

import dev.belfry.agent.loop.QueuedWork;

/** An agent that does not look into its inbox: a test says in its place what becomes of what is there. */
final class NoQueuedWork implements QueuedWork {
    @Override
    public void registered() {}

    @Override
    public void suspended() {}

    @Override
    public void resumed() {}

    @Override
    public void leaseChanged(boolean holds) {}

    @Override
    public void look() {}

    @Override
    public void stopAll(String reason) {}

    @Override
    public boolean idle() {
        return true;
    }

    @Override
    public boolean recorded() {
        return true;
    }

    @Override
    public void drop() {}
}
