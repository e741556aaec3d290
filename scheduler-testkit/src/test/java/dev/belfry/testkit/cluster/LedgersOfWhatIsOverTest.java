package dev.belfry.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.command.Command;
import dev.belfry.core.job.Job;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.store.Znode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is over is settled, kept for a day, and then removed. */
@ExtendWith(QuietLogs.class)
final class LedgersOfWhatIsOverTest {
    private static final int PERIOD = 600_000;

    private static SimCluster cluster(long seed) {
        SimCluster cluster = new SimCluster(seed, ClusterOptions.DEFAULT.withSessionTimeout(Duration.ofSeconds(40)));
        cluster.start("a0");
        cluster.start("a1");
        return cluster;
    }

    private static Job job(String name, int shards) {
        return Job.named(name)
                .handler(SimCluster.HANDLER)
                .every(Duration.ofMillis(PERIOD))
                .shards(shards)
                .parameter(SimCluster.PERIOD, Integer.toString(PERIOD));
    }

    private static JobRecord record(SimCluster cluster, String name) {
        Znode znode = cluster.ensemble().peek(Paths.job(name)).orElseThrow();
        return JobRecordCodec.decode(znode.path(), znode.data(), znode.modified());
    }

    private static boolean has(SimCluster cluster, String path) {
        return cluster.ensemble().peek(path).isPresent();
    }

    @Test
    void recordsOfADeletedJobAreKeptForADayAndThenGo() {
        SimCluster cluster = cluster(1);
        cluster.operator().apply(job("stays", 2).build());
        cluster.operator().apply(job("goes", 3).build());
        cluster.run(Duration.ofHours(1));
        String uid = record(cluster, "goes").uid();
        String stays = Paths.ledgers(record(cluster, "stays").uid(), 1);
        cluster.operator().command(Command.Kind.DELETE, "goes");
        cluster.run(Duration.ofMinutes(10));
        assertThat(record(cluster, "goes").closed()).isTrue();
        cluster.run(Duration.ofHours(22));
        assertThat(cluster.ensemble().peekChildren(Paths.ledgers(uid, 1))).hasSize(3);
        cluster.run(Duration.ofHours(3));
        assertThat(has(cluster, Paths.ledgers(uid, 1))).isFalse();
        assertThat(has(cluster, Paths.job("goes"))).isFalse();
        assertThat(cluster.ensemble().peekChildren(stays)).hasSize(2);
        cluster.checkLiveness(cluster.now().minusSeconds(60));
    }

    @Test
    void ledgersOfALayoutThatIsOverGoAndThoseOfThePresentOneStay() {
        SimCluster cluster = cluster(2);
        cluster.operator().apply(job("work", 1_500).build());
        cluster.run(Duration.ofMinutes(30));
        cluster.operator().apply(job("work", 3).build());
        cluster.run(Duration.ofMinutes(30));
        JobRecord job = record(cluster, "work");
        assertThat(job.settled()).isEqualTo(1);
        assertThat(cluster.ensemble().peekChildren(Paths.ledgers(job.uid(), 1)))
                .as("one parent per block of 1,024 shards")
                .hasSize(2);
        cluster.run(Duration.ofHours(25));
        assertThat(has(cluster, Paths.ledgers(job.uid(), 1))).isFalse();
        assertThat(cluster.ensemble().peekChildren(Paths.ledgers(job.uid(), 2))).hasSize(3);
        cluster.checkLiveness(cluster.now().minusSeconds(60));
    }

    @Test
    void jobCreatedAnewWaitsForTheEndOfTheDeletedOne() {
        SimCluster cluster = cluster(3);
        cluster.operator().apply(job("work", 2).build());
        cluster.run(Duration.ofMinutes(30));
        String before = record(cluster, "work").uid();
        cluster.operator().command(Command.Kind.DELETE, "work");
        cluster.operator().apply(job("work", 2).build());
        cluster.run(Duration.ofMinutes(5));
        JobRecord after = record(cluster, "work");
        assertThat(after.uid()).isNotEqualTo(before);
        assertThat(after.deleted()).isFalse();
        assertThat(after.former()).singleElement().satisfies(former -> {
            assertThat(former.uid()).isEqualTo(before);
            assertThat(former.closed()).isTrue();
        });
        cluster.run(Duration.ofMinutes(40));
        assertThat(has(cluster, Paths.ledgers(before, 1)))
                .as("kept for proofs, for a day")
                .isTrue();
        cluster.run(Duration.ofHours(25));
        assertThat(has(cluster, Paths.ledgers(before, 1))).isFalse();
        cluster.checkLiveness(cluster.now().minusSeconds(60));
    }

    @Test
    void rowsOfAJobWhoseRecordSomebodyDeletedGoAndADayLaterItsLedgers() {
        SimCluster cluster = cluster(4);
        cluster.operator().apply(job("work", 2).build());
        cluster.run(Duration.ofMinutes(30));
        String uid = record(cluster, "work").uid();
        Rogue.delete(cluster, Paths.job("work"));
        cluster.run(Duration.ofMinutes(40));
        assertThat(cluster.rows()).isEmpty();
        assertThat(has(cluster, Paths.ledgers(uid, 1)))
                .as("kept for whoever puts the record back, for a day")
                .isTrue();
        cluster.run(Duration.ofHours(25));
        assertThat(has(cluster, Paths.ledgers(uid, 1))).isFalse();
    }
}
