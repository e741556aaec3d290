package dev.belfry.master;

import dev.belfry.agent.loop.Loop;
import dev.belfry.core.queue.FiresMark;
import dev.belfry.core.queue.QueuedFires;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import dev.belfry.store.Commit;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes ledgers that nobody needs any more: of layouts that are over and settled, a day later; of jobs deleted and
 * closed, with their tombstones, a day later; of jobs that are not defined at all, once that has been so for a day under
 * one master, in which whoever has destroyed a definition can put it back. Those of a definition that cannot be read are kept. What is
 * stored of the schedules of queued jobs goes in the same way, with the tombstone.
 *
 * <p>One step at a time, each a transaction that checks the epoch; a step that fails is left for the next round.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class LedgerKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerKeeper.class);

    private static final Duration ROUND = Duration.ofMinutes(10);
    private static final int DELETES = 90;

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final Supplier<Collection<JobBook.Entry>> jobs;
    private final Predicate<String> unreadable;
    private final Supplier<Optional<Set<String>>> queueing;
    private final Supplier<Instant> now;
    private final Function<String, Transaction.Builder> fence;
    private Loop.Timer timer = () -> {};
    private boolean closed;
    /** Parents whose job was not defined when they were looked at last, and when that was found first. */
    private final Map<String, Instant> orphans = new HashMap<>();

    /**
     * @param jobs every definition
     * @param unreadable whether nothing is known of the job with this uid because its definition cannot be read
     * @param queueing jobs, by uid, of which the queue has runs; empty while that is not known
     * @param now the present by the ensemble's clock
     */
    LedgerKeeper(
            Loop loop,
            Store store,
            Session session,
            Supplier<Collection<JobBook.Entry>> jobs,
            Predicate<String> unreadable,
            Supplier<Optional<Set<String>>> queueing,
            Supplier<Instant> now,
            Function<String, Transaction.Builder> fence) {
        this.loop = loop;
        this.store = store;
        this.session = session;
        this.jobs = jobs;
        this.unreadable = unreadable;
        this.queueing = queueing;
        this.now = now;
        this.fence = fence;
    }

    void start() {
        timer.cancel();
        timer = loop.after(ROUND.toNanos() + loop.random(ROUND.toNanos() / 4), this::round);
    }

    void close() {
        closed = true;
        timer.cancel();
    }

    // --- a round

    private void round() {
        start();
        store.children(session, "ledger-buckets", Paths.LEDGER, answer -> {
            if (!closed && answer instanceof Listing.Found found) {
                look(new ArrayDeque<>(found.names()), new ArrayList<>());
            }
        });
    }

    private void schedules(List<String> parents) {
        store.children(session, "ledger-fires", Paths.QUEUED_FIRES, answer -> {
            if (!closed && !(answer instanceof Listing.Failed)) {
                judge(parents, answer instanceof Listing.Found found ? found.names() : List.of());
            }
        });
    }

    private void look(Deque<String> unread, List<String> found) {
        String bucket = unread.poll();
        if (bucket == null) {
            schedules(found);
            return;
        }
        String path = Paths.LEDGER + '/' + bucket;
        store.children(session, "ledger-parents", path, answer -> {
            if (closed || answer instanceof Listing.Failed) {
                return;
            }
            if (answer instanceof Listing.Found listing) {
                listing.names().forEach(name -> found.add(path + '/' + name));
            }
            look(unread, found);
        });
    }

    /**
     * @param parents paths of what ledgers are below
     * @param queued uids of the jobs of which it is stored how far their schedule was queued
     */
    private void judge(List<String> parents, List<String> queued) {
        Map<String, JobRecord> byUid = new HashMap<>();
        for (JobBook.Entry entry : jobs.get()) {
            entry.job().withPredecessors().forEach(job -> byUid.put(job.uid(), job));
        }
        Instant before = now.get().minus(JobRecord.KEEP_OVER);
        Set<String> unknown = new HashSet<>();
        Set<String> withLedgers = new HashSet<>();
        Deque<String> dead = new ArrayDeque<>();
        for (String parent : parents) {
            String name = Paths.name(parent);
            int dot = name.lastIndexOf('.');
            String uid = dot < 0 ? name : name.substring(0, dot);
            JobRecord job = byUid.get(uid);
            if (job == null) {
                if (!unreadable.test(uid)) {
                    unknown.add(parent);
                }
            } else if (isOver(job, name.substring(dot + 1), before)) {
                dead.add(parent);
            }
            if (job != null) {
                withLedgers.add(job.uid());
            }
        }
        queued.stream()
                .filter(uid -> !byUid.containsKey(uid) && !unreadable.test(uid))
                .map(Paths::queuedFires)
                .forEach(unknown::add);
        orphans.keySet().retainAll(unknown);
        unknown.forEach(parent -> orphans.putIfAbsent(parent, now.get()));
        orphans.forEach((parent, found) -> {
            if (found.isBefore(before)) {
                dead.add(parent);
            }
        });
        Deque<JobBook.Entry> tombstones = new ArrayDeque<>();
        queueing.get()
                .ifPresent(owing -> jobs.get().stream()
                        .filter(entry -> isClosed(entry.job(), before)
                                && !withLedgers.contains(entry.job().uid())
                                && !owing.contains(entry.job().uid()))
                        .forEach(tombstones::add));
        purgeAll(dead, () -> bury(tombstones, Set.copyOf(queued)));
    }

    private static boolean isClosed(JobRecord job, Instant before) {
        return job.closed() && job.deletedAt().orElseThrow().isBefore(before);
    }

    private static boolean isOver(JobRecord job, String layout, Instant before) {
        if (isClosed(job, before)) {
            return true;
        }
        int number = number(layout);
        Optional<Instant> end = job.endOfLayout(number);
        return number > 0
                && number <= job.settled()
                && end.filter(e -> e.isBefore(before)).isPresent();
    }

    /** The number of a layout; 0, that of broadcast jobs, for whatever is not one. */
    private static int number(String layout) {
        try {
            return Integer.parseInt(layout);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    // --- removal

    private void purgeAll(Deque<String> dead, Runnable then) {
        String parent = dead.poll();
        if (parent == null) {
            then.run();
            return;
        }
        LOG.info("ledgers are removed: {}; nothing of them is owed any more", parent);
        purge(parent, () -> purgeAll(dead, then));
    }

    /** Deletes a znode with everything below; {@code then} is not called if that did not work. */
    private void purge(String path, Runnable then) {
        store.children(session, "ledger-children", path, answer -> {
            if (closed || answer instanceof Listing.Failed) {
                return;
            }
            List<String> names = answer instanceof Listing.Found found ? found.names() : List.of();
            Optional<String> block =
                    names.stream().filter(name -> name.startsWith("b")).findFirst();
            if (block.isPresent()) {
                purge(path + '/' + block.get(), () -> purge(path, then));
            } else if (answer instanceof Listing.Found) {
                delete(path, names, then);
            } else {
                then.run();
            }
        });
    }

    private void delete(String path, List<String> names, Runnable then) {
        List<String> some = names.subList(0, Math.min(DELETES, names.size()));
        Transaction.Builder transaction = fence.apply("ledger-forget");
        some.forEach(name -> transaction.delete(path + '/' + name, -1));
        boolean last = some.size() == names.size();
        if (last) {
            transaction.delete(path, -1);
        }
        store.commit(session, transaction.build(), answer -> {
            if (closed || !(answer instanceof Commit.Applied)) {
                return;
            }
            if (last) {
                then.run();
            } else {
                purge(path, then);
            }
        });
    }

    private void bury(Deque<JobBook.Entry> tombstones, Set<String> queued) {
        JobBook.Entry entry = tombstones.poll();
        if (entry == null) {
            return;
        }
        Transaction.Builder transaction =
                fence.apply("tombstone-forget").delete(Paths.job(entry.job().name()), entry.version());
        Runnable next = () -> bury(tombstones, queued);
        if (queued.contains(entry.job().uid())) {
            withSchedule(entry.job(), transaction, next);
        } else {
            commit(transaction, next);
        }
    }

    /** Nothing may come between: of a job that has one and not the other a master would queue what is decided. */
    private void withSchedule(JobRecord job, Transaction.Builder transaction, Runnable then) {
        String path = Paths.queuedFires(job.uid());
        store.read(session, "ledger-fires-read", path, answer -> {
            if (closed || !(answer instanceof Read.Found found)) {
                return;
            }
            if (isDecided(job, found.znode())) {
                commit(transaction.delete(path, found.znode().version()), then);
            } else {
                then.run();
            }
        });
    }

    private static boolean isDecided(JobRecord job, Znode znode) {
        try {
            FiresMark mark = FiresMark.decode(znode.path(), znode.data());
            return mark.waiting().isEmpty() && QueuedFires.next(job, mark).isEmpty();
        } catch (CorruptRecordException e) {
            LOG.error("deleted job is kept: {}; put the record right or delete it", e.getMessage());
            return false;
        }
    }

    private void commit(Transaction.Builder transaction, Runnable then) {
        store.commit(session, transaction.build(), answer -> {
            if (!closed && answer instanceof Commit.Applied) {
                then.run();
            }
        });
    }
}
