package dev.belfry.scripts;

import static dev.belfry.scripts.ZnodeKind.Content.NONE;
import static dev.belfry.scripts.ZnodeKind.Content.json;
import static dev.belfry.scripts.ZnodeKind.Presence.PERSISTENT;

import dev.belfry.core.queue.DeadLetterPage;
import dev.belfry.core.queue.DeclaredRules;
import dev.belfry.core.queue.DurationBook;
import dev.belfry.core.queue.Gate;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.KeyPage;
import dev.belfry.core.queue.Outbox;
import dev.belfry.core.queue.OutboxItem;
import dev.belfry.core.queue.QueueCounts;
import dev.belfry.core.queue.Segment;
import dev.belfry.core.queue.SegmentState;
import dev.belfry.core.queue.Submitter;
import dev.belfry.core.record.Paths;
import dev.belfry.core.workflow.BackfillRunCodec;
import dev.belfry.scripts.ZnodeKind.Content;
import java.util.List;

/** The kinds of znodes that the queue has. */
final class QueueKinds {
    static final String SUBMITTER = "/queue/submitters/<bb>/<submitter>";
    static final String INBOX = "/inbox/<incarnation>";
    static final String OUTBOX = "/outbox/<incarnation>";
    static final String ITEM = OUTBOX + "/<n>";

    private static final String ANYONE = "whoever starts first";
    private static final String MASTER = "the master";
    private static final String AGENT = "the agent";
    private static final String FIRST = "the first submitter that needs it";

    private QueueKinds() {}

    static List<ZnodeKind> list() {
        return List.of(
                new ZnodeKind(
                        Paths.QUEUE,
                        PERSISTENT,
                        MASTER + ", at most once a second",
                        "what waits, what runs, and the room that is wanted",
                        json(QueueCounts.SCHEMA, (path, node) -> QueueCounts.decode(path, node.data()))
                                .orEmpty()),
                new ZnodeKind(
                        Paths.DURATIONS,
                        PERSISTENT,
                        MASTER + ", at most every half minute",
                        "how long the last tasks of each job took",
                        json(
                                DurationBook.SCHEMA,
                                (path, node) ->
                                        DurationBook.decode(path, node.data()).summary())),
                new ZnodeKind(
                        Paths.QUEUE_RULES,
                        PERSISTENT,
                        "whoever applies definitions",
                        "queues, pools and limits as they were declared",
                        json(DeclaredRules.SCHEMA, (path, node) -> DeclaredRules.decode(path, node.data()))),
                new ZnodeKind(
                        Paths.GATE,
                        PERSISTENT,
                        MASTER,
                        "whether runs are taken in: its version is checked with every segment",
                        json(Gate.SCHEMA, (path, node) -> Gate.decode(path, node.data()))
                                .orEmpty()),
                parent(Paths.SUBMITTERS, ANYONE, "who submits"),
                parent("/queue/submitters/<bb>", FIRST, "submitters whose names have this hash"),
                new ZnodeKind(
                        SUBMITTER,
                        PERSISTENT,
                        "the submitter; " + MASTER + " deletes it a day after its last use",
                        "who submits, and since when; its version counts the segments",
                        json(Submitter.SCHEMA, (path, node) -> Submitter.decode(path, node.data()))),
                parent(Paths.SEGMENTS, ANYONE, "runs without an outcome"),
                parent("/queue/segments/<bb>", FIRST, "segments of the submitters whose names have this hash"),
                new ZnodeKind(
                        "/queue/segments/<bb>/<segment>:state",
                        PERSISTENT,
                        MASTER,
                        "of each run of the segment that is not as it was submitted: its end, or its attempts",
                        json(
                                SegmentState.SCHEMA,
                                (path, node) -> SegmentState.decode(path, node.data(), Integer.MAX_VALUE))),
                new ZnodeKind(
                        "/queue/segments/<bb>/<segment>",
                        PERSISTENT,
                        "a submitter creates it, " + MASTER + " deletes it with the end of its last run",
                        "runs as they were submitted; never changed",
                        json(Segment.SCHEMA, (path, node) -> Segment.decode(path, node.data()))
                                .atMost(Segment.MOST_BYTES)),
                parent(Paths.KEYS, ANYONE, "keys of runs that have ended"),
                new ZnodeKind(
                        "/queue/keys/<n>",
                        PERSISTENT,
                        MASTER,
                        "ids of runs with keys that have ended, oldest first",
                        json(KeyPage.SCHEMA, (path, node) -> KeyPage.decode(path, node.data()))),
                parent(Paths.DEAD_LETTERS, ANYONE, "runs that have failed for good"),
                new ZnodeKind(
                        "/queue/dead/<n>",
                        PERSISTENT,
                        MASTER,
                        "runs that have failed for good, as they were submitted, until they are run again or forgotten",
                        json(DeadLetterPage.SCHEMA, (path, node) -> DeadLetterPage.decode(path, node.data()))
                                .atMost(DeadLetterPage.MOST_BYTES)),
                parent(Paths.BACKFILLS, ANYONE, "backfills that are under way, and the last of those that are over"),
                new ZnodeKind(
                        "/queue/backfills/<backfill>",
                        PERSISTENT,
                        MASTER,
                        "which instants of a job's schedule are to run, and how far that is",
                        json(BackfillRunCodec.SCHEMA, (path, node) -> BackfillRunCodec.decode(path, node.data()))),
                parent(Paths.QUEUED_FIRES, ANYONE, "up to which instant the fires of queued jobs were queued"),
                parent(Paths.INBOX, ANYONE, "who is to run what"),
                new ZnodeKind(
                        INBOX,
                        PERSISTENT,
                        MASTER,
                        "tasks that this agent is to run",
                        json(Inbox.SCHEMA, (path, node) -> Inbox.decode(path, node.data()))),
                parent(Paths.OUTBOX, ANYONE, "what became of it"),
                new ZnodeKind(
                        OUTBOX,
                        PERSISTENT,
                        AGENT + "; " + MASTER + " deletes it once that agent is gone",
                        "what the agent says of the entries of its inbox",
                        json(Outbox.SCHEMA, (path, node) -> Outbox.decode(path, node.data()))),
                new ZnodeKind(
                        ITEM,
                        PERSISTENT,
                        AGENT + "; " + MASTER + " deletes it once nobody goes on from it",
                        "checkpoint of the attempt with this number, or the output of its success",
                        new Content(
                                "as given",
                                0,
                                OutboxItem.MOST_BYTES,
                                true,
                                (path, node) -> Legible.text(node.data()))));
    }

    private static ZnodeKind parent(String pattern, String writer, String holds) {
        return new ZnodeKind(pattern, PERSISTENT, writer, holds, NONE);
    }
}
