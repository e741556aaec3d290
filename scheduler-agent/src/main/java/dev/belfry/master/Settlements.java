package dev.belfry.master;

import dev.belfry.core.assign.Change;
import dev.belfry.core.assign.EndedLayout;
import dev.belfry.core.assign.Plan;
import dev.belfry.core.job.Placement;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.JobVersion;
import dev.belfry.store.Commit;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * What of the layouts that are over is settled: each shard's last owner has said so and its row is gone. Once that is
 * true of all shards of a layout, the job's record says it, and no later master asks again.
 *
 * <p>What is known of a layout half settled dies with the term: the next master has the others settled once more, which
 * finds nothing left to record.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class Settlements {
    private final Store store;
    private final Session session;
    private final Function<String, Transaction.Builder> fence;
    private final Map<LayoutKey, BitSet> done = new HashMap<>();
    private final BiPredicate<String, Instant> clear;
    private boolean writing;

    /** @param clear whether every agent's part of a broadcast job was found settled, at an instant or later */
    Settlements(
            Store store,
            Session session,
            Function<String, Transaction.Builder> fence,
            BiPredicate<String, Instant> clear) {
        this.store = store;
        this.session = session;
        this.fence = fence;
        this.clear = clear;
    }

    /** These changes are in the table. */
    void written(Plan plan) {
        for (Change change : plan.changes()) {
            if (change instanceof Change.Drop drop) {
                done.computeIfAbsent(drop.shard().of(), key -> new BitSet())
                        .set(drop.shard().shard());
            }
        }
    }

    /** The sticky layouts of a job that are over and whose shards have to be settled. */
    List<EndedLayout> ended(JobRecord job, Instant now) {
        List<JobVersion> unsettled = job.unsettled(now);
        if (unsettled.isEmpty()) {
            return List.of();
        }
        List<EndedLayout> ended = new ArrayList<>();
        for (JobVersion version : unsettled) {
            if (version.definition().placement() == Placement.STICKY) {
                int shards = version.definition().shards().count();
                ended.add(new EndedLayout(version.layout(), shards, done(job, version.layout())));
            }
        }
        return ended;
    }

    private BitSet done(JobRecord job, int layout) {
        return done.getOrDefault(new LayoutKey(job.uid(), layout), new BitSet());
    }

    /**
     * Writes into the record of one job, if there is one, that more of its layouts are settled.
     *
     * @param lease nobody's lease is longer: so long after its end nobody acts for a broadcast job
     * @param then told what became of the write
     */
    void keep(Iterable<JobBook.Entry> jobs, Instant now, Duration lease, java.util.function.Consumer<Commit> then) {
        if (writing) {
            return;
        }
        for (JobBook.Entry entry : jobs) {
            int settled = settled(entry.job(), now, lease);
            if (settled > entry.job().settled()) {
                write(entry, settled, then);
                return;
            }
        }
    }

    private int settled(JobRecord job, Instant now, Duration lease) {
        int settled = job.settled();
        for (JobVersion version : job.unsettled(now)) {
            if (!isComplete(job, version, now, lease)) {
                break;
            }
            settled = version.layout();
        }
        return settled;
    }

    private boolean isComplete(JobRecord job, JobVersion layout, Instant now, Duration lease) {
        return switch (layout.definition().placement()) {
            case STICKY ->
                done(job, layout.layout()).cardinality()
                        >= layout.definition().shards().count();
            case BROADCAST -> isClear(job, layout, now, lease);
            // Without ledgers; the queue itself settles what it owes.
            case QUEUED -> true;
        };
    }

    private boolean isClear(JobRecord job, JobVersion layout, Instant now, Duration lease) {
        Instant leasesOver = job.endOfLayout(layout.layout()).orElse(now).plus(lease);
        // All broadcast layouts of a job have the same ledgers: those of a later one are in use.
        boolean last = job.versions().stream()
                .noneMatch(version -> version.layout() > layout.layout()
                        && version.definition().placement() == Placement.BROADCAST);
        return !leasesOver.isAfter(now) && (!last || clear.test(job.uid(), leasesOver));
    }

    private void write(JobBook.Entry entry, int settled, java.util.function.Consumer<Commit> then) {
        writing = true;
        JobRecord job = entry.job();
        Transaction transaction = fence.apply("job-settled")
                .put(Paths.job(job.name()), JobRecordCodec.encode(job.withSettled(settled)), entry.version())
                .build();
        store.commit(session, transaction, answer -> {
            writing = false;
            if (answer instanceof Commit.Applied) {
                done.keySet().removeIf(key -> key.jobUid().equals(job.uid()) && key.layout() <= settled);
            }
            then.accept(answer);
        });
    }
}
