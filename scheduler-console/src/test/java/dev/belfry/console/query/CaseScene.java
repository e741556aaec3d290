package dev.belfry.console.query;

import dev.belfry.agent.client.AgentState;
import dev.belfry.agent.client.JobState;
import dev.belfry.agent.client.Journal;
import dev.belfry.agent.client.QueueState;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Capacity;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.TableBuilder;
import dev.belfry.core.queue.DeclaredRules;
import dev.belfry.core.queue.FiresMark;
import dev.belfry.core.queue.Gate;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.Segment;
import dev.belfry.core.queue.SegmentState;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A namespace with one job, as it could have been read at noon. */
final class CaseScene {
    static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
    static final Instant START = Instant.parse("2026-06-01T00:00:00Z");
    static final String UID = "index~1";

    final List<JobVersion> versions = new ArrayList<>();
    final List<AgentState> agents = new ArrayList<>();
    final TableBuilder table = AssignmentTable.empty().toBuilder();
    final Map<Integer, Long> emptied = new HashMap<>();
    final List<Journal.Line> lines = new ArrayList<>();
    final Map<String, LedgerRecord> ledgers = new HashMap<>();
    final List<TableEntry> changes = new ArrayList<>();
    final Map<String, JournalCounts> counts = new HashMap<>();
    final Map<String, FiresMark> fires = new HashMap<>();
    final List<QueueState.Stored> segments = new ArrayList<>();
    final Map<String, Inbox> inboxes = new HashMap<>();
    final List<WorkflowView> workflows = new ArrayList<>();
    Optional<Instant> deletedAt = Optional.empty();

    CaseScene(JobDefinition definition) {
        version(START, 1, definition, false);
    }

    CaseScene version(Instant from, int layout, JobDefinition definition, boolean paused) {
        return version(from, from, layout, definition, paused);
    }

    CaseScene version(Instant written, Instant from, int layout, JobDefinition definition, boolean paused) {
        Author author = new Author(Author.Origin.OPERATOR, "anna", "");
        versions.add(new JobVersion(versions.size() + 1, from, written, layout, definition, paused, author));
        return this;
    }

    static Incarnation incarnation(String id) {
        return Incarnation.of(id, 7);
    }

    CaseScene agent(String id, Set<String> handlers, Map<String, String> labels, boolean drained) {
        return agent(id, 7, START, handlers, labels, drained);
    }

    CaseScene agent(
            String id, long session, Instant since, Set<String> handlers, Map<String, String> labels, boolean drained) {
        return agent(id, session, since, handlers, labels, drained, false);
    }

    /** An agent that is only there to become master. */
    CaseScene standby(String id) {
        return agent(id, 7, START, Set.of("index"), Map.of(), false, true);
    }

    private CaseScene agent(
            String id,
            long session,
            Instant since,
            Set<String> handlers,
            Map<String, String> labels,
            boolean drained,
            boolean standby) {
        AgentFacts facts = new AgentFacts(
                Incarnation.of(id, session),
                "host",
                1,
                Optional.empty(),
                handlers,
                labels,
                Optional.empty(),
                new Capacity(8, 1, 1 << 20),
                false,
                Duration.ofSeconds(10),
                1,
                1,
                "2026a",
                since,
                standby);
        agents.add(new AgentState(facts, Optional.empty(), Instant.EPOCH, agents.isEmpty(), drained));
        return this;
    }

    CaseScene owner(int shard, String agent) {
        table.grant(new LayoutKey(UID, 1).shard(shard), incarnation(agent), Generation.of(1, 1));
        return this;
    }

    /** What the masters' journal lists: a change of shard 0. */
    CaseScene change(Instant at, String kind, String owner) {
        changes.add(new TableEntry(
                1,
                incarnation("m").name(),
                changes.size() + 1,
                at,
                List.of(new TableEntry.Line(kind, UID, 1, 0, incarnation(owner).name(), "", "to balance"))));
        return this;
    }

    CaseScene next(int shard, String agent) {
        table.next(new LayoutKey(UID, 1).shard(shard), new Successor.Named(incarnation(agent)));
        return this;
    }

    CaseScene ledger(String shard, Instant mark, Span... above) {
        ledgers.put(
                shard,
                new LedgerRecord(
                        incarnation("a").name(),
                        1,
                        1,
                        mark,
                        List.of(above),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        Optional.empty()));
        return this;
    }

    /** What the ledger of a shard announces of a fixed delay. */
    CaseScene delayNext(String shard, Instant next) {
        ledgers.computeIfPresent(
                shard,
                (name, old) -> new LedgerRecord(
                        old.writer(),
                        old.batch(),
                        old.since(),
                        old.mark(),
                        old.above(),
                        old.requested(),
                        old.recent(),
                        Optional.of(next),
                        old.released()));
        return this;
    }

    static Span running(Instant fire, Instant since) {
        return Span.of(fire, new Mark.Started(1, 77, since, incarnation("a").name()));
    }

    CaseScene line(FireEntry.Kind kind, String shard, Instant fire, Outcome outcome, String reason) {
        return range(kind, shard, fire, fire, 1, outcome, reason);
    }

    CaseScene range(
            FireEntry.Kind kind,
            String shard,
            Instant first,
            Instant last,
            long count,
            Outcome outcome,
            String reason) {
        boolean ran = outcome != Outcome.MISSED && outcome != Outcome.SUPERSEDED && outcome != Outcome.SKIPPED;
        lines.add(new Journal.Line(
                incarnation("a").name(),
                lines.size(),
                new FireEntry(
                        kind,
                        UID,
                        1,
                        shard,
                        FireId.scheduled(first),
                        last,
                        count,
                        ran ? 1 : 0,
                        ran ? 77 : 0,
                        ran ? first : Instant.EPOCH,
                        last.plusSeconds(2),
                        outcome,
                        reason)));
        return this;
    }

    /** An outcome that an agent recorded of a broadcast job. */
    CaseScene broadcastLine(String agent, Instant fire, Outcome outcome) {
        lines.add(new Journal.Line(
                incarnation(agent).name(),
                lines.size(),
                new FireEntry(
                        FireEntry.Kind.FINAL,
                        UID,
                        0,
                        agent,
                        FireId.scheduled(fire),
                        fire,
                        1,
                        1,
                        77,
                        fire,
                        fire.plusSeconds(2),
                        outcome,
                        "")));
        return this;
    }

    /** A line of the queue of term 3, about an attempt of agent a unless the fire was not run. */
    CaseScene queueLine(FireEntry.Kind kind, Instant fire, int attempt, Outcome outcome, String reason) {
        boolean ran = attempt > 0;
        FireEntry entry = new FireEntry(
                kind,
                UID,
                0,
                "0",
                FireId.scheduled(fire),
                fire,
                1,
                attempt,
                ran ? 76 + attempt : 0,
                ran ? fire.plusSeconds(attempt) : Instant.EPOCH,
                fire.plusSeconds(2L * attempt),
                outcome,
                reason);
        lines.add(new Journal.Line(
                "queue-3", lines.size(), ran ? entry.madeBy(incarnation("a").name()) : entry));
        return this;
    }

    /** The master has decided the schedule up to then. */
    CaseScene decided(Instant upTo, FiresMark.Turn... waiting) {
        fires.put(UID, new FiresMark(upTo, List.of(waiting), Optional.empty()));
        return this;
    }

    /** The run of a fire is in the queue. */
    CaseScene queued(Instant fire) {
        Submission run = new Submission(
                FireId.scheduled(fire).runId(UID), UID, 1, Optional.of(fire), Map.of(), Submission.USUAL, "schedule");
        segments.add(new QueueState.Stored(
                Paths.SEGMENTS + "/00/m3-" + segments.size(), fire, new Segment(List.of(run)), SegmentState.FRESH));
        return this;
    }

    /** Agent a has the run of a fire. */
    CaseScene dispatched(Instant fire) {
        queued(fire);
        Inbox.Entry entry = new Inbox.Entry(
                78,
                FireId.scheduled(fire).runId(UID),
                FireId.scheduled(fire),
                new Inbox.Task(UID, 0, 1),
                new Inbox.Order(2, fire.plusSeconds(1), null, false, Optional.empty()),
                Map.of(),
                "");
        inboxes.put(incarnation("a").name(), new Inbox(List.of(entry)));
        return this;
    }

    /** Agent b has a second attempt beside that of agent a at the run of a fire. */
    CaseScene backedUp(Instant fire) {
        dispatched(fire);
        Inbox.Entry entry = new Inbox.Entry(
                79,
                FireId.scheduled(fire).runId(UID),
                FireId.scheduled(fire),
                new Inbox.Task(UID, 0, 1),
                new Inbox.Order(3, fire.plusSeconds(9), null, false, Optional.empty(), 78, Optional.empty()),
                Map.of(),
                "");
        inboxes.put(incarnation("b").name(), new Inbox(List.of(entry)));
        return this;
    }

    private QueueState queue() {
        return new QueueState(segments, inboxes, Gate.FRESH, DeclaredRules.NONE, fires, Map.of(), List.of());
    }

    private JobRecord job() {
        return new JobRecord("index", UID, versions, List.of(), deletedAt);
    }

    String explain() {
        return explain(NOON, Optional.empty());
    }

    String explain(Instant at, Optional<String> shard) {
        return String.join("\n", explanation(at, shard).sentences());
    }

    Snapshot snapshot() {
        return new Snapshot(
                List.of(new JobState(job(), 1, 1, START)),
                agents,
                table.build(),
                emptied,
                new java.util.TreeMap<>(),
                List.of(),
                NOON);
    }

    Explanation explanation(Instant at, Optional<String> shard) {
        Journal journal = new Journal(lines, counts, changes, Set.of(), List.of());
        return Explanation.of(snapshot(), journal, job(), ledgers, queue(), workflows, at, shard);
    }
}
