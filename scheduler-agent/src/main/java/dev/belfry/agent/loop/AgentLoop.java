package dev.belfry.agent.loop;

import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.shard.ShardRef;
import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An agent: registers, holds its lease, follows definitions and the table, fires its shards, hands them over.
 *
 * <p>One object for the life of the process; what belongs to a session lies in {@link Incarnated} and is dropped with
 * it. Owns no thread: everything happens on the {@link Loop} that it is given, so that a simulation may be its thread.
 */
public final class AgentLoop implements SessionListener {
    private static final Logger LOG = LoggerFactory.getLogger(AgentLoop.class);

    /** Told what an operator or an embedding service may want to know. */
    public interface Listener {
        /** This agent is registered and ready to be granted shards. */
        default void registered(String incarnation) {}

        /** The session is over, everything held was dropped; the agent registers again as soon as it can. */
        default void lost(String incarnation) {}

        /**
         * The namespace is not the one that this agent knew: ZooKeeper has lost its data, or somebody has deleted it. What
         * was declared in code is to be applied again.
         */
        default void namespaceIsNew() {}

        /** How busy the machine is, as the load average of the last minute; negative if unknown. */
        default double load() {
            return -1;
        }

        /** The same for each of its processors; negative if unknown. */
        default double busy() {
            return -1;
        }

        /** The share of its memory that is in use; negative if unknown. */
        default double memory() {
            return -1;
        }

        /** The store does not let this agent in, and will not without help. */
        default void refused(String why) {}
    }

    private final Loop loop;
    private final Store store;
    private final AgentProfile profile;
    private final Attempts attempts;
    private final Listener listener;
    private final Function<QueuedWork.Setting, QueuedWork> queue;

    private final HeldBefore heldBefore = new HeldBefore();
    private @Nullable Incarnated incarnated;
    private @Nullable Instant namespaceMade;
    private final EnsembleClock clock;
    private final WallClock wallClock;
    private boolean draining;
    private boolean restarting;
    private boolean closing;

    /** @param queue makes what each incarnation does for the queue */
    public AgentLoop(
            Loop loop,
            Store store,
            AgentProfile profile,
            Attempts attempts,
            Listener listener,
            Function<QueuedWork.Setting, QueuedWork> queue) {
        this.loop = loop;
        this.store = store;
        this.profile = profile;
        this.attempts = attempts;
        this.listener = listener;
        this.queue = queue;
        this.wallClock = new WallClock(loop, profile.id());
        this.clock = new EnsembleClock(loop, store, profile.id(), this::publish);
    }

    Function<QueuedWork.Setting, QueuedWork> queue() {
        return queue;
    }

    HeldBefore heldBefore() {
        return heldBefore;
    }

    private void publish() {
        Incarnated now = incarnated;
        if (now != null) {
            now.publish();
        }
    }

    /** Begins; to be called on the loop, once. */
    public void start() {
        store.sessions(this);
    }

    /** The incarnation in charge, if this agent is registered. */
    public Optional<String> incarnation() {
        Incarnated now = incarnated;
        return now != null && now.registered() ? Optional.of(now.self().name()) : Optional.empty();
    }

    /** The session that the incarnation in charge belongs to, if there is one. */
    public Optional<Session> session() {
        Incarnated now = incarnated;
        return now == null ? Optional.empty() : Optional.of(now.session());
    }

    /** Whether this incarnation may start attempts. */
    public boolean leaseHolds() {
        Incarnated now = incarnated;
        return now != null && now.leaseHolds();
    }

    /** How long this incarnation may still act as owner, by its own clocks; zero if it may not. */
    public Duration leaseRemaining() {
        Incarnated now = incarnated;
        return now == null ? Duration.ZERO : Duration.ofNanos(now.leaseRemainingNanos());
    }

    /** How often this machine's wall clock was set since the start, by more than 5 s, as its monotonic clock tells. */
    public long clockSteps() {
        return wallClock.steps();
    }

    /** Up to when shards held are settled, if that lies in the future: they fire nothing until then. */
    public Optional<Instant> silentUntil() {
        return wallClock.silentUntil();
    }

    WallClock wallClock() {
        return wallClock;
    }

    /** The shards held, for inspection. */
    public Collection<ShardStatus> shards() {
        Incarnated now = incarnated;
        return now == null
                ? java.util.List.of()
                : now.shards().all().stream()
                        .map(s -> new ShardStatus(s.ref, s.since, s.stage == OwnedShard.Stage.ACTIVE))
                        .toList();
    }

    /** How many shards are held. */
    public int shardCount() {
        Incarnated now = incarnated;
        return now == null ? 0 : now.shards().count();
    }

    /** One shard held. */
    public record ShardStatus(ShardRef ref, long since, boolean inCharge) {}

    /** Asks the master to take everything away; shards go as their attempts end. */
    public void drain() {
        draining = true;
        publish();
    }

    /**
     * Announces that this agent closes its session and comes back under the same id: jobs with a rejoin grace keep their
     * shards for its next incarnation. Nothing new is started from here on.
     */
    public void announceRestart() {
        restarting = true;
        drain();
        Incarnated now = incarnated;
        if (now != null) {
            now.shards().holdForRestart();
        }
    }

    /** Whether the announcement of a restart is in the store, and that everything is recorded which it concerns. */
    public boolean announced() {
        Incarnated now = incarnated;
        return now == null || now.announced();
    }

    /** Whether nothing is held any more. */
    public boolean drained() {
        Incarnated now = incarnated;
        return now == null
                || (now.queue().idle()
                        && now.queue().recorded()
                        && now.shards().all().stream()
                                .noneMatch(s ->
                                        s.stage == OwnedShard.Stage.ACTIVE || s.stage == OwnedShard.Stage.LOADING));
    }

    /** Whether all that has happened so far is recorded, so that none of it is lost if the session ends now. */
    public boolean recorded() {
        Incarnated now = incarnated;
        return now == null || (now.shards().recorded() && now.queue().recorded());
    }

    /**
     * Records what a lost incarnation of another agent, or of this one, may have run of its part of a broadcast job. Nothing is
     * run. Nothing happens if somebody has settled it, or this agent is not registered; to be called on the loop.
     *
     * @param until by the ensemble's clock, when the lease of the lost one was over
     * @param longestTimeout no session of that agent had a longer time-out
     * @param zxid of a transaction after the lost one's end, or at least of the same leader
     */
    public void settleLost(String jobUid, String agentId, Instant until, Duration longestTimeout, long zxid) {
        Incarnated now = incarnated;
        if (now != null && now.registered()) {
            now.shards().settleLost(jobUid, agentId, until, longestTimeout, zxid);
        }
    }

    /** Cancels every attempt: the drain time-out has passed. */
    public void cancelAll() {
        Incarnated now = incarnated;
        if (now != null) {
            now.shards().stopAll(Reasons.CLOSING);
            now.queue().stopAll(Reasons.CLOSING);
        }
    }

    /** Stops for good; the caller closes the connection afterwards. */
    public void close() {
        closing = true;
        Incarnated now = incarnated;
        if (now != null) {
            now.drop();
            incarnated = null;
        }
    }

    // --- sessions

    @Override
    public void opened(Session session) {
        if (closing) {
            return;
        }
        Incarnated fresh = new Incarnated(loop, store, session, profile, attempts, listener, clock, this);
        incarnated = fresh;
        fresh.register();
    }

    @Override
    public void suspended(Session session) {
        Incarnated now = incarnated;
        if (now != null && now.session().id() == session.id()) {
            LOG.info(
                    "connection lost: agent={} incarnation={}; attempts go on while the lease holds, {} ms",
                    profile.id(),
                    now.self(),
                    now.leaseRemainingNanos() / 1_000_000);
            now.suspended();
        }
    }

    @Override
    public void resumed(Session session) {
        Incarnated now = incarnated;
        if (now != null && now.session().id() == session.id()) {
            LOG.info(
                    "connected again in the same session: agent={} incarnation={} shards={}; everything followed is"
                            + " compared",
                    profile.id(),
                    now.self(),
                    now.shards().count());
            now.resumed();
        }
    }

    @Override
    public void ended(Session session) {
        Incarnated now = incarnated;
        if (now != null && now.session().id() == session.id()) {
            LOG.warn(
                    "session ended: agent={} incarnation={}; {} shards dropped, their attempts cancelled; a new"
                            + " session follows",
                    profile.id(),
                    now.self(),
                    now.shards().count());
            now.drop();
            incarnated = null;
            listener.lost(now.self().name());
        }
    }

    /** The namespace of the present session was made at {@code at}, by the ensemble's clock. */
    void namespaceMade(Instant at) {
        Instant before = namespaceMade;
        namespaceMade = at;
        if (before != null && !before.equals(at)) {
            LOG.error(
                    "namespace is new: agent={}; it was made at {}, the one before at {}: it was restored from a copy, or"
                            + " ZooKeeper has lost its data, or it was deleted; jobs declared in code are applied again."
                            + " Unless it was restored all others are gone, and so is what is known of earlier fires:"
                            + " restore a copy if there is one",
                    profile.id(),
                    at,
                    before);
            listener.namespaceIsNew();
        }
    }

    boolean draining() {
        return draining;
    }

    boolean restarting() {
        return restarting;
    }
}
