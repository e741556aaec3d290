package dev.belfry.agent;

import dev.belfry.agent.client.ClientException;
import dev.belfry.agent.client.ClientException.Kind;
import dev.belfry.agent.client.ClientThread;
import dev.belfry.agent.client.JobState;
import dev.belfry.agent.client.RunPlace;
import dev.belfry.agent.loop.Loop;
import dev.belfry.agent.submit.Intake;
import dev.belfry.agent.submit.Pressure;
import dev.belfry.agent.submit.Submissions;
import dev.belfry.agent.submit.SubmitOptions;
import dev.belfry.agent.submit.Submitted;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.version.JobRecord;
import dev.belfry.store.StoreConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Where callers hand in runs: looks up their jobs, checks them, and hands them to the {@link Intake} on the client's loop. What
 * is not answered is bounded: a caller above the bound waits or is refused, as it chose.
 *
 * <p>Thread-safe.
 */
final class SubmitDesk {
    private static final int BOUND = (int) Intake.USUAL_BOUND;
    /** How long what was read of a job is good for. */
    private static final long FRESH_NANOS = Duration.ofSeconds(2).toNanos();

    private static final Duration LEAVING = Duration.ofSeconds(2);

    private record Wanted(
            String job,
            Map<String, String> parameters,
            SubmitOptions options,
            int permits,
            CompletableFuture<RunHandle> answer) {}

    /** A job as it was read, or as it is being read: then those who want it wait here, in their order. */
    private static final class Known {
        Optional<JobRecord> record = Optional.empty();
        boolean reading;
        long readAt;
        final List<Wanted> waiting = new ArrayList<>();
    }

    private final BelfryClient client;
    private final ClientThread thread;
    private final Loop loop;
    private final Intake intake;
    private final Duration patience;
    private final Semaphore room = new Semaphore(BOUND);
    private final ConcurrentLinkedQueue<Wanted> handedIn = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean taking = new AtomicBoolean();

    // Touched on the loop alone.
    private final Map<String, Known> jobs = new HashMap<>();
    private List<Runnable> answers = new ArrayList<>();
    private @Nullable String prefix;
    private long number;

    SubmitDesk(BelfryClient client, ClientThread thread, StoreConnection connection, Duration patience) {
        this.client = client;
        this.thread = thread;
        this.loop = thread.loop();
        this.patience = patience;
        String by = System.getProperty("user.name", "unknown");
        this.intake = new Intake(loop, connection.view(loop), by, 2 * Intake.USUAL_BOUND);
        loop.execute(intake::start);
    }

    CompletableFuture<RunHandle> submit(String job, Map<String, String> parameters, SubmitOptions options) {
        int permits = Math.min(BOUND, size(job, parameters, options));
        Optional<ClientException> refused = enter(permits, options.pressure());
        if (refused.isPresent()) {
            return CompletableFuture.failedFuture(refused.get());
        }
        Wanted wanted = new Wanted(job, Map.copyOf(parameters), options, permits, new CompletableFuture<>());
        handedIn.add(wanted);
        if (taking.compareAndSet(false, true)) {
            try {
                loop.execute(this::take);
            } catch (RejectedExecutionException e) {
                return CompletableFuture.failedFuture(
                        new ClientException(Kind.UNAVAILABLE, "the client is closed; nothing was submitted"));
            }
        }
        return wanted.answer();
    }

    /** Bytes that the run keeps in memory until it is answered, roughly. */
    private static int size(String job, Map<String, String> parameters, SubmitOptions options) {
        long size = 200L + 2L * job.length();
        for (Map<String, String> texts : List.of(parameters, options.choice().labels())) {
            for (Map.Entry<String, String> text : texts.entrySet()) {
                size += text.getKey().length() + (long) text.getValue().length() + 10;
            }
        }
        return (int) Math.min(BOUND, size);
    }

    private Optional<ClientException> enter(int permits, Pressure pressure) {
        boolean entered = room.tryAcquire(permits);
        try {
            if (!entered && pressure == Pressure.WAIT && !thread.isCurrent()) {
                entered = room.tryAcquire(permits, patience.toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return entered
                ? Optional.empty()
                : Optional.of(
                        new ClientException(
                                Kind.FULL,
                                "too many runs of this process wait to be submitted; wait for their answers, or submit more slowly"));
    }

    // --- on the loop

    private void take() {
        taking.set(false);
        for (Wanted wanted = handedIn.poll(); wanted != null; wanted = handedIn.poll()) {
            begin(wanted);
        }
    }

    private void begin(Wanted wanted) {
        Known known = jobs.computeIfAbsent(wanted.job(), name -> new Known());
        if (!known.reading && known.record.isPresent() && loop.nanoTime() - known.readAt < FRESH_NANOS) {
            send(wanted, known.record);
            return;
        }
        known.waiting.add(wanted);
        if (!known.reading) {
            known.reading = true;
            var unused = thread.client()
                    .job(wanted.job(), patience)
                    .whenComplete((found, failed) -> loop.execute(() -> {
                        if (failed == null) {
                            read(wanted.job(), known, found.map(JobState::record));
                        } else {
                            unread(wanted.job(), known, failed);
                        }
                    }));
        }
    }

    private void read(String job, Known known, Optional<JobRecord> record) {
        known.readAt = loop.nanoTime();
        known.record = record;
        if (record.isEmpty()) {
            jobs.remove(job);
        }
        waiting(known).forEach(wanted -> send(wanted, record));
    }

    private void unread(String job, Known known, Throwable why) {
        jobs.remove(job);
        waiting(known).forEach(wanted -> answer(wanted, () -> wanted.answer().completeExceptionally(why)));
    }

    private static List<Wanted> waiting(Known known) {
        known.reading = false;
        List<Wanted> waiting = List.copyOf(known.waiting);
        known.waiting.clear();
        return waiting;
    }

    private void send(Wanted wanted, Optional<JobRecord> record) {
        Submissions.Answer made =
                Submissions.of(wanted.job(), record, wanted.parameters(), wanted.options(), nextNumber(), loop.now());
        if (made instanceof Submissions.Refused refused) {
            answer(
                    wanted,
                    () -> wanted.answer().completeExceptionally(new ClientException(Kind.REJECTED, refused.why())));
            return;
        }
        Submission run = ((Submissions.Run) made).run();
        intake.submit(run, wanted.options().pressure(), patience, what -> submitted(wanted, run, what));
    }

    private String nextNumber() {
        if (prefix == null) {
            prefix = String.format(Locale.ROOT, "s%08x%08x-", loop.random(1L << 32), loop.random(1L << 32));
        }
        return prefix + ++number;
    }

    private void submitted(Wanted wanted, Submission run, Submitted what) {
        if (what instanceof Submitted.Durable durable) {
            RunPlace place = new RunPlace(
                    run.runId(),
                    durable.segment(),
                    durable.first(),
                    run.shards(),
                    !run.options().key().isEmpty());
            answer(
                    wanted,
                    () -> wanted.answer().complete(new RunHandle(client, wanted.job(), place, durable.accepted())));
        } else {
            answer(wanted, () -> wanted.answer().completeExceptionally(failure(what)));
        }
    }

    private static ClientException failure(Submitted what) {
        if (what instanceof Submitted.Full full) {
            return new ClientException(Kind.FULL, full.why());
        }
        if (what instanceof Submitted.Unavailable unavailable) {
            return new ClientException(Kind.UNAVAILABLE, "nothing was submitted: " + unavailable.why());
        }
        return what instanceof Submitted.Rejected rejected
                ? new ClientException(Kind.REJECTED, rejected.why())
                : new ClientException(Kind.INDETERMINATE, ((Submitted.Unknown) what).why());
    }

    /** Callers are told on other threads, those of one turn of the loop together: what they do then is no matter of the loop. */
    private void answer(Wanted wanted, Runnable completion) {
        room.release(wanted.permits());
        if (answers.isEmpty()) {
            loop.execute(() -> {
                List<Runnable> all = answers;
                answers = new ArrayList<>();
                ForkJoinPool.commonPool().execute(() -> all.forEach(Runnable::run));
            });
        }
        answers.add(completion);
    }

    // --- the end

    /** Waits a moment for what is under way, and gives the submitter's name back. */
    void close() {
        CountDownLatch left = new CountDownLatch(1);
        try {
            loop.execute(() -> intake.drain(left::countDown));
            boolean done = !thread.isCurrent() && left.await(LEAVING.toMillis(), TimeUnit.MILLISECONDS);
            if (!done) {
                loop.execute(intake::close);
            }
        } catch (RejectedExecutionException e) {
            // It is closed already.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
