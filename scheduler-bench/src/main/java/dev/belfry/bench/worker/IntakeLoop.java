package dev.belfry.bench.worker;

import dev.belfry.bench.evidence.FireTail;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * What a process does that submits runs. Each question is {@code WAY FROM COUNT MILLIS EXTRA}: submit at most {@code COUNT} runs
 * with the numbers from {@code FROM}, begin none after {@code MILLIS}, in one of these ways:
 *
 * <ul>
 *   <li>{@code pipelined}: one caller that does not wait
 *   <li>{@code waiting}, by as many callers as {@code EXTRA} says, each of which does
 *   <li>{@code batches} of {@code EXTRA} runs
 *   <li>{@code paced}: one run after the other, {@code EXTRA} milliseconds between two beginnings
 *   <li>{@code fed}, {@code EXTRA} being {@code BATCH,BACKLOG,LOG,LOG}: in batches by four callers, and only while fewer than {@code
 *       BACKLOG} of them have not started by what the logs of fires say
 * </ul>
 *
 * <p>The answer is how many were acknowledged, and the nanoseconds from the first call to the last acknowledgement.
 *
 * <p>Uses nothing but the JDK, because it runs inside the peers' processes as well.
 */
public final class IntakeLoop {
    private static final int FEEDERS = 4;
    private static final long FULL_NANOS = 2_000_000;

    private final Intake intake;

    private IntakeLoop(Intake intake) {
        this.intake = intake;
    }

    /** Returns never: ends the process after the intake has closed. */
    public static void serve(Intake intake, long began) throws Exception {
        IntakeLoop loop = new IntakeLoop(intake);
        WorkerLoop.serve(intake, began, loop::answer);
    }

    /** What is asked for. */
    private record Task(int from, int count, long deadline, String extra) {
        boolean over() {
            return System.nanoTime() - deadline >= 0;
        }

        int number() {
            return Integer.parseInt(extra);
        }
    }

    private String answer(String question) throws Exception {
        String[] words = question.split(" ");
        long began = System.nanoTime();
        Task task = new Task(
                Integer.parseInt(words[1]),
                Integer.parseInt(words[2]),
                began + Long.parseLong(words[3]) * 1_000_000,
                words[4]);
        int acknowledged = switch (words[0]) {
            case "pipelined" -> pipelined(task);
            case "waiting" -> waiting(task);
            case "batches" -> batches(task);
            case "paced" -> paced(task);
            case "fed" -> fed(task);
            default -> throw new IllegalArgumentException("no way to submit: " + question);
        };
        return acknowledged + " " + (System.nanoTime() - began);
    }

    private int pipelined(Task task) {
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (int i = 0; i < task.count() && !task.over(); i++) {
            answers.add(intake.begin(task.from() + i));
        }
        answers.forEach(CompletableFuture::join);
        return answers.size();
    }

    private int waiting(Task task) throws Exception {
        AtomicInteger next = new AtomicInteger();
        return together(task.number(), () -> {
            int acknowledged = 0;
            while (!task.over()) {
                int run = next.getAndIncrement();
                if (run >= task.count()) {
                    break;
                }
                intake.submit(task.from() + run);
                acknowledged++;
            }
            return acknowledged;
        });
    }

    private int batches(Task task) throws Exception {
        int done = 0;
        while (done < task.count() && !task.over()) {
            int size = Math.min(task.number(), task.count() - done);
            intake.submitAll(task.from() + done, size);
            done += size;
        }
        return done;
    }

    private int paced(Task task) throws Exception {
        long first = System.nanoTime();
        int done = 0;
        while (done < task.count() && !task.over()) {
            long at = first + done * 1_000_000L * task.number();
            for (long left = at - System.nanoTime(); left > 0; left = at - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            intake.submit(task.from() + done);
            done++;
        }
        return done;
    }

    private int fed(Task task) throws Exception {
        String[] words = task.extra().split(",");
        int size = Integer.parseInt(words[0]);
        int backlog = Integer.parseInt(words[1]);
        FireTail started =
                new FireTail(Arrays.stream(words, 2, words.length).map(Path::of).toList());
        AtomicInteger next = new AtomicInteger();
        return together(FEEDERS, () -> {
            int acknowledged = 0;
            while (!task.over() && next.get() < task.count()) {
                if (next.get() - started.count() >= backlog) {
                    LockSupport.parkNanos(FULL_NANOS);
                    continue;
                }
                intake.submitAll(task.from() + next.getAndAdd(size), size);
                acknowledged += size;
            }
            return acknowledged;
        });
    }

    private static int together(int callers, Callable<Integer> caller) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            List<Future<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                answers.add(threads.submit(caller));
            }
            int sum = 0;
            for (Future<Integer> answer : answers) {
                sum += answer.get();
            }
            return sum;
        } finally {
            threads.shutdownNow();
        }
    }
}
