package dev.belfry.master;

import dev.belfry.agent.loop.Loop;
import dev.belfry.core.ledger.LedgerCodec;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.shard.ShardRef;
import dev.belfry.core.version.JobRecord;
import dev.belfry.store.Commit;
import dev.belfry.store.Failure;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Synced;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Parts of broadcast jobs whose agent was lost, or closed in the middle of an attempt, and does not come back: has them settled, once the lease of the lost incarnation
 * has been over for {@link #GRACE}, or at once where the job is over, so that nobody will take them up. Until then the
 * agent's next incarnation may settle them itself, and run again what had begun. What is settled and let go of is removed when its agent has
 * been away for {@link KnownPart#KEPT}.
 *
 * <p>One read at a time, and a rest after {@link #READS} of them. A ledger is not read again while its writer is registered,
 * nor, once let go of, while its agent is not.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class GoneAgents {
    private static final Logger LOG = LoggerFactory.getLogger(GoneAgents.class);

    /** So long an agent may take to come back to what it had begun. */
    static final Duration GRACE = Duration.ofMinutes(10);

    /** Between two rounds while nothing is to be awaited. */
    private static final Duration ROUND = Duration.ofSeconds(30);
    /** Between two rounds while something is under way. */
    private static final Duration SOON = Duration.ofSeconds(2);
    /** So many reads follow each other without a rest. */
    private static final int READS = 50;

    private static final Duration REST = Duration.ofMillis(100);
    /** A lost agent whose clock was ahead may have taken for due what came so long after the end of its lease. */
    private static final Duration AHEAD = Duration.ofSeconds(3);

    /** What it asks of the office. */
    interface Owner {
        Collection<JobBook.Entry> jobs();

        /** Whether everything about jobs and agents has been read. */
        boolean ready();

        boolean registered(String incarnation);

        /** The ids of the agents that are registered, also where the record cannot be read. */
        Set<String> present();

        /** How long the lease of an incarnation that is gone has certainly been over, in nanoseconds; empty if it may hold. */
        OptionalLong overNanos(String incarnation);

        /** The present by the ensemble's clock. */
        Instant now();

        /** The present by the ensemble's clock, or a little later. */
        Instant latest();

        void settle(String jobUid, String agentId, Instant until);

        /** More is settled than before. */
        void settled();

        /** A transaction of the master. */
        Transaction.Builder fence(String at);
    }

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final Owner owner;
    /** By job and agent. */
    private final Map<String, Map<String, KnownPart>> known = new HashMap<>();
    /** Incarnations that left a ledger open and are gone. */
    private final Set<String> awaited = new HashSet<>();
    /** Those that this round has found. */
    private final Set<String> awaitedNow = new HashSet<>();
    /** How often an agent has come or gone. */
    private long changes;
    /** By job, when a look began that found nothing open. */
    private final Map<String, Instant> clear = new HashMap<>();

    private final Deque<JobRecord> todo = new ArrayDeque<>();
    private Loop.Timer timer = () -> {};
    private boolean looking;
    private boolean soon;
    private int spent;
    private Instant began = Instant.MIN;
    private boolean closed;
    private Duration pause = ROUND;

    GoneAgents(Loop loop, Store store, Session session, Owner owner) {
        this.loop = loop;
        this.store = store;
        this.session = session;
        this.owner = owner;
    }

    void start() {
        soon();
    }

    void close() {
        closed = true;
        timer.cancel();
    }

    /** Somebody came or went, or something has ended. */
    void soon() {
        if (looking) {
            pause = SOON;
        } else if (!closed && !soon) {
            // Not put off by whoever comes next.
            soon = true;
            timer.cancel();
            timer = loop.after(SOON.toNanos(), this::round);
        }
    }

    /** This agent has come or gone: what it let go of it may have taken up since. */
    void changed(String agentId) {
        changes++;
        known.values().forEach(parts -> {
            KnownPart part = parts.get(agentId);
            if (part != null && !part.open()) {
                parts.remove(agentId);
            }
        });
    }

    /** Whether the life of this incarnation is still of interest. */
    boolean awaits(String incarnation) {
        return awaited.contains(incarnation);
    }

    /** Whether nothing of a broadcast job was open in a look that began at {@code after} or later. */
    boolean isClear(String jobUid, Instant after) {
        boolean is = Optional.ofNullable(clear.get(jobUid))
                .filter(look -> !look.isBefore(after))
                .isPresent();
        if (!is) {
            pause = SOON;
        }
        return is;
    }

    // --- a round

    private void round() {
        looking = true;
        soon = false;
        pause = ROUND;
        if (!owner.ready()) {
            pause = SOON;
            over();
            return;
        }
        for (JobBook.Entry entry : owner.jobs()) {
            if (entry.job().lastBroadcast().isPresent() && !entry.job().closed()) {
                todo.add(entry.job());
            }
        }
        Set<String> uids = todo.stream().map(JobRecord::uid).collect(Collectors.toSet());
        known.keySet().retainAll(uids);
        clear.keySet().retainAll(uids);
        awaitedNow.clear();
        if (todo.isEmpty()) {
            awaited.clear();
            over();
            return;
        }
        began = owner.now();
        store.sync(session, "gone-sync", Paths.LEDGER, synced -> {
            if (closed || synced instanceof Synced.Failed) {
                again();
            } else {
                next();
            }
        });
    }

    private void over() {
        looking = false;
        todo.clear();
        if (!closed) {
            soon = pause.equals(SOON);
            timer = loop.after(pause.toNanos(), this::round);
        }
    }

    private void next() {
        JobRecord job = todo.poll();
        if (closed || job == null) {
            awaited.retainAll(awaitedNow);
            over();
            return;
        }
        String parent = Paths.parent(ShardRef.broadcast(job.uid(), "any").ledgerPath());
        store.children(session, "gone-parts", parent, answer -> {
            if (closed) {
                return;
            }
            if (answer instanceof Listing.Failed failed && failed.failure() instanceof Failure.Rejected rejected) {
                LOG.error("parts of a broadcast job cannot be listed: {}: {}", parent, rejected.why());
                next();
            } else if (answer instanceof Listing.Failed) {
                again();
            } else {
                List<String> names = answer instanceof Listing.Found found ? found.names() : List.of();
                Map<String, KnownPart> parts = known.computeIfAbsent(job.uid(), uid -> new HashMap<>());
                PartsLook look = new PartsLook(job, parent, began, names, parts, owner.present());
                parts.keySet().retainAll(Set.copyOf(look.names));
                look(look);
            }
        });
    }

    private void again() {
        pause = SOON;
        over();
    }

    private void look(PartsLook look) {
        for (String name = look.names.poll(); name != null; name = look.names.poll()) {
            KnownPart before = look.known.get(name);
            if (before != null && isAsBefore(look, name, before)) {
                look.open |= before.open();
                if (before.isOld(look.began) && isAway(look, name)) {
                    forget(look, name, before);
                    return;
                }
            } else if (spent++ < READS) {
                read(look, name);
                return;
            } else {
                spent = 0;
                look.names.addFirst(name);
                timer = loop.after(REST.toNanos(), () -> look(look));
                return;
            }
        }
        if (!look.open) {
            Instant before = clear.put(look.job.uid(), look.began);
            if (before == null || look.ended) {
                owner.settled();
            }
        }
        next();
    }

    private boolean isAsBefore(PartsLook look, String agentId, KnownPart before) {
        // Of a job that is over its agents let go.
        return before.open() ? !look.ended && owner.registered(before.writer()) : isAway(look, agentId);
    }

    private static boolean isAway(PartsLook look, String agentId) {
        return !look.present.contains(agentId);
    }

    private void read(PartsLook look, String name) {
        String path = look.parent + '/' + name;
        long before = changes;
        store.read(session, "gone-part", path, answer -> {
            if (closed) {
                return;
            }
            if (answer instanceof Read.Failed failed && failed.failure() instanceof Failure.Rejected rejected) {
                unread(look, path, rejected.why());
            } else if (answer instanceof Read.Failed) {
                again();
                return;
            } else if (answer instanceof Read.Found found) {
                try {
                    judge(
                            look,
                            name,
                            found.znode(),
                            LedgerCodec.decode(path, found.znode().data()));
                } catch (CorruptRecordException e) {
                    unread(look, path, String.valueOf(e.getMessage()));
                }
            }
            if (before != changes) {
                look.known.remove(name);
            }
            look(look);
        });
    }

    /** Removes what was let go of long ago. If the agent has come back meanwhile the version is another. */
    private void forget(PartsLook look, String name, KnownPart part) {
        String path = look.parent + '/' + name;
        Transaction.Builder transaction = owner.fence("part-forget").delete(path, part.version());
        if (look.checkpoints.contains(name)) {
            transaction.delete(path + PartsLook.CHECKPOINT, -1);
        }
        store.commit(session, transaction.build(), answer -> {
            if (closed) {
                return;
            }
            look.known.remove(name);
            if (answer instanceof Commit.Applied) {
                look(look);
            } else {
                again();
            }
        });
    }

    private static void unread(PartsLook look, String path, String why) {
        look.open = true;
        LOG.error("what an agent may have run is not settled: {}: {}", path, why);
    }

    private void judge(PartsLook look, String name, Znode znode, LedgerRecord ledger) {
        boolean letGo = ledger.released().isPresent();
        boolean open = !letGo || ledger.hasBegun();
        look.known.put(name, KnownPart.of(znode, ledger, open));
        look.open |= open;
        if (open && letGo && look.ended) {
            // An attempt was cut short when its agent closed, and no incarnation takes part any more that could go on
            // with it.
            owner.settle(look.job.uid(), name, owner.latest());
            pause = SOON;
            return;
        }
        if (!open || owner.registered(ledger.writer())) {
            return;
        }
        awaited.add(ledger.writer());
        awaitedNow.add(ledger.writer());
        Duration grace = look.ended ? AHEAD : GRACE;
        OptionalLong over = owner.overNanos(ledger.writer());
        boolean due = over.isPresent() && over.getAsLong() >= grace.toNanos();
        if (due) {
            owner.settle(look.job.uid(), name, owner.latest().minusNanos(over.getAsLong()));
        }
        if (due || look.ended) {
            pause = SOON;
        }
    }
}
