package dev.belfry.examples.embedded;

import dev.belfry.agent.Agent;
import dev.belfry.core.job.Job;

/** The smallest service with an agent in it: copy this into your own main. */
public final class EmbeddedAgent {

    private EmbeddedAgent() {}

    /** Argument: where ZooKeeper is; {@code localhost:2181} if missing. Start it on as many machines as you like. */
    public static void main(String[] arguments) throws InterruptedException {
        String zookeeper = arguments.length > 0 ? arguments[0] : "localhost:2181";
        try (Agent agent = Agent.builder()
                .zookeeper(zookeeper)
                .namespace("embedded")
                .handler("greet", context -> {
                    System.out.printf(
                            "shard %d of %d, due %s, token %d%n",
                            context.shard(), context.shardCount(), context.scheduledTime(), context.fencingToken());
                })
                .job(Job.named("greet")
                        .cron("0/5 * * * * ?")
                        .zone("Europe/Berlin")
                        .shards(4))
                .start()) {
            agent.awaitTermination();
        }
    }
}
