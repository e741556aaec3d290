package dev.belfry.scripts;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.QueueRules;
import dev.belfry.core.job.TriggerRule;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.queue.DeadLetter;
import dev.belfry.core.queue.DeadLetterPage;
import dev.belfry.core.queue.DeclaredRules;
import dev.belfry.core.queue.DurationBook;
import dev.belfry.core.queue.Gate;
import dev.belfry.core.queue.HandedPage;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.KeyPage;
import dev.belfry.core.queue.Outbox;
import dev.belfry.core.queue.OutboxItem;
import dev.belfry.core.queue.QueueCounts;
import dev.belfry.core.queue.Segment;
import dev.belfry.core.queue.SegmentState;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.queue.Submitter;
import dev.belfry.core.queue.TaskHistory;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.value.Output;
import dev.belfry.core.workflow.BackfillId;
import dev.belfry.core.workflow.BackfillOrder;
import dev.belfry.core.workflow.BackfillRequest;
import dev.belfry.core.workflow.BackfillRun;
import dev.belfry.core.workflow.BackfillRunCodec;
import dev.belfry.core.workflow.Chosen;
import dev.belfry.core.workflow.FailurePolicy;
import dev.belfry.core.workflow.JobEnd;
import dev.belfry.core.workflow.Split;
import dev.belfry.core.workflow.SplitAnswer;
import dev.belfry.core.workflow.SplitCodec;
import dev.belfry.core.workflow.SubTask;
import dev.belfry.core.workflow.WorkflowGraph;
import dev.belfry.core.workflow.WorkflowRun;
import dev.belfry.core.workflow.WorkflowRunCodec;
import dev.belfry.core.workflow.WorkflowStart;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A small queue at work: three runs that were submitted together, of which one has ended and one is with an agent. */
final class QueueSamples {
    static final String SUBMITTER = "c4e0a91b27d3";
    static final long NUMBER = (Generation.of(3, 8).value() << 20) + 2;

    static final String WORKFLOW_RUN = "load~0000001a@2026-11-02T12:00:00Z";

    static final String SPLIT_RUN = "one";

    private static final Instant NOON = Samples.NOON;

    private QueueSamples() {}

    static Map<String, byte[]> all() {
        Map<String, byte[]> records = new LinkedHashMap<>();
        records.put(Paths.QUEUE, new QueueCounts(1, 1, Gate.USUAL_BOUND, List.of()).encode());
        DurationBook durations = new DurationBook();
        durations.took(Samples.UID, Duration.ofSeconds(3));
        durations.took(Samples.UID, Duration.ofSeconds(5));
        records.put(Paths.DURATIONS, durations.encode());
        records.put(
                Paths.QUEUE_RULES,
                DeclaredRules.NONE
                        .with(Map.of("default", QueueRules.USUAL), Map.of("db", 10), "ada")
                        .encode());
        records.put(Paths.GATE, Gate.FRESH.encode());
        records.put(Paths.submitter(SUBMITTER), new Submitter("ada@ops-1", NOON).encode());
        String segment = Paths.segment(SUBMITTER, 1);
        records.put(segment, segment().encode());
        records.put(Paths.segmentState(segment), state().encode());
        records.put(Paths.keys(4), new KeyPage(List.of("load-1a!2026-11-01")).encode());
        records.put(Paths.inbox(Samples.FIRST.name()), inbox().encode());
        Submission dead = new Submission(
                "load-1a!k7", "load-1a", 1, Optional.empty(), Map.of("day", "1"), Submission.USUAL, "ada");
        records.put(
                Paths.deadLetters(3),
                new DeadLetterPage(List.of(new DeadLetter(dead, NOON, Outcome.FAILED, NOON))).encode());
        BackfillRun backfill = BackfillRun.begin(
                BackfillId.of("load~1a", "k8"),
                new BackfillRun.Target("load~1a", "load", 1, NOON),
                new BackfillOrder(BackfillRequest.of(NOON, NOON), 1, Chosen.all(1)),
                new BackfillRun.Asked("ada", NOON));
        records.put(Paths.backfill(backfill.id().toString()), BackfillRunCodec.encode(backfill));
        records.put(
                Paths.outbox(Samples.FIRST.name()),
                new Outbox(List.of(new Outbox.Report(
                                NUMBER,
                                Outbox.Stage.STARTED,
                                NOON.plusSeconds(1),
                                Instant.EPOCH,
                                false,
                                Outbox.Left.CHECKPOINT,
                                "",
                                2)))
                        .encode());
        records.put(new OutboxItem(Samples.FIRST.name(), NUMBER).path(), "rows=4000".getBytes(StandardCharsets.UTF_8));
        records.put(Paths.workflow(WORKFLOW_RUN), WorkflowRunCodec.encode(workflowRun()));
        Split split = split();
        records.put(Paths.split(SPLIT_RUN), SplitCodec.encodeHead(split.head()));
        records.put(
                Paths.splitPage(SPLIT_RUN, 0),
                SplitCodec.encodePage(split.pages().get(0)));
        records.put(
                Paths.handedPage(Samples.FIRST.name(), NUMBER, 1),
                new HandedPage(FailurePolicy.NONE_MAY_FAIL, List.of(folder("c"))).encode());
        return records;
    }

    /** A run that has handed in two sub-tasks so far, of which one has ended. */
    private static Split split() {
        Split open = Split.open(SPLIT_RUN, FailurePolicy.NONE_MAY_FAIL);
        SplitAnswer.Step step = (SplitAnswer.Step) open.submit(List.of(folder("a"), folder("b")));
        return step.next()
                .settled(0, Outcome.SUCCEEDED, Optional.of(Output.of("{\"rows\":4000}")))
                .next();
    }

    private static SubTask folder(String name) {
        return new SubTask("folder-" + name, Map.of("folder", name));
    }

    /** A load that has succeeded, and what comes after it. */
    private static WorkflowRun workflowRun() {
        List<JobDefinition> jobs = List.of(
                Job.named("load")
                        .placement(Placement.QUEUED)
                        .cron("0 0 2 * * ?")
                        .build(),
                Job.named("merge")
                        .placement(Placement.QUEUED)
                        .after(TriggerRule.ALL_SUCCESS, "load")
                        .when("load", "/rows", "> 0")
                        .build());
        Map<String, WorkflowStart.Identity> identities = Map.of(
                "load", new WorkflowStart.Identity("load~0000001a", 1),
                "merge", new WorkflowStart.Identity("merge~0000001b", 3));
        return WorkflowGraph.of(jobs)
                .workflows()
                .get(0)
                .begin(new WorkflowStart(WORKFLOW_RUN, NOON, true, identities))
                .next()
                .settled(new JobEnd(
                        "load",
                        1,
                        Outcome.SUCCEEDED,
                        Optional.of(Output.of("{\"rows\":4000}")),
                        Optional.of("indexer-1~17/34359738370")))
                .next();
    }

    static Segment segment() {
        Submission.Options urgent =
                Submission.USUAL.withPriority(7).withKey("2026-11-02").withQueue(Duration.ofHours(1));
        return new Segment(List.of(
                new Submission(
                        Samples.UID + "!2026-11-02",
                        Samples.UID,
                        1,
                        Optional.empty(),
                        Map.of("day", "2026-11-02"),
                        urgent,
                        "ada"),
                run("one"),
                run("two")));
    }

    private static Submission run(String id) {
        return new Submission(id, Samples.UID, 1, Optional.empty(), Map.of(), Submission.USUAL, "ada");
    }

    private static SegmentState state() {
        BitSet done = new BitSet();
        done.set(0);
        TaskHistory again = new TaskHistory(1, 1, 0, NOON.plusSeconds(5), NOON, "indexer-2", false, Optional.empty());
        return new SegmentState(Map.of(Outcome.SUCCEEDED, done), Map.of(2, again));
    }

    private static Inbox inbox() {
        return new Inbox(List.of(new Inbox.Entry(
                NUMBER,
                "one",
                FireId.requested("one", NOON),
                new Inbox.Task(Samples.UID, 0, 1),
                new Inbox.Order(1, NOON, Duration.ofMinutes(5), false, Optional.empty()),
                Map.of(),
                "")));
    }
}
