package dev.belfry.agent.loop;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Eligibility;
import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.ownership.Drains;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides in which broadcast jobs this incarnation takes part: those it is eligible for, unless it drains, was drained by
 * an operator, or shares its id with an agent registered earlier. Nobody grants these shards, so each agent decides for
 * itself.
 *
 * <p>Not thread-safe; owned by the agent's loop. One per session.
 */
final class Broadcasts {
    private static final Logger LOG = LoggerFactory.getLogger(Broadcasts.class);

    /** What it needs of the agent around it. */
    interface Owner {
        /** What this agent says of itself. */
        AgentFacts facts();

        /** Whether another agent of the same id was registered earlier. */
        boolean duplicate();

        /** When this incarnation was registered, by the ensemble's clock; empty while that is not known. */
        Optional<Registered> registered();

        /** The present, by the earlier of two clocks. */
        Instant horizon();

        /** Every definition known. */
        List<JobRecord> jobs();

        Optional<JobRecord> job(String uid);

        /** Jobs, by uid, whose definition cannot be read any more: what was taken part in is kept. */
        Set<String> unreadable();
    }

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final String agentId;
    private final OwnedShards shards;
    private final Owner owner;
    private final Watching watching;
    private boolean drained;
    private boolean reading;
    private boolean changedAgain;
    private boolean closed;

    Broadcasts(Loop loop, Store store, Session session, String agentId, OwnedShards shards, Owner owner) {
        this.loop = loop;
        this.store = store;
        this.session = session;
        this.agentId = agentId;
        this.shards = shards;
        this.owner = owner;
        this.watching = new Watching(
                store,
                session,
                "broadcast-drains-follow",
                Paths.DRAINS,
                change -> readDrains(),
                why -> LOG.error("cannot watch {}: agent={}; {}; check its ACL", Paths.DRAINS, agentId, why));
    }

    /** Follows what operators drain; call it at the start and after every reconnection. */
    void follow() {
        watching.arm();
        readDrains();
    }

    void close() {
        closed = true;
    }

    private void readDrains() {
        if (reading) {
            changedAgain = true;
            return;
        }
        reading = true;
        changedAgain = false;
        store.read(session, "broadcast-drains", Paths.DRAINS, answer -> {
            reading = false;
            if (closed) {
                return;
            }
            if (answer instanceof Read.Found found) {
                try {
                    drained = Drains.decode(Paths.DRAINS, found.znode().data())
                            .agents()
                            .contains(agentId);
                } catch (CorruptRecordException e) {
                    LOG.error("drains ignored: {}", e.getMessage());
                }
                review();
            }
            if (changedAgain) {
                readDrains();
            }
        });
    }

    /** Something about this agent has changed: every broadcast job is looked at again. */
    void review() {
        owner.jobs().forEach(this::review);
        if (drained || owner.facts().draining()) {
            owner.unreadable().forEach(uid -> shards.leaveBroadcast(uid, agentId));
        }
    }

    /** A definition has changed, or something about one shard. */
    void review(JobRecord job) {
        Optional<JobVersion> last = job.lastBroadcast();
        if (closed || last.isEmpty() || owner.registered().isEmpty()) {
            return;
        }
        Optional<Instant> end = job.endOfLayout(last.get().layout());
        Duration left = end.map(e -> Duration.between(owner.horizon(), e)).orElse(Duration.ofMillis(Long.MAX_VALUE));
        if (isEligible(last.get().definition()) && !left.isZero() && !left.isNegative()) {
            shards.joinBroadcast(job, agentId, owner.registered().get());
            if (end.isPresent()) {
                // Owed until then, and not a moment longer.
                loop.after(
                        left.toNanos() + 1_000_000, () -> owner.job(job.uid()).ifPresent(this::review));
            }
        } else {
            shards.leaveBroadcast(job.uid(), agentId);
        }
    }

    private boolean isEligible(JobDefinition definition) {
        return !drained
                && !owner.duplicate()
                && Eligibility.refusal(
                                owner.facts(),
                                definition.handler(),
                                LabelSelector.anyOf(definition.requires().labels()))
                        .isEmpty();
    }
}
