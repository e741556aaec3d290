package dev.belfry.master;

import dev.belfry.agent.loop.Loop;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.version.JobRecord;
import dev.belfry.master.queue.QueueOffice;
import dev.belfry.store.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The office, as the queue sees it. */
final class QueueSurroundings implements QueueOffice {
    private final Loop loop;
    private final Term term;
    private final Watched watched;
    private final OfficeClock present;
    private final JobBook jobs;
    private final TableWriter table;
    private final Supplier<List<AgentFacts>> live;
    private final BooleanSupplier read;
    private final Runnable loaded;
    private final Runnable lost;

    /**
     * @param live the agents, with what operators drain marked as draining
     * @param read whether all that an office goes by has been read
     * @param loaded told when the queue has been read
     */
    QueueSurroundings(
            Loop loop,
            Term term,
            Watched watched,
            OfficeClock present,
            JobBook jobs,
            TableWriter table,
            Supplier<List<AgentFacts>> live,
            BooleanSupplier read,
            Runnable loaded,
            Runnable lost) {
        this.loop = loop;
        this.term = term;
        this.watched = watched;
        this.present = present;
        this.jobs = jobs;
        this.table = table;
        this.live = live;
        this.read = read;
        this.loaded = loaded;
        this.lost = lost;
    }

    @Override
    public long term() {
        return term.number();
    }

    @Override
    public Transaction.Builder transaction(String site) {
        return term.fence(site);
    }

    @Override
    public boolean ready() {
        return read.getAsBoolean() && table.loaded() && !term.raising();
    }

    @Override
    public Instant now() {
        return present.now();
    }

    @Override
    public Optional<JobRecord> job(String uid) {
        return jobs.byUid(uid);
    }

    @Override
    public List<JobRecord> jobs() {
        return jobs.all().stream().map(JobBook.Entry::job).toList();
    }

    @Override
    public boolean isUnreadable(String uid) {
        return jobs.lost(uid);
    }

    @Override
    public List<AgentFacts> agents() {
        // Of others a later master would not know how long to wait for them.
        return live.get().stream()
                .filter(agent -> agent.sessionTimeout().compareTo(term.longestTimeout()) <= 0)
                .toList();
    }

    @Override
    public boolean registered(String incarnation) {
        return watched.registered(incarnation);
    }

    @Override
    public long leaseNanos(String incarnation) {
        long nanos = loop.nanoTime();
        watched.life().gone(incarnation, nanos);
        return watched.life().waitNanos(incarnation, term.longestTimeout(), nanos);
    }

    @Override
    public AssignmentTable table() {
        return table.table();
    }

    @Override
    public long tableRevision() {
        return table.revision();
    }

    @Override
    public Optional<Generation> generation() {
        return table.take();
    }

    @Override
    public void loaded() {
        loaded.run();
    }

    @Override
    public void fenced() {
        lost.run();
    }
}
