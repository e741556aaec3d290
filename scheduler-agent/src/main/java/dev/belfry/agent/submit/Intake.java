package dev.belfry.agent.submit;

import static java.util.Objects.requireNonNull;

import dev.belfry.agent.loop.Loop;
import dev.belfry.core.queue.Gate;
import dev.belfry.core.queue.Segment;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Commit;
import dev.belfry.store.Commit.Reason;
import dev.belfry.store.Failure;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A submitter: makes runs durable in segments, several of them under way at once, in order (rule Q1).
 *
 * <p>One transaction checks the gate at the version at which it was last read open, counts the submitter's znode up at the
 * version that it has when all that was sent before is applied, and creates the segment. When one is refused, those behind it
 * are refused too: nothing more is sent until all are answered. What is in doubt is settled by that version; {@link
 * SubmitterName} does that. What is known not to have happened is sent again, in its order, for as long as its caller has
 * patience.
 *
 * <p>What waits is bounded; above the bound a submission is answered {@link Submitted.Full}, whatever its {@link Pressure}. Of
 * what is under way there is never more than {@link #MOST_UNDER_WAY} segments. Each submission is answered once, on the loop. One
 * that was sent is answered when it is known, however long that takes.
 *
 * <p>Not thread-safe; owned by its loop.
 *
 * <p>Longer than the house limit: each answer to a request is handled beside the request that it belongs to.
 */
public final class Intake implements SessionListener {
    /** Segments under way at once. */
    public static final int MOST_UNDER_WAY = 8;

    /** Bytes of runs that may wait to be sent, unless a caller says otherwise. */
    public static final long USUAL_BOUND = 16L << 20;

    /** How long runs are collected while a segment is under way. */
    private static final long LINGER_NANOS = Duration.ofMillis(2).toNanos();

    private static final long PAUSE_NANOS = Duration.ofMillis(50).toNanos();
    private static final long GATE_PAUSE_NANOS = Duration.ofMillis(250).toNanos();
    private static final int UNKNOWN = -1;

    private final Loop loop;
    private final Store store;
    private final SubmitterName submitter;
    private final long bound;
    private final Backlog backlog = new Backlog();
    /** In the order in which they were sent. */
    private final Deque<Flight> under = new ArrayDeque<>();
    /** Runs of segments that were refused, until all under way are answered. */
    private final List<PendingRun> returned = new ArrayList<>();

    private @Nullable Session session;
    private boolean connected;
    /** Whether something is asked, or waited for, without which nothing can be sent. */
    private boolean busy;
    /** Whether one was refused: what is under way behind it will be, too. */
    private boolean held;
    /** Whether it is not known of those under way which of them are there. */
    private boolean doubtful;

    /** Whether the place for segments is missing. */
    private boolean orphaned;
    /** Whether the submitter's znode was found to be gone: what was sent behind is refused, whatever its answer. */
    private boolean gone;
    /** Version of the gate at which it was last read open. */
    private int open = UNKNOWN;
    /** Why nothing is sent at present, for those whose patience ends. */
    private Submitted hindrance = new Submitted.Unavailable("there is no connection to ZooKeeper");

    private long oldest;
    private Loop.@Nullable Timer lingering;
    private Loop.@Nullable Timer sweeping;
    private Loop.@Nullable Timer resting;
    private @Nullable Runnable drained;
    /** Whether it takes nothing more. */
    private boolean closed;
    /** Whether it does nothing more. */
    private boolean over;

    /**
     * @param store a view of its own, whose executor is {@code loop}
     * @param by who submits, for people
     * @param bound bytes of runs that may wait to be sent
     */
    public Intake(Loop loop, Store store, String by, long bound) {
        this.loop = loop;
        this.store = store;
        this.submitter = new SubmitterName(loop, store, by, this::settled, this::rest);
        this.bound = bound;
    }

    /** Begins; once, on the loop, before anything else. */
    public void start() {
        store.sessions(this);
    }

    /**
     * Submits a run.
     *
     * @param patience for which it is tried, as long as it is not sent
     * @param then told once what became of it
     */
    public void submit(Submission run, Pressure pressure, Duration patience, Consumer<Submitted> then) {
        PendingRun pending = new PendingRun(run, pressure, loop.nanoTime() + patience.toNanos(), then);
        int most = Segment.MOST_BYTES - Segment.FRAME_BYTES;
        if (closed) {
            pending.answer(new Submitted.Unavailable("the client is closed"));
        } else if (pending.bytes > most) {
            pending.answer(new Submitted.Rejected(
                    "run " + run.runId() + " takes " + pending.bytes + " bytes with its parameters and labels; " + most
                            + " are possible: hand large values over by reference"));
        } else if (run.shards() > Segment.MOST_TASKS) {
            pending.answer(new Submitted.Rejected("run " + run.runId() + " has " + run.shards() + " shards; "
                    + Segment.MOST_TASKS + " are possible in a queue"));
        } else if (backlog.bytes() + pending.bytes > bound) {
            pending.answer(new Submitted.Full(
                    "runs of " + backlog.bytes() + " bytes wait to be submitted by this process, which"
                            + " is as much as it may hold: submit more slowly, or wait for answers"));
        } else {
            if (backlog.isEmpty()) {
                oldest = loop.nanoTime();
            }
            backlog.add(pending);
            sweepLater();
            pump();
        }
    }

    /** Takes nothing more. {@code then} is run once everything is answered, and the submitter's znode is given back. */
    public void drain(Runnable then) {
        closed = true;
        drained = then;
        pump();
    }

    /** Gives up: whatever is not answered is answered now, with what is known of it. */
    public void close() {
        closed = true;
        over = true;
        connected = false;
        Submitted nothing = new Submitted.Unavailable("the client was closed before the run was sent");
        returned.forEach(pending -> pending.answer(nothing));
        returned.clear();
        backlog.answer(pending -> true, nothing);
        under.forEach(flight ->
                flight.answer(new Submitted.Unknown("the client was closed while the run was being written")));
        under.clear();
    }

    // --- sessions

    @Override
    public void opened(Session fresh) {
        session = fresh;
        connected = !over;
        pump();
    }

    @Override
    public void suspended(Session present) {
        connected = false;
        hindrance = new Submitted.Unavailable("the connection to ZooKeeper is lost");
    }

    @Override
    public void resumed(Session present) {
        connected = !over;
        pump();
    }

    @Override
    public void ended(Session present) {
        connected = false;
        session = null;
    }

    // --- sending

    /** Does whatever can be done next. */
    private void pump() {
        Session on = session;
        if (on == null || !connected || busy) {
            return;
        }
        if (submitter.isNamed() && !submitter.isOf(on)) {
            doubtful = true;
        }
        if (doubtful) {
            if (under.stream().allMatch(flight -> flight.answered)) {
                busy = true;
                submitter.settle(on);
            }
            return;
        }
        if (held && !under.isEmpty()) {
            return;
        }
        if (held) {
            regroup();
        }
        if (backlog.isEmpty()) {
            leave(on);
        } else {
            prepare(on);
        }
    }

    private void prepare(Session on) {
        if (open == UNKNOWN) {
            readGate(on);
        } else if (!submitter.isNamed() || orphaned) {
            busy = true;
            orphaned = false;
            submitter.take(on);
        } else {
            send(on);
        }
    }

    private void send(Session on) {
        while (!backlog.isEmpty() && under.size() < MOST_UNDER_WAY) {
            long waited = loop.nanoTime() - oldest;
            if (!under.isEmpty() && !backlog.fillsSegment() && waited < LINGER_NANOS) {
                if (lingering == null) {
                    lingering = loop.after(LINGER_NANOS - waited, this::lingered);
                }
                return;
            }
            List<PendingRun> runs = backlog.take();
            int expected = submitter.count() + under.size();
            Flight flight = new Flight(submitter.segment(expected), expected, runs);
            under.addLast(flight);
            oldest = loop.nanoTime();
            store.commit(on, transaction(flight), answer -> answered(flight, answer));
        }
    }

    private Transaction transaction(Flight flight) {
        Segment segment =
                new Segment(flight.runs.stream().map(pending -> pending.run).toList());
        return Transaction.at("intake-segment")
                .atVersion(Paths.GATE, open)
                .put(submitter.path(), submitter.content(), flight.expected)
                .create(flight.path, segment.encode())
                .build();
    }

    private void lingered() {
        lingering = null;
        pump();
    }

    // --- hearing

    private void answered(Flight flight, Commit answer) {
        flight.answered = true;
        if (gone && !(answer instanceof Commit.Applied)) {
            under.remove(flight);
            returned.addAll(flight.runs);
        } else if (doubtful || answer instanceof Commit.Indeterminate || answer instanceof Commit.SessionOver) {
            doubtful = true;
        } else if (under.remove(flight)) {
            if (answer instanceof Commit.Applied applied) {
                submitter.counted();
                flight.durable(applied.stamps().get(0).modified());
            } else {
                refused(flight, answer);
            }
        }
        pump();
    }

    /** Nothing of it happened, and nothing of what was sent behind it will. */
    private void refused(Flight flight, Commit answer) {
        held = true;
        if (answer instanceof Commit.Rejected rejected) {
            flight.answer(new Submitted.Rejected("writing " + flight.path + " was refused: " + rejected.why()));
            return;
        }
        returned.addAll(flight.runs);
        if (answer instanceof Commit.Fenced) {
            open = UNKNOWN;
        } else if (answer instanceof Commit.Conflict conflict) {
            if (conflict.reason() == Reason.MISSING && conflict.path().equals(flight.path)) {
                orphaned = true;
            } else if (conflict.reason() == Reason.MISSING) {
                gone = true;
            } else if (flight.expected == submitter.count()) {
                // Nothing before it was refused, and still the count is another one.
                doubtful = true;
            }
        } else {
            rest(PAUSE_NANOS);
        }
    }

    /** The submitter's znode is gone: it goes on under another name. */
    private void missed() {
        gone = false;
        submitter.drop();
    }

    private void regroup() {
        held = false;
        if (gone) {
            missed();
        }
        backlog.putBack(returned);
        returned.clear();
    }

    /**
     * The version of the submitter's znode says which of those under way are there.
     *
     * @param count the version; {@link SubmitterName#GONE} if nobody can tell
     */
    private void settled(int count, Instant at) {
        busy = false;
        doubtful = false;
        List<Flight> doubts = List.copyOf(under);
        under.clear();
        for (Flight flight : doubts) {
            if (count == SubmitterName.GONE) {
                flight.answer(new Submitted.Unknown(
                        "the connection was lost while the run was being written, and the znode that"
                                + " would tell is gone: look for run "
                                + flight.runs.get(0).run.runId()
                                + " before you submit it again"));
            } else if (flight.expected < count) {
                flight.durable(at);
            } else {
                returned.addAll(flight.runs);
            }
        }
        regroup();
        pump();
    }

    // --- the gate

    private void readGate(Session on) {
        busy = true;
        store.read(on, "intake-gate", Paths.GATE, this::gateRead);
    }

    private void gateRead(Read answer) {
        busy = false;
        if (answer instanceof Read.Found found) {
            gateFound(found);
        } else if (answer instanceof Read.Missing) {
            hindrance = new Submitted.Unavailable(
                    "the namespace has no queue yet: a master sets it up when it takes office, and"
                            + " none has; start an agent");
            rest(GATE_PAUSE_NANOS);
        } else if (((Read.Failed) answer).failure() instanceof Failure.Rejected rejected) {
            backlog.answer(
                    pending -> true,
                    new Submitted.Rejected("reading " + Paths.GATE + " was refused: " + rejected.why()));
        } else {
            rest(PAUSE_NANOS);
        }
        pump();
    }

    private void gateFound(Read.Found found) {
        try {
            byte[] data = found.znode().data();
            Gate gate = data.length == 0 ? Gate.FRESH : Gate.decode(Paths.GATE, data);
            if (gate.open()) {
                open = found.znode().version();
                hindrance = new Submitted.Unavailable("ZooKeeper did not answer in time");
                return;
            }
            hindrance = new Submitted.Full("the queue holds " + gate.queued() + " runs, and takes no more above "
                    + gate.bound() + ": wait until some are done, or raise the bound");
        } catch (CorruptRecordException e) {
            hindrance = new Submitted.Unavailable(String.valueOf(e.getMessage()));
        }
        backlog.answer(pending -> pending.pressure == Pressure.REFUSE, hindrance);
        rest(GATE_PAUSE_NANOS);
    }

    // --- waiting

    /** Nothing is sent for so long. */
    private void rest(long nanos) {
        busy = true;
        if (resting != null) {
            resting.cancel();
        }
        resting = loop.after(nanos, () -> {
            resting = null;
            busy = false;
            pump();
        });
    }

    private void sweepLater() {
        if (sweeping == null) {
            sweeping = loop.after(GATE_PAUSE_NANOS, this::sweep);
        }
    }

    /** Answers those whose patience is over. */
    private void sweep() {
        sweeping = null;
        long now = loop.nanoTime();
        backlog.answer(pending -> now - pending.deadline >= 0, hindrance);
        if (!backlog.isEmpty()) {
            sweepLater();
        } else {
            pump();
        }
    }

    private void leave(Session on) {
        Runnable then = drained;
        if (then != null && under.isEmpty()) {
            drained = null;
            submitter.leave(on, requireNonNull(then));
        }
    }
}
