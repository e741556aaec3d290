package dev.belfry.core.queue;

import dev.belfry.core.dispatch.TaskId;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.workflow.WorkflowRun;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * What one transaction of the master writes of the queue; it has happened already in the {@link QueueBook} that made it.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
public final class QueueRound {
    /** Writes, bytes and lines from which on nothing more joins: with what one step may bring, a transaction keeps its limits. */
    private static final int MOST_WRITES = 80;

    private static final int MOST_BYTES = 350_000;
    private static final int MOST_LINES = 600;

    /**
     * A line of the record.
     *
     * @param incarnation that made the attempt; empty if there was none
     */
    public record Line(FireEntry entry, String incarnation) {}

    /**
     * An inbox as it is to be stored.
     *
     * @param version at which it is stored; -1 if it is not
     * @param inbox empty if it is to be deleted
     */
    public record InboxWrite(String incarnation, int version, Optional<Inbox> inbox) {}

    /**
     * The state of a segment as it is to be stored.
     *
     * @param stateVersion at which it is stored; -1 if it is not
     * @param state empty if nothing of the segment is left: both znodes are to be deleted
     */
    public record SegmentWrite(String path, int stateVersion, Optional<SegmentState> state) {}

    /**
     * A page of settled runs with a key as it is to be stored.
     *
     * @param version at which it is stored; -1 if it is not
     * @param page empty if it is to be deleted
     */
    public record KeyWrite(long number, int version, Optional<KeyPage> page) {}

    /**
     * A page of runs that have failed for good as it is to be stored.
     *
     * @param version at which it is stored; -1 if it is not
     * @param page empty if it is to be deleted
     */
    public record DeadWrite(long number, int version, Optional<DeadLetterPage> page) {}

    /**
     * A workflow run as it is to be stored.
     *
     * @param version at which it is stored; -1 if it is not
     * @param run empty if it is to be deleted
     */
    public record WorkflowWrite(String id, int version, Optional<WorkflowRun> run) {}

    /**
     * Something of a split run as it is to be stored.
     *
     * @param version at which it is stored; -1 if it is not
     * @param data empty if it is to be deleted
     */
    public record SplitWrite(String path, int version, Optional<Bytes> data) {
        static SplitWrite of(String path, int version, byte[] data) {
            return new SplitWrite(path, version, Optional.of(new Bytes(data)));
        }

        /** Whatever its version: what was damaged may have been mended in place. */
        static SplitWrite deletion(String path) {
            return new SplitWrite(path, -1, Optional.empty());
        }
    }

    /** What a znode holds. */
    @SuppressWarnings("ArrayRecordComponent") // bytes are handed over, never compared
    public record Bytes(byte[] data) {}

    private final KeyBook keys;
    private final DeadLetters dead;
    private final Set<InboxBook> inboxes = new LinkedHashSet<>();
    private final Set<SegmentBook> segments = new LinkedHashSet<>();
    private final List<Line> lines = new ArrayList<>();
    private final Set<WorkflowBook.Held> workflows = new LinkedHashSet<>();
    private final Set<SplitHeld> splits = new LinkedHashSet<>();
    private final List<String> pagesGone = new ArrayList<>();
    private List<SplitHeld> splitsGone = List.of();
    private final List<Submission> starts = new ArrayList<>();
    private int lineBytes;
    /** No less than the bytes of the states of its segments. */
    private int stateBytes;

    /** What lies beside outboxes and may be needed by nobody any more, with its task. */
    private final Map<OutboxItem, TaskId> loose = new LinkedHashMap<>();

    QueueRound(KeyBook keys, DeadLetters dead) {
        this.keys = keys;
        this.dead = dead;
    }

    /** One that adds nothing but these outcomes without an attempt. */
    public static QueueRound ofLines(List<FireEntry> outcomes) {
        QueueRound round = new QueueRound(new KeyBook(), new DeadLetters());
        outcomes.forEach(outcome -> round.line(outcome, ""));
        return round;
    }

    boolean hasRoom() {
        int bytes = lineBytes
                + stateBytes
                + inboxes.stream().mapToInt(InboxBook::mostBytes).sum()
                + workflows.stream().mapToInt(WorkflowBook.Held::bytes).sum()
                + starts.stream().mapToInt(Segment::size).sum()
                + splits.stream().mapToInt(SplitHeld::mostBytes).sum()
                + dead.changedBytes();
        int writes = 2 * segments.size() + inboxes.size() + keys.changes() + workflows.size() + dead.changes();
        writes += splits.stream().mapToInt(SplitHeld::writes).sum() + pagesGone.size();
        return writes < MOST_WRITES && bytes < MOST_BYTES && lines.size() < MOST_LINES;
    }

    void changed(InboxBook inbox) {
        inboxes.add(inbox);
    }

    void changed(SegmentBook segment) {
        if (segments.add(segment)) {
            stateBytes += segment.mostBytes();
        }
    }

    /** A task has a history that had none, in whatever segment. */
    void begun() {
        stateBytes += SegmentState.MOST_HISTORY_BYTES;
    }

    void changed(WorkflowBook.Held workflow) {
        workflows.add(workflow);
    }

    void changed(SplitHeld split) {
        splits.add(split);
    }

    /** A page of sub-tasks that was refused is not needed any more. */
    void pageGone(String path) {
        pagesGone.add(path);
    }

    void splitsGone(List<SplitHeld> ended) {
        splitsGone = List.copyOf(ended);
    }

    /** A run of a workflow's job or a part of a split one, to be submitted with it. */
    void start(Submission run) {
        starts.add(run);
    }

    void line(FireEntry entry, String incarnation) {
        lines.add(new Line(entry, incarnation));
        lineBytes += entry.mostBytes() + incarnation.length();
    }

    /** Whether there is nothing to be written. */
    public boolean isEmpty() {
        return inboxes.isEmpty()
                && segments.isEmpty()
                && lines.isEmpty()
                && workflows.isEmpty()
                && splits.isEmpty()
                && dead.changes() == 0;
    }

    /** The inboxes that it changes. */
    public List<InboxWrite> inboxes() {
        return inboxes.stream()
                .map(inbox -> new InboxWrite(
                        inbox.incarnation(),
                        inbox.version(),
                        inbox.isDone() ? Optional.empty() : Optional.of(inbox.stored())))
                .toList();
    }

    /** The segments of which it changes what became of them. */
    public List<SegmentWrite> segments() {
        return segments.stream()
                .map(segment -> new SegmentWrite(
                        segment.path(),
                        segment.stateVersion(),
                        segment.open() == 0 ? Optional.empty() : Optional.of(segment.state())))
                .toList();
    }

    /** The workflow runs that it changes. */
    public List<WorkflowWrite> workflows() {
        return workflows.stream().map(WorkflowBook.Held::write).toList();
    }

    /** What it changes of split runs, parents before children. */
    public List<SplitWrite> splits() {
        List<SplitWrite> writes = new ArrayList<>();
        splits.forEach(split -> writes.addAll(split.write()));
        pagesGone.forEach(path -> writes.add(SplitWrite.deletion(path)));
        return writes;
    }

    /** By run, the paths of all that is stored of the split runs that are final once it is written, children first. */
    public Map<String, List<String>> splitsGone() {
        Map<String, List<String>> gone = new LinkedHashMap<>();
        splitsGone.forEach(split -> gone.put(split.runId(), split.paths()));
        return gone;
    }

    /** Runs that are to be submitted with it. */
    public List<Submission> starts() {
        return List.copyOf(starts);
    }

    /** The paths of the segments of which nothing is left. */
    List<String> finished() {
        return segments.stream()
                .filter(segment -> segment.open() == 0)
                .map(SegmentBook::path)
                .toList();
    }

    /** The pages of settled runs with a key that it changes. */
    public List<KeyWrite> keys() {
        return keys.writes();
    }

    /** The pages of runs that have failed for good that it changes. */
    public List<DeadWrite> dead() {
        return dead.writes();
    }

    void loose(OutboxItem item, TaskId task) {
        loose.put(item, task);
    }

    void keepItems(BiPredicate<OutboxItem, TaskId> named) {
        loose.entrySet().removeIf(item -> named.test(item.getKey(), item.getValue()));
    }

    /**
     * Checkpoints and outputs that nobody needs once it is written. They are no part of it: they are deleted after it was
     * applied (rule Q12).
     */
    public List<OutboxItem> items() {
        return List.copyOf(loose.keySet());
    }

    /** What it adds to the record. */
    public List<Line> lines() {
        return List.copyOf(lines);
    }

    /** It was written, all of it. */
    public void applied() {
        inboxes.forEach(InboxBook::written);
        segments.forEach(SegmentBook::stateWritten);
        keys.written();
        dead.written();
        workflows.forEach(WorkflowBook.Held::written);
        splits.forEach(SplitHeld::written);
    }
}
