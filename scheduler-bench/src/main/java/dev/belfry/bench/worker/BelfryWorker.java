package dev.belfry.bench.worker;

import dev.belfry.agent.Agent;
import dev.belfry.agent.AgentBuilder;
import dev.belfry.core.job.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/** One agent of Belfry, with default settings but for the number of slots. */
public final class BelfryWorker {
    private static final int SLOTS = 16;

    private BelfryWorker() {}

    /** Arguments: see {@link WorkerArguments}. */
    public static void main(String[] words) throws Exception {
        WorkerArguments arguments = new WorkerArguments(words);
        Handlers handlers = new Handlers(arguments);
        long began = System.nanoTime();
        AgentBuilder builder = Agent.builder()
                .zookeeper(arguments.store())
                .namespace("bench")
                .id(arguments.agent())
                .slots(SLOTS)
                .shutdownHook(false);
        if (!arguments.session().isZero()) {
            builder.sessionTimeout(arguments.session());
        }
        if (arguments.standby()) {
            builder.standby();
        } else {
            builder.handler(
                    "bench",
                    context -> handlers.fire(
                            context.scheduledTime(),
                            Handlers.number(context.job()),
                            context.shard(),
                            context.fencingToken(),
                            context::onCancel));
        }
        if (arguments.registers()) {
            for (int job = 0; job < arguments.jobs(); job++) {
                builder.job(job(arguments, job));
            }
        }
        Agent agent = builder.start();
        awaitShards(agent, arguments.waitsFor());
        WorkerLoop.serve(agent, began);
    }

    private static void awaitShards(Agent agent, int shards) {
        while (agent.status().shards() < shards) {
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }

    private static Job job(WorkerArguments arguments, int number) {
        Job job = Job.named("job-" + number).handler("bench").shards(arguments.shards());
        return arguments.period() == 0
                ? job.cron("0 0 0 1 1 ?")
                : job.every(Duration.ofSeconds(arguments.period()))
                        .anchor(Instant.EPOCH.plus(arguments.offset(number)));
    }
}
