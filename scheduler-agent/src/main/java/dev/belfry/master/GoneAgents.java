package dev.belfry.master;

import dev.belfry.agent.loop.Loop;
import dev.belfry.core.job.Placement;
import dev.belfry.core.ledger.LedgerCodec;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.shard.ShardRef;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Parts of broadcast jobs whose agent was lost and does not come back: has them settled, once the lease of the lost incarnation
 * has been over for {@link #GRACE}, or at once where the job is over, so that nobody will take them up. Until then the
 * agent's next incarnation may settle them itself, and run again what had begun.
 *
 * <p>One read at a time. A ledger whose writer is registered, or has let go, is not read again while that is so.
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
    /** A lost agent whose clock was ahead may have taken for due what came so long after the end of its lease. */
    private static final Duration AHEAD = Duration.ofSeconds(3);

    /** What it asks of the office. */
    interface Owner {
        Collection<JobBook.Entry> jobs();

        /** Whether everything about jobs and agents has been read. */
        boolean ready();

        boolean registered(String incarnation);

        /** How long the lease of an incarnation that is gone has certainly been over, in nanoseconds; empty if it may hold. */
        OptionalLong overNanos(String incarnation);

        /** The present by the ensemble's clock, or a little later. */
        Instant latest();

        void settle(String jobUid, String agentId, Instant until);

        /** More is settled than before. */
        void settled();
    }

    /** What was read of a ledger last. */
    private record Known(String writer, boolean open) {}

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final Owner owner;
    private final Map<String, Known> known = new HashMap<>();
    /** Incarnations that left a ledger open and are gone. */
    private final Map<String, String> awaited = new HashMap<>();
    /** By job, when a look began that found nothing open. */
    private final Map<String, Instant> clear = new HashMap<>();

    private final Deque<JobRecord> todo = new ArrayDeque<>();
    private Loop.Timer timer = () -> {};
    private boolean looking;
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
        if (!looking && !closed) {
            timer.cancel();
            timer = loop.after(SOON.toNanos(), this::round);
        } else {
            pause = SOON;
        }
    }

    /** Whether the life of this incarnation is still of interest. */
    boolean awaits(String incarnation) {
        return awaited.containsValue(incarnation);
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
        pause = ROUND;
        if (!owner.ready()) {
            pause = SOON;
            over();
            return;
        }
        for (JobBook.Entry entry : owner.jobs()) {
            if (last(entry.job()).isPresent() && !entry.job().closed()) {
                todo.add(entry.job());
            }
        }
        next();
    }

    private void over() {
        looking = false;
        todo.clear();
        if (!closed) {
            timer = loop.after(pause.toNanos(), this::round);
        }
    }

    private static Optional<JobVersion> last(JobRecord job) {
        List<JobVersion> versions = job.versions();
        for (int i = versions.size() - 1; i >= 0; i--) {
            if (versions.get(i).definition().placement() == Placement.BROADCAST) {
                return Optional.of(versions.get(i));
            }
        }
        return Optional.empty();
    }

    private void next() {
        JobRecord job = todo.poll();
        if (closed || job == null) {
            over();
            return;
        }
        Instant began = owner.latest();
        String parent = Paths.parent(ShardRef.broadcast(job.uid(), "any").ledgerPath());
        store.children(session, "gone-parts", parent, answer -> {
            if (closed || answer instanceof Listing.Failed) {
                again();
            } else {
                Deque<String> names = new ArrayDeque<>();
                if (answer instanceof Listing.Found found) {
                    found.names().stream()
                            .filter(name -> !name.endsWith(":checkpoint"))
                            .forEach(names::add);
                }
                look(new Look(job, parent, began, names));
            }
        });
    }

    private void again() {
        pause = SOON;
        over();
    }

    /** One look at the parts of one job. */
    private static final class Look {
        final JobRecord job;
        final String parent;
        final Instant began;
        final Deque<String> names;
        /** Whether nobody takes part any more. */
        final boolean ended;

        boolean open;

        Look(JobRecord job, String parent, Instant began, Deque<String> names) {
            this.job = job;
            this.parent = parent;
            this.began = began;
            this.names = names;
            this.ended = job.endOfLayout(last(job).orElseThrow().layout())
                    .filter(end -> !end.isAfter(began))
                    .isPresent();
        }
    }

    private void look(Look look) {
        for (String name = look.names.poll(); name != null; name = look.names.poll()) {
            String path = look.parent + '/' + name;
            Known before = known.get(path);
            // Of a job that is over its agents let go.
            if (!look.ended && before != null && before.open() && owner.registered(before.writer())) {
                look.open = true;
            } else {
                read(look, path);
                return;
            }
        }
        if (!look.open) {
            clear.put(look.job.uid(), look.began);
            owner.settled();
        }
        next();
    }

    private void read(Look look, String path) {
        store.read(session, "gone-part", path, answer -> {
            if (closed || answer instanceof Read.Failed) {
                again();
                return;
            }
            awaited.remove(path);
            if (answer instanceof Read.Found found) {
                try {
                    judge(look, path, LedgerCodec.decode(path, found.znode().data()));
                } catch (CorruptRecordException e) {
                    LOG.error("what an agent may have run is not settled: {}", e.getMessage());
                }
            }
            look(look);
        });
    }

    private void judge(Look look, String path, LedgerRecord ledger) {
        boolean open = ledger.released().isEmpty();
        known.put(path, new Known(ledger.writer(), open));
        look.open |= open;
        if (!open || owner.registered(ledger.writer())) {
            return;
        }
        awaited.put(path, ledger.writer());
        Duration grace = look.ended ? AHEAD : GRACE;
        OptionalLong over = owner.overNanos(ledger.writer());
        boolean due = over.isPresent() && over.getAsLong() >= grace.toNanos();
        if (due) {
            owner.settle(look.job.uid(), Paths.name(path), owner.latest().minusNanos(over.getAsLong()));
        }
        if (due || look.ended) {
            pause = SOON;
        }
    }
}
