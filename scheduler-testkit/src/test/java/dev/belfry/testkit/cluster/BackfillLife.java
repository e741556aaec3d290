package dev.belfry.testkit.cluster;

import dev.belfry.agent.client.ClientLoop;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.workflow.BackfillOrder;
import dev.belfry.core.workflow.BackfillRequest;
import dev.belfry.core.workflow.Chosen;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A life with backfills of which every second run fails for good, under several masters. */
final class BackfillLife {
    private static final Instant FROM = Instant.parse("2020-01-01T00:00:00Z");

    private BackfillLife() {}

    static void play(SimCluster cluster) {
        cluster.behave((task, random) -> new Behaviour.Act(
                Duration.ofMillis(300), task.order().fire().due().getEpochSecond() / 3_600 % 2 == 0, true, false));
        List.of("a0", "a1", "a2").forEach(cluster::start);
        cluster.run(Scenes.SETTLED);
        Hands hands = new Hands(cluster);
        hands.idle();
        ClientLoop client = Lives.client(cluster, "reader");
        hands.job(Job.named("load")
                .handler(SimCluster.HANDLER)
                .placement(Placement.QUEUED)
                .cron("0 0 * * * ?")
                .build());
        for (int i = 0; i < 3; i++) {
            Instant from = FROM.plus(Duration.ofDays(i));
            BackfillRequest request = BackfillRequest.of(from, from.plus(Duration.ofHours(11)));
            cluster.operator().backfill("load", new BackfillOrder(request, 1, Chosen.all(12)));
            cluster.run(Duration.ofMillis(3_100 + 400 * i));
            Lives.answer(cluster, client.backfills(Duration.ofSeconds(20)));
            Lives.answer(cluster, client.deadLetters(Duration.ofSeconds(20))).found().stream()
                    .limit(1)
                    .forEach(letter -> cluster.operator().rerun(letter.run().runId(), Optional.empty()));
            cluster.master().ifPresent(SimAgent::kill);
            cluster.run(Duration.ofSeconds(10));
            List.of("a0", "a1", "a2").stream()
                    .filter(id -> cluster.agent(id).filter(SimAgent::alive).isEmpty())
                    .forEach(cluster::start);
        }
        cluster.run(Duration.ofSeconds(10));
    }
}
