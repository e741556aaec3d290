package dev.belfry.faults.witness;

import dev.belfry.agent.Agent;
import dev.belfry.agent.JobContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** A process with an agent whose handlers write evidence. It runs until it is told to stop. */
public final class WitnessAgent {
    /** Attempts of brief jobs take between these, in milliseconds. */
    private static final int BRIEFEST = 40;

    private static final int LEAST_BRIEF = 400;

    private final EvidenceFile evidence;
    private final String id;

    private WitnessAgent(EvidenceFile evidence, String id) {
        this.evidence = evidence;
        this.id = id;
    }

    /** The arguments: ensemble, namespace, agent id, session time-out in milliseconds, evidence file. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        EvidenceFile evidence = new EvidenceFile(Path.of(arguments[4]));
        WitnessAgent witness = new WitnessAgent(evidence, arguments[2]);
        Agent agent = Agent.builder()
                .zookeeper(arguments[0])
                .namespace(arguments[1])
                .id(arguments[2])
                .sessionTimeout(Duration.ofMillis(Long.parseLong(arguments[3])))
                .connectTimeout(Duration.ofSeconds(3))
                .slots(24)
                .handler(Jobs.BRIEF_HANDLER, witness::brief)
                .handler(Jobs.LONG_HANDLER, witness::steps)
                .start();
        ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "lease-sampler");
            thread.setDaemon(true);
            return thread;
        });
        var unused = sampler.scheduleAtFixedRate(
                () -> {
                    // The clock first: read the other way round, a pause between the two would make the lease longer.
                    long at = System.nanoTime();
                    evidence.note("L " + at + " " + agent.status().lease().toNanos());
                },
                0,
                100,
                TimeUnit.MILLISECONDS);
        agent.awaitTermination();
    }

    private void brief(JobContext context) throws InterruptedException {
        CountDownLatch cancelled = begin(context, 0);
        int millis = ThreadLocalRandom.current().nextInt(BRIEFEST, LEAST_BRIEF);
        end(context, pass(cancelled, Duration.ofMillis(millis)));
    }

    private void steps(JobContext context) throws InterruptedException {
        int step = context.checkpoint()
                .map(bytes -> ByteBuffer.wrap(bytes).getInt())
                .orElse(0);
        CountDownLatch cancelled = begin(context, step);
        boolean whole = true;
        while (whole && step < Jobs.STEPS) {
            whole = pass(cancelled, Jobs.STEP);
            if (whole) {
                step++;
                evidence.note("K " + attempt(context) + " " + System.nanoTime() + " " + step);
                context.checkpoint(
                        ByteBuffer.allocate(Integer.BYTES).putInt(step).array());
            }
        }
        end(context, whole);
    }

    private CountDownLatch begin(JobContext context, int step) {
        CountDownLatch cancelled = new CountDownLatch(1);
        context.onCancel(cancelled::countDown);
        long at = System.nanoTime();
        evidence.force("S " + attempt(context) + " " + at + " "
                + context.leaseRemaining().toNanos() + " " + context.attempt() + " " + step);
        return cancelled;
    }

    /** Whether the time has passed without a request to end. */
    private static boolean pass(CountDownLatch cancelled, Duration time) {
        try {
            return !cancelled.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return false; // the end of the attempt is written, and then it is thrown
        }
    }

    private void end(JobContext context, boolean whole) throws InterruptedException {
        evidence.force("E " + attempt(context) + " " + System.nanoTime() + " "
                + context.leaseRemaining().toNanos() + " " + (whole ? "ok" : "cancelled"));
        if (!whole) {
            throw new InterruptedException("told to end");
        }
    }

    private String attempt(JobContext context) {
        String shard = context.job().equals(Jobs.EVERYWHERE) ? id : Integer.toString(context.shard());
        return context.job() + " " + shard + " " + context.scheduledTime().toEpochMilli() + " "
                + context.fencingToken();
    }
}
