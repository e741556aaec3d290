package dev.belfry.agent.exec;

import dev.belfry.agent.JobHandler;
import dev.belfry.agent.loop.Attempts;
import dev.belfry.agent.loop.Loop;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.shard.AttemptEnd;
import dev.belfry.core.shard.ShardRef;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs user code on a bounded pool of threads, made when they are first needed and kept.
 *
 * <p>Attempts begin in the order in which they were started, as slots become free. One that is told to stop gets the
 * signal and its hooks, after the job's cancel grace an interrupt, and after the same time again it is abandoned: it
 * keeps its thread, and another takes its place while the bound of abandoned attempts allows it. When the lease is over
 * the interrupt comes with the signal, because a successor may begin soon. An attempt that returns after it was told to
 * stop counts as cancelled, not as succeeded.
 *
 * <p>Not thread-safe; owned by the agent's loop, on which every method has to be called.
 */
public final class ThreadAttempts implements Attempts {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadAttempts.class);

    private record Key(ShardRef shard, long token) {}

    /** An attempt in the pool, from its start to its end. */
    private static final class Seat {
        final Attempt attempt;
        final int slots;
        /** Null while it waits. */
        @Nullable
        Worker worker;

        Loop.Timer stage = () -> {};
        boolean told;
        boolean abandoned;
        /** Whether its slots count as taken. */
        boolean counted;

        Seat(Attempt attempt, int slots) {
            this.attempt = attempt;
            this.slots = slots;
        }
    }

    private final Loop loop;
    private final String threads;
    private final Map<String, JobHandler> handlers;
    private final PoolLimits limits;
    private final CancelHooks hooks;
    private final TraceLimit traces;

    private final Map<Key, Seat> seats = new HashMap<>();
    private final LinkedHashSet<Seat> waiting = new LinkedHashSet<>();
    private final Map<Attempt, Seat> running = new LinkedHashMap<>();
    private final Deque<Worker> idle = new ArrayDeque<>();
    private int slotsTaken;
    /** Of these, the slots of abandoned attempts. */
    private int slotsHeld;
    /** Abandoned attempts whose slots were given to others. */
    private int replaced;

    private int threadsMade;
    private boolean closed;

    /**
     * A pool without threads so far.
     *
     * @param loop the agent's loop
     * @param threads what the names of its threads begin with
     * @param handlers user code by the name under which definitions ask for it
     */
    public ThreadAttempts(Loop loop, String threads, Map<String, JobHandler> handlers, PoolLimits limits) {
        this.loop = loop;
        this.threads = threads;
        this.handlers = Map.copyOf(handlers);
        this.limits = limits;
        this.traces = new TraceLimit(loop::nanoTime);
        this.hooks = new CancelHooks(threads, limits.slots() + limits.abandoned());
    }

    @Override
    public void start(Task task, Listener listener) {
        JobHandler handler = handlers.get(task.definition().handler());
        if (handler == null) {
            refuse(
                    listener,
                    "no-handler",
                    "this agent has no handler '" + task.definition().handler() + "'; it has "
                            + new TreeSet<>(handlers.keySet()));
        } else if (closed) {
            refuse(listener, Reasons.NO_THREAD, "the agent has closed");
        } else if (exhausted()) {
            refuse(listener, Reasons.NO_THREAD, exhaustion());
        } else if (waiting.size() >= limits.waiting()) {
            refuse(
                    listener,
                    Reasons.NO_THREAD,
                    waiting.size() + " attempts wait for one of " + limits.slots()
                            + " slots already; give the agent more slots, or the job fewer shards at once");
        } else {
            int asked = task.definition().requires().resources().slots();
            Seat seat = new Seat(new Attempt(task, listener, loop, handler, traces), Math.min(asked, limits.slots()));
            seats.put(key(seat), seat);
            waiting.add(seat);
            dispatch();
        }
    }

    private void refuse(Listener listener, String error, String message) {
        loop.execute(() -> listener.ended(AttemptEnd.failure(error, message)));
    }

    private static Key key(Seat seat) {
        var order = seat.attempt.task().order();
        return new Key(order.shard(), order.token());
    }

    /** Whether every slot is held by an attempt that was abandoned. */
    private boolean exhausted() {
        return slotsHeld >= limits.slots();
    }

    private String exhaustion() {
        return "all " + limits.slots() + " slots are held by attempts that do not end although they were interrupted,"
                + " and " + replaced + " more go on beside them: " + stuck() + "; restart this process";
    }

    // --- beginning

    /** Lets those that wait begin, in order, as far as there are slots. */
    private void dispatch() {
        Iterator<Seat> next = waiting.iterator();
        while (next.hasNext()) {
            Seat seat = next.next();
            if (slotsTaken + seat.slots > limits.slots()) {
                return;
            }
            next.remove();
            begin(seat);
        }
    }

    private void begin(Seat seat) {
        slotsTaken += seat.slots;
        seat.counted = true;
        running.put(seat.attempt, seat);
        Worker worker = idle.pollFirst();
        if (worker != null) {
            seat.worker = worker;
            worker.give(seat.attempt);
            return;
        }
        worker = new Worker(
                threads + "-" + ++threadsMade, hooks, (attempt, end) -> loop.execute(() -> ended(attempt, end)));
        seat.worker = worker;
        try {
            worker.start(seat.attempt);
        } catch (OutOfMemoryError noThread) {
            LOG.error("no thread can be had for {}", AttemptLog.name(seat.attempt), noThread);
            seat.worker = null;
            loop.execute(() -> ended(
                    seat.attempt,
                    AttemptEnd.failure(
                            Reasons.NO_THREAD,
                            "the machine gives this process no more threads: " + noThread.getMessage())));
        }
    }

    // --- ending

    private void ended(Attempt attempt, AttemptEnd end) {
        Seat seat = running.remove(attempt);
        if (seat == null) {
            throw new IllegalStateException("an attempt ended that was not running: " + AttemptLog.name(attempt));
        }
        seat.stage.cancel();
        seats.remove(key(seat), seat);
        if (seat.counted) {
            slotsTaken -= seat.slots;
            slotsHeld -= seat.abandoned ? seat.slots : 0;
        } else {
            replaced--;
            replaceAbandoned();
        }
        if (seat.abandoned) {
            LOG.info("abandoned attempt has ended: {} after all", AttemptLog.name(seat.attempt));
        }
        Worker worker = seat.worker;
        if (worker != null) {
            release(worker);
        }
        try {
            seat.attempt.listener().ended(end);
        } finally {
            dispatch();
        }
    }

    private void release(Worker worker) {
        boolean enough = running.size() - replaced + idle.size() >= limits.slots();
        if (closed || enough) {
            worker.retire();
        } else {
            idle.addFirst(worker);
        }
    }

    // --- stopping

    @Override
    public void stop(ShardRef shard, long token, String reason) {
        Seat seat = seats.get(new Key(shard, token));
        if (seat == null || seat.told) {
            return;
        }
        seat.told = true;
        if (waiting.remove(seat)) {
            AttemptEnd end = seat.attempt.withdraw(reason);
            seats.remove(key(seat), seat);
            loop.execute(() -> seat.attempt.listener().ended(end));
            dispatch();
            return;
        }
        hooks.start(seat.attempt, seat.attempt.signal(reason));
        long grace = seat.attempt.task().definition().timeouts().cancelGrace().toNanos();
        if (reason.equals(Reasons.LEASE_OVER)) {
            interrupt(seat, grace);
        } else {
            seat.stage = loop.after(grace, () -> interrupt(seat, grace));
        }
    }

    private void interrupt(Seat seat, long grace) {
        seat.attempt.interrupt();
        seat.stage = loop.after(grace, () -> abandon(seat));
    }

    private void abandon(Seat seat) {
        seat.abandoned = true;
        slotsHeld += seat.slots;
        Worker worker = seat.worker;
        LOG.warn(
                "attempt is left to itself: {} thread={} stack={}; it goes on beside the others, with its token"
                        + " outdated",
                AttemptLog.name(seat.attempt),
                worker == null ? "none" : worker.name(),
                worker == null ? "" : top(worker));
        replaceAbandoned();
        try {
            seat.attempt.listener().abandoned();
        } finally {
            if (exhausted()) {
                failWaiting();
            }
            dispatch();
        }
    }

    private static List<StackTraceElement> top(Worker worker) {
        StackTraceElement[] stack = worker.thread().getStackTrace();
        return List.of(stack).subList(0, Math.min(5, stack.length));
    }

    /** Gives the slots of abandoned attempts to others, as far as the bound allows. */
    private void replaceAbandoned() {
        for (Seat seat : running.values()) {
            if (replaced >= limits.abandoned()) {
                return;
            }
            if (seat.abandoned && seat.counted) {
                seat.counted = false;
                slotsTaken -= seat.slots;
                slotsHeld -= seat.slots;
                replaced++;
            }
        }
    }

    /** Nothing that waits can ever begin: better an answer than silence. */
    private void failWaiting() {
        String why = exhaustion();
        LOG.error("{}", why);
        for (Seat seat : List.copyOf(waiting)) {
            waiting.remove(seat);
            seats.remove(key(seat), seat);
            seat.attempt.withdraw(Reasons.NO_THREAD);
            refuse(seat.attempt.listener(), Reasons.NO_THREAD, why);
        }
    }

    // --- looking and closing

    @Override
    public int running() {
        return running.size();
    }

    /** Whether every attempt that still runs has been abandoned: it was told to stop, interrupted, and goes on. */
    public boolean onlyAbandoned() {
        return waiting.isEmpty() && running.values().stream().allMatch(seat -> seat.abandoned);
    }

    /** How long it takes at most until attempts that are told to stop now have ended or are abandoned. */
    public Duration cancelTime() {
        Duration grace = running.values().stream()
                .map(seat -> seat.attempt.task().definition().timeouts().cancelGrace())
                .reduce(Duration.ZERO, (a, b) -> a.compareTo(b) > 0 ? a : b);
        return grace.multipliedBy(2);
    }

    /** Whether the caller runs on a thread of this pool, which must not wait for its own attempt. From any thread. */
    public boolean isCurrent() {
        return Worker.ofCurrentThread(hooks);
    }

    /** The threads that are in user code, each with its attempt. */
    public List<String> stuck() {
        List<String> names = new ArrayList<>();
        for (Seat seat : running.values()) {
            if (seat.worker != null) {
                names.add("thread " + seat.worker.name() + " (" + AttemptLog.name(seat.attempt) + ")");
            }
        }
        return names;
    }

    /** Takes nothing more and lets every thread go as soon as its attempt ends. What runs is not told to stop. */
    public void close() {
        closed = true;
        idle.forEach(Worker::retire);
        idle.clear();
        running.values().forEach(seat -> {
            if (seat.worker != null) {
                seat.worker.retire();
            }
        });
    }
}
