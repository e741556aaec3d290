package dev.belfry.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueueDefinitionsTest {

    private static final String FILE = """
            apiVersion: belfry/v1
            queues:
              batch: {order: shortest-job-first, cost: space, ageing: 10m}
              plain: {}
            pools: {db: 10, mail: 0}
            jobs:
              - name: load
                trigger: manual
                placement: queued
                queue: batch
                concurrency: 4
                pool: [db, mail]
                rate: 30/m
                cost: 45s
                backup-after: 95%
                strategy: most-utilised
                retry: {attempts: 3, lost: 2}
            """;

    @Test
    void queuesAndPoolsOfAFileAreKept() {
        ParsedDefinitions parsed = Definitions.parse("f.yaml", FILE);
        assertThat(parsed.errors()).isEmpty();
        assertThat(parsed.queues())
                .isEqualTo(Map.of(
                        "batch",
                        new QueueRules(QueueOrder.SHORTEST_JOB_FIRST, QueueCost.SPACE, Duration.ofMinutes(10)),
                        "plain",
                        QueueRules.USUAL));
        assertThat(parsed.pools()).isEqualTo(Map.of("db", 10, "mail", 0));
    }

    @Test
    void aJobSaysHowItStandsInLine() {
        JobDefinition job = Definitions.parse("f.yaml", FILE).jobs().get(0);
        assertThat(job.queueing())
                .isEqualTo(new Queueing(
                        "batch",
                        4,
                        List.of("db", "mail"),
                        new StartRate(30, Duration.ofMinutes(1)),
                        Duration.ofSeconds(45),
                        new BackupAfter.Share(95)));
        assertThat(job.strategy()).isEqualTo(Strategy.MOST_UTILISED);
        assertThat(job.retry().lost()).isEqualTo(2);
    }

    @Test
    void aQueuedJobThatSaysNothingGoesWhereThereIsMostRoomAndStoresNothingOfIt() {
        JobDefinition job =
                Job.named("load").manual().placement(Placement.QUEUED).build();
        assertThat(job.strategy()).isEqualTo(Strategy.LEAST_LOADED);
        assertThat(job.queueing()).isEqualTo(Queueing.USUAL);
        assertThat(job.retry().lost()).isEqualTo(10);
        assertThat(DefinitionJson.encode(job))
                .isEqualTo("{\"name\":\"load\",\"trigger\":\"manual\",\"placement\":\"queued\"}");
    }

    @Test
    void whatIsStillMissingOfQueuedPlacementIsRefusedWhenApplied() {
        String broadcast = FILE.replace("strategy: most-utilised", "strategy: broadcast")
                .replace("backup-after: 95%", "enabled: true");
        ParsedDefinitions parsed = Definitions.parse("f.yaml", broadcast);
        assertThat(parsed.later()).hasSize(1);
        assertThatThrownBy(parsed::jobsOrThrow)
                .isInstanceOf(IllegalDefinitionException.class)
                .hasMessageContaining("strategy: needs a task for every agent");
        assertThat(Definitions.parse("g.yaml", FILE).jobsOrThrow()).hasSize(1);
        assertThat(Job.named("all")
                        .manual()
                        .placement(Placement.QUEUED)
                        .strategy(Strategy.BROADCAST)
                        .build()
                        .laterFeatures())
                .extracting(LaterFeature::path)
                .containsExactly("strategy");
    }
}
