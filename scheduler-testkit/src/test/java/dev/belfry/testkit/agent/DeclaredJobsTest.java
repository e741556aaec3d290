package dev.belfry.testkit.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.Agent;
import dev.belfry.agent.AgentBuilder;
import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.JobState;
import dev.belfry.core.job.Job;
import dev.belfry.core.version.Author;
import dev.belfry.testkit.zookeeper.EmbeddedZooKeeper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hundreds of jobs declared in code, on a real server. */
@Timeout(240)
class DeclaredJobsTest {
    private static final int JOBS = 500;
    private static final Author ANNA = new Author(Author.Origin.OPERATOR, "anna", "");

    @TempDir
    Path directory;

    private static Agent start(EmbeddedZooKeeper server, String id, String description) {
        AgentBuilder builder = Agent.builder()
                .zookeeper(server.connectString())
                .namespace("declared")
                .id(id)
                .sessionTimeout(Duration.ofSeconds(4))
                .shutdownHook(false)
                .handler("work", context -> {
                    throw new IllegalStateException("idle jobs do not run");
                });
        for (int i = 0; i < JOBS; i++) {
            builder.job(job(i, description));
        }
        return builder.start();
    }

    private static Job job(int number, String description) {
        return Job.named("job" + number)
                .handler("work")
                .description(description)
                .cron("0 0 0 1 1 ? 2090");
    }

    private static void awaitShards(List<Agent> agents) {
        Awaitility.await("every job has an owner")
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> agents.stream()
                                .mapToInt(agent -> agent.status().shards())
                                .sum()
                        == JOBS);
    }

    @Test
    void twoAgentsThatDeclareTheSameAtOnceMakeEachJobOnceAndShareThem() {
        try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(directory);
                Agent one = start(server, "a1", "same");
                Agent other = start(server, "a2", "same");
                BelfryClient client = BelfryClient.connect(server.connectString(), "declared")) {
            awaitShards(List.of(one, other));
            assertThat(client.jobs().found())
                    .hasSize(JOBS)
                    .allSatisfy(job -> assertThat(job.record().versions()).hasSize(1));
            assertThat(List.of(one.status().shards(), other.status().shards()))
                    .allSatisfy(shards -> assertThat(shards).isBetween(JOBS / 2 - 1, JOBS / 2 + 1));
        }
    }

    @Test
    void jobThatAnOperatorAppliedStaysAsItIsAndTheOthersAreMade() {
        try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(directory);
                BelfryClient client = BelfryClient.connect(server.connectString(), "declared")) {
            client.apply(job(17, "operator's").build(), ANNA);
            try (Agent agent = start(server, "a1", "code's")) {
                awaitShards(List.of(agent));
                List<JobState> jobs = client.jobs().found();
                assertThat(jobs).hasSize(JOBS);
                assertThat(jobs)
                        .filteredOn(job -> !job.record()
                                .newest()
                                .definition()
                                .description()
                                .equals("code's"))
                        .extracting(JobState::name)
                        .containsExactly("job17");
            }
        }
    }
}
