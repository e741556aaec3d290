package dev.belfry.agent.exec;

import dev.belfry.agent.JobHandler;
import dev.belfry.agent.loop.Attempts;
import dev.belfry.agent.loop.Loop;
import dev.belfry.core.shard.AttemptEnd;
import dev.belfry.core.workflow.FailurePolicy;
import dev.belfry.core.workflow.SubTask;
import dev.belfry.core.workflow.SubTaskResult;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One attempt: what its thread, the agent's loop and those who work for it share.
 *
 * <p>Thread-safe. Its lock is held for a few field accesses only, never while user code runs.
 */
final class Attempt {
    /** What user code has reported last, to be told to the loop. */
    private record Progress(double fraction, String message) {}

    /** What user code has handed in. */
    private record Parts(List<SubTask> tasks, FailurePolicy policy) {}

    private final Attempts.Task task;
    private final Attempts.Listener listener;
    private final Loop loop;
    private final JobHandler handler;
    private final TraceLimit traces;

    private final Deque<Runnable> hooks = new ArrayDeque<>();
    /** The thread that is in user code; null before and after. */
    private @Nullable Thread inUserCode;

    private volatile boolean over;
    private String stopReason = "";
    private volatile boolean cancelled;

    private final AtomicReference<byte @Nullable []> checkpoint = new AtomicReference<>();
    private final AtomicReference<byte @Nullable []> untoldCheckpoint = new AtomicReference<>();
    private final AtomicReference<byte @Nullable []> untoldOutput = new AtomicReference<>();
    private final Queue<Parts> untoldParts = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Progress> untoldProgress = new AtomicReference<>();
    /** Whether an event that tells the loop is on its way: there is one at most. */
    private final AtomicBoolean telling = new AtomicBoolean();

    Attempt(Attempts.Task task, Attempts.Listener listener, Loop loop, JobHandler handler, TraceLimit traces) {
        this.traces = traces;
        this.task = task;
        this.listener = listener;
        this.loop = loop;
        this.handler = handler;
        task.checkpoint().ifPresent(record -> checkpoint.set(record.data().clone()));
    }

    Attempts.Task task() {
        return task;
    }

    Attempts.Listener listener() {
        return listener;
    }

    /** Runs the user code in this thread, if it may still begin. */
    AttemptEnd run() {
        synchronized (this) {
            if (cancelled) {
                over = true;
                return stopped("told to stop before it began");
            }
            if (task.lease().remainingNanos() <= 0) {
                over = true;
                return AttemptEnd.notStarted();
            }
            inUserCode = Thread.currentThread();
        }
        AttemptEnd end;
        Throwable thrown = null;
        try {
            AttemptMarks.set(task);
            begin(new AttemptContext(this));
            end = AttemptEnd.success();
        } catch (Throwable anything) {
            // Errors too: nothing that user code throws may end the thread without an outcome.
            thrown = anything;
            end = Failures.of(anything);
        }
        return leave(end, thrown);
    }

    private void begin(AttemptContext context) throws Exception {
        Optional<List<SubTaskResult>> parts = task.inputs().parts();
        if (parts.isPresent()) {
            handler.reduce(context, parts.get());
        } else {
            handler.run(context);
        }
    }

    private AttemptEnd leave(AttemptEnd end, @Nullable Throwable thrown) {
        boolean wasTold;
        synchronized (this) {
            inUserCode = null;
            over = true;
            wasTold = cancelled;
            hooks.clear();
        }
        // From here on nobody interrupts this thread; what is left of an interrupt must not reach the log or the next.
        Thread.interrupted();
        AttemptLog.ended(this, traces, wasTold, thrown);
        AttemptMarks.clear();
        return wasTold && end.succeeded() ? stopped("returned after it was told to stop") : end;
    }

    private AttemptEnd stopped(String how) {
        return AttemptEnd.failure("cancelled", how + ": " + stopReason);
    }

    // --- stopping

    /** Gives the signal, and says which hooks are to be run now. */
    synchronized Deque<Runnable> signal(String reason) {
        if (over || cancelled) {
            return new ArrayDeque<>();
        }
        stopReason = reason;
        cancelled = true;
        Deque<Runnable> toRun = new ArrayDeque<>(hooks);
        hooks.clear();
        return toRun;
    }

    /** Interrupts the thread if it is in user code. */
    synchronized void interrupt() {
        Thread thread = inUserCode;
        if (thread != null) {
            thread.interrupt();
        }
    }

    boolean isCancelled() {
        return cancelled || over;
    }

    /** It is not to run: its turn will not come. What it would say from here on is dropped. */
    synchronized AttemptEnd withdraw(String reason) {
        over = true;
        stopReason = reason;
        return stopped("told to stop before it began");
    }

    void onCancel(Runnable hook) {
        synchronized (this) {
            if (over && !cancelled) {
                return;
            }
            if (!cancelled) {
                hooks.add(hook);
                return;
            }
        }
        CancelHooks.run(this, hook);
    }

    // --- what user code says

    Optional<byte[]> checkpoint() {
        byte[] data = checkpoint.get();
        return data == null ? Optional.empty() : Optional.of(data.clone());
    }

    void checkpoint(byte[] data) {
        if (!over) {
            byte[] copy = data.clone();
            checkpoint.set(copy);
            untoldCheckpoint.set(copy);
            tell();
        }
    }

    /** What it has said until it ends reaches the loop before its end does. */
    void output(byte[] json) {
        if (!over) {
            untoldOutput.set(json);
            tell();
        }
    }

    /** Parts of the run; those of one attempt come to the loop in the order in which they were handed in. */
    void split(List<SubTask> parts, FailurePolicy policy) {
        if (!over) {
            untoldParts.add(new Parts(parts, policy));
            tell();
        }
    }

    void progress(double fraction, String message) {
        if (!over) {
            untoldProgress.set(new Progress(fraction, message));
            tell();
        }
    }

    private void tell() {
        if (telling.compareAndSet(false, true)) {
            try {
                loop.execute(this::told);
            } catch (RejectedExecutionException e) {
                // The agent has closed and the attempt was left to itself: nobody records what it says.
                telling.set(false);
            }
        }
    }

    private void told() {
        telling.set(false);
        byte[] data = untoldCheckpoint.getAndSet(null);
        if (data != null) {
            listener.checkpoint(data);
        }
        byte[] output = untoldOutput.getAndSet(null);
        if (output != null) {
            listener.output(output);
        }
        for (Parts parts = untoldParts.poll(); parts != null; parts = untoldParts.poll()) {
            listener.split(parts.tasks(), parts.policy());
        }
        Progress progress = untoldProgress.getAndSet(null);
        if (progress != null) {
            listener.progress(progress.fraction(), progress.message());
        }
    }
}
