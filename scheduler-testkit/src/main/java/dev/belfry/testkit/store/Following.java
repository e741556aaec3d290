package dev.belfry.testkit.store;

/** The connection between a leader and one of its followers. */
final class Following {
    final SimServer follower;
    final Leadership leadership;
    final Channel up;
    final Channel down;

    /** When the follower last heard of the leader. */
    long leaderHeard;

    /** When the leader last heard of the follower. */
    long followerHeard;

    private boolean closed;

    Following(SimServer follower, Leadership leadership, long now) {
        Network network = follower.ensemble.network;
        Network.Endpoint at = leadership.server.endpoint;
        this.follower = follower;
        this.leadership = leadership;
        this.up = new Channel(network, follower.endpoint, at, follower.endpoint.name + " > " + at.name);
        this.down = new Channel(network, at, follower.endpoint, at.name + " > " + follower.endpoint.name);
        this.leaderHeard = now;
        this.followerHeard = now;
    }

    boolean closed() {
        return closed;
    }

    /** The connection is up at this instant: a proposal gets there and its acknowledgement gets back. */
    boolean inTouch() {
        return !closed && follower.ensemble.network.inTouch(leadership.server.endpoint, follower.endpoint);
    }

    void close() {
        closed = true;
        up.close();
        down.close();
    }
}
