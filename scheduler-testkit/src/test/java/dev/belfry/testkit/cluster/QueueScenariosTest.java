package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Hands.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Retry;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.queue.QueueCounts;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Queued runs in the hands of masters that may be lost at any moment, and of agents that do as they are told to here. */
@ExtendWith(QuietLogs.class)
class QueueScenariosTest {
    private static final Duration LONG = Duration.ofSeconds(40);

    private final SimCluster cluster = Scenes.cluster(7, ClusterOptions.DEFAULT);
    private final Hands hands = new Hands(cluster);

    private static Job job(String name) {
        return Job.named(name)
                .handler(SimCluster.HANDLER)
                .manual()
                .placement(Placement.QUEUED)
                .retry(new Retry(3, Duration.ofMillis(100), 2, Duration.ofSeconds(1), 0, List.of()));
    }

    private String onlyHolder() {
        return hands.holders.get(hands.seen.lastKey());
    }

    @Test
    void runIsDispatchedSettledAndRecorded() {
        String uid = hands.job(job("once").build());
        hands.submit(run("r1", uid), run("r2", uid));
        assertThat(hands.settled(LONG, "r1", "r2")).isTrue();
        cluster.run(Duration.ofSeconds(2));
        assertThat(hands.segments()).isEmpty();
        assertThat(hands.dispatched()).isEmpty();
        FireEntry line = hands.finals("r1").get(0);
        assertThat(hands.finals("r1")).hasSize(1);
        assertThat(line.outcome()).isEqualTo(Outcome.SUCCEEDED);
        assertThat(line.attempt()).isEqualTo(1);
        assertThat(line.token()).isIn(hands.seen.keySet());
        assertThat(line.incarnation()).isEqualTo(hands.holders.get(line.token()));
        assertThat(counts()).isEqualTo(new QueueCounts(0, 0, 100_000, List.of()));
    }

    private QueueCounts counts() {
        return QueueCounts.decode(
                Paths.QUEUE, cluster.ensemble().peek(Paths.QUEUE).orElseThrow().data());
    }
}
