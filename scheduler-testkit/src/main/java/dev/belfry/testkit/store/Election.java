package dev.belfry.testkit.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How servers find a leader, notice that they have lost it, and find another. */
final class Election {
    private final SimEnsemble ensemble;
    private final long halfTick;
    private final long limit;
    private long term;
    private SimServer newest;
    private @Nullable Leadership latest;
    private boolean underWay;

    Election(SimEnsemble ensemble) {
        this.ensemble = ensemble;
        this.halfTick = ensemble.tickNanos / 2;
        this.limit = ensemble.tickNanos * ensemble.options.syncLimit();
        this.newest = ensemble.servers.get(random(ensemble.servers.size()));
        lead(newest, ensemble.servers);
        for (SimServer server : ensemble.servers) {
            String label = server.endpoint.name + " tick";
            ensemble.scheduler.after(random((int) Math.min(halfTick, Integer.MAX_VALUE)), label, new Runnable() {
                @Override
                public void run() {
                    tick(server);
                    ensemble.scheduler.after(halfTick, label, this);
                }
            });
        }
    }

    private int random(int bound) {
        return ensemble.scheduler.random().nextInt(bound);
    }

    /** The server that led last: it has everything that is committed. */
    SimServer newest() {
        return newest;
    }

    /** The latest term, if it is not over. */
    @Nullable
    Leadership leadership() {
        return latest != null && latest.equals(newest.leadership) ? latest : null;
    }

    /** What the last leader had ordered is lost with its disk. */
    void forgetPending() {
        latest = null;
    }

    void forgetTerms() {
        term = 0;
    }

    private void tick(SimServer server) {
        if (server.endpoint.paused) {
            return;
        }
        switch (server.role) {
            case LEADING -> {
                if (server.leadership != null) {
                    server.leadership.tick(limit);
                }
            }
            case FOLLOWING -> {
                Following following = server.following;
                if (following == null
                        || following.closed()
                        || ensemble.scheduler.nanos() - following.leaderHeard > limit) {
                    server.leave(SimServer.Role.LOOKING);
                }
            }
            case LOOKING -> look(server);
            case DOWN -> {}
        }
    }

    private void look(SimServer server) {
        Leadership leadership = leadership();
        if (leadership != null && ensemble.network.inTouch(server.endpoint, leadership.server.endpoint)) {
            leadership.admit(server);
        } else if (!underWay && voters(server).size() >= ensemble.majority()) {
            underWay = true;
            ensemble.scheduler.after(halfTick / 8 + random((int) (halfTick / 2)), "election", () -> {
                underWay = false;
                elect(server);
            });
        }
    }

    /** Servers that look for a leader and are in touch with {@code server}, itself among them. */
    private List<SimServer> voters(SimServer server) {
        List<SimServer> voters = new ArrayList<>(ensemble.servers.size());
        for (SimServer other : ensemble.servers) {
            if (other.role == SimServer.Role.LOOKING && ensemble.network.inTouch(server.endpoint, other.endpoint)) {
                voters.add(other);
            }
        }
        return voters;
    }

    private void elect(SimServer candidate) {
        if (candidate.role != SimServer.Role.LOOKING) {
            return;
        }
        List<SimServer> voters = voters(candidate);
        if (voters.size() < ensemble.majority()) {
            return;
        }
        SimServer best = candidate;
        for (SimServer voter : voters) {
            if (voter.applied > best.applied && voters(voter).size() >= ensemble.majority()) {
                best = voter;
            }
        }
        lead(best, voters(best));
    }

    private void lead(SimServer server, List<SimServer> voters) {
        term++;
        ArrayDeque<Txn.Proposal> pending = latest == null ? new ArrayDeque<>() : latest.pending();
        List<Txn.Proposal> survivors = SimEnsemble.survivors(pending, random(pending.size() + 1));
        // Whatever a quorum had is in the log of at least one voter; the rest of it is learned before serving.
        server.catchUp(server.zxid);
        server.role = SimServer.Role.LEADING;
        Leadership leadership = new Leadership(server, term);
        server.leadership = leadership;
        newest = server;
        latest = leadership;
        for (Txn.Proposal survivor : survivors) {
            leadership.commit(survivor);
        }
        for (SimServer voter : voters) {
            if (!voter.equals(server)) {
                leadership.admit(voter);
            }
        }
        server.zxid = leadership.zxid();
        ensemble.scheduler.note("leader " + server.endpoint.name, term);
    }
}
