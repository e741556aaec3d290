package dev.belfry.core.shard;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireEntry.Kind;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerCodec;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.run.Moment;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One tenancy in virtual time. Everything that it wants done is written down; instants are told in seconds after noon.
 */
final class TestShard implements ShardEffects {
    static final Instant NOON = Instant.parse("2026-11-02T12:00:00Z");

    private static final ShardRef SHARD = ShardRef.numbered("u", 1, 4, 0);
    private static final ShardRef PART = ShardRef.broadcast("u", "a");
    private static final Author NOBODY = new Author(Author.Origin.OPERATOR, "test", "");

    final List<AttemptOrder> orders = new ArrayList<>();
    final Map<Long, AttemptOrder> running = new LinkedHashMap<>();
    final Map<Long, String> stops = new LinkedHashMap<>();
    final Map<FireId, Duration> backOffs = new LinkedHashMap<>();
    final List<Long> leftToThemselves = new ArrayList<>();
    final List<FireEntry> journal = new ArrayList<>();
    final ShardRuns runs;

    JobRecord job;

    Instant now;
    boolean lease = true;
    /** How far this agent may decide, relative to its own clock. */
    Duration horizon = Duration.ZERO;

    /** Sees each start and each line of the journal as it comes. */
    ShardModel model = ShardModel.NONE;

    private final ShardRef shard;
    private final int tenancy;
    private long batch;

    private TestShard(ShardRef shard, JobRecord job, LedgerRecord ledger, int tenancy, Instant now, int attempts) {
        this.shard = shard;
        this.job = job;
        this.tenancy = tenancy;
        this.now = now;
        Grant grant = new Grant(shard, Generation.of(1, tenancy).value(), "a~" + tenancy, attempts);
        this.runs = new ShardRuns(grant, ledger, ShardRuns.JobView.of(job, 1), this);
    }

    /** A job that fires every ten seconds, to be declared further. */
    static Job everyTenSeconds() {
        return Job.named("j").every(Duration.ofSeconds(10)).anchor(NOON);
    }

    /** The first tenancy of a shard, in charge since noon. */
    static TestShard of(Job declared) {
        return owing(declared).decide();
    }

    /** The first tenancy of a shard that nobody has had since noon: what is due at the first decision is owed. */
    static TestShard owing(Job declared) {
        return of(declared.build(), LedgerRecord.fresh(NOON));
    }

    static TestShard of(JobDefinition definition, LedgerRecord ledger) {
        return new TestShard(SHARD, record(definition), ledger, 1, NOON, ShardRuns.MAX_ATTEMPTS);
    }

    /** The first tenancy of a shard, in charge since noon, that may start so many attempts. */
    static TestShard of(Job declared, int attempts) {
        return new TestShard(SHARD, record(declared.build()), LedgerRecord.fresh(NOON), 1, NOON, attempts).decide();
    }

    /** An agent's part of a broadcast job, in charge since noon. */
    static TestShard partOf(Job declared) {
        TestShard part = new TestShard(
                PART, record(declared.build()), LedgerRecord.fresh(NOON), 1, NOON, ShardRuns.MAX_ATTEMPTS);
        part.runs.joined(NOON);
        return part.decide();
    }

    /** A job whose newest version is in force from {@code seconds} on. */
    TestShard change(double seconds, Job declared) {
        return change(seconds, declared.build(), false);
    }

    /** The job is paused from {@code seconds} on. */
    TestShard pause(double seconds) {
        return change(seconds, job.definition(), true);
    }

    private TestShard change(double seconds, JobDefinition definition, boolean paused) {
        return change(second(seconds), definition, paused);
    }

    TestShard change(Instant from, JobDefinition definition, boolean paused) {
        int number = job.newest().number() + 1;
        job = job.with(new JobVersion(number, from, now, 1, definition, paused, NOBODY));
        runs.update(ShardRuns.JobView.of(job, 1));
        return this;
    }

    private static JobRecord record(JobDefinition definition) {
        JobVersion version = new JobVersion(1, NOON, NOON, 1, definition, false, NOBODY);
        return new JobRecord("j", "u", List.of(version), List.of(), Optional.empty());
    }

    /** The next tenancy, on another agent, which finds what this one would record now. */
    TestShard successor() {
        return successor(write(), ShardRuns.MAX_ATTEMPTS);
    }

    static LedgerRecord stored(LedgerRecord record) {
        return LedgerCodec.decode("/ledger", LedgerCodec.encode(record));
    }

    static Instant second(double seconds) {
        return NOON.plusMillis(Math.round(seconds * 1_000));
    }

    Moment moment() {
        return new Moment(now, Duration.between(NOON, now).toNanos());
    }

    /** Sets the clock without a decision. */
    TestShard clock(double seconds) {
        now = second(seconds);
        return this;
    }

    /** Sets the clock and decides. */
    TestShard at(double seconds) {
        return clock(seconds).decide();
    }

    TestShard decide() {
        runs.decide(moment(), now.plus(horizon), lease);
        return this;
    }

    /** The attempt that runs, which must be the only one. */
    AttemptOrder attempt() {
        if (running.size() != 1) {
            throw new AssertionError("running: " + running.values());
        }
        return running.values().iterator().next();
    }

    /** What is to be written is written, and durable. */
    TestShard flush() {
        write();
        acknowledge();
        return this;
    }

    void succeed() {
        end(attempt().token(), AttemptEnd.success());
    }

    void fail() {
        end(attempt().token(), AttemptEnd.failure("java.io.IOException", "no"));
    }

    void end(long token, AttemptEnd end) {
        running.remove(token);
        runs.ended(token, end, moment(), lease);
    }

    void abandon(long token) {
        running.remove(token);
        leftToThemselves.add(token);
        runs.abandon(token, moment(), lease);
    }

    /** The attempts that were left to themselves end after all. */
    void abandonedEnd() {
        List.copyOf(leftToThemselves).forEach(token -> runs.ended(token, AttemptEnd.success(), moment(), lease));
        leftToThemselves.clear();
    }

    void loseLease() {
        lease = false;
        runs.stopAll(dev.belfry.core.ledger.Reasons.LEASE_OVER);
    }

    /** The pause of the only fire that backs off is over. */
    void retry() {
        FireId id = backOffs.keySet().iterator().next();
        backOffs.remove(id);
        runs.retry(id, moment(), lease);
    }

    /** What would be written now. */
    LedgerRecord write() {
        return stored(runs.record(++batch));
    }

    /** The next tenancy, which finds {@code ledger} and may start so many attempts. */
    TestShard successor(LedgerRecord ledger, int attempts) {
        return new TestShard(shard, job, ledger, tenancy + 1, now, attempts);
    }

    /** Everything written is durable. */
    void acknowledge() {
        runs.acknowledged(batch, moment(), lease);
    }

    void request(String... ids) {
        List<FireId> listed = new ArrayList<>();
        for (String id : ids) {
            listed.add(FireId.requested(id, NOON));
        }
        runs.request(listed, id -> true, moment(), lease);
    }

    /** Attempts started, as {@code <second>#<attempt>}. */
    List<String> starts() {
        return orders.stream()
                .map(order -> name(order.fire()) + "#" + order.number())
                .toList();
    }

    /** Final outcomes, as {@code <second> <outcome>(<reason>)}; ranges as {@code <first>-<last> x<count> ...}. */
    List<String> outcomes() {
        return journal.stream()
                .filter(line -> line.kind() == Kind.FINAL)
                .map(TestShard::text)
                .toList();
    }

    private static String text(FireEntry line) {
        String reason = line.reason().isEmpty() ? "" : "(" + line.reason() + ")";
        String range = line.count() == 1 ? "" : "-" + seconds(line.last()) + " x" + line.count();
        return name(line.fire()) + range + " " + line.outcome().text() + reason;
    }

    /** What a record lists above its mark. */
    static List<String> above(LedgerRecord record) {
        return record.above().stream().map(TestShard::text).toList();
    }

    private static String text(Span span) {
        String word = span.mark() instanceof Mark.Final f ? f.outcome().text() : "claimed";
        if (span.mark() instanceof Mark.Started) {
            word = "started";
        }
        return seconds(span.first()) + (span.count() == 1 ? "" : "-" + seconds(span.last())) + " " + word;
    }

    private static String name(FireId fire) {
        return fire.requested().orElseGet(() -> seconds(fire.due()));
    }

    static String seconds(Instant instant) {
        long millis = Duration.between(NOON, instant).toMillis();
        return millis % 1_000 == 0 ? Long.toString(millis / 1_000) : Double.toString(millis / 1_000.0);
    }

    @Override
    public void start(AttemptOrder order) {
        model.started(this, order);
        orders.add(order);
        running.put(order.token(), order);
    }

    @Override
    public void stop(long token, String reason) {
        stops.put(token, reason);
    }

    @Override
    public void backOff(FireId fire, Duration pause) {
        backOffs.put(fire, pause);
    }

    @Override
    public void journal(FireEntry entry) {
        model.told(this, entry);
        journal.add(entry);
    }

    @Override
    public double random() {
        return 0.5;
    }
}
