package dev.belfry.testkit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.Applied;
import dev.belfry.agent.client.ClientException;
import dev.belfry.agent.client.JobState;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.version.Author;
import dev.belfry.store.zk.ZkConnection;
import dev.belfry.store.zk.ZkSettings;
import dev.belfry.testkit.zookeeper.EmbeddedZooKeeper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientOnZooKeeperTest {
    private static final Author ANNA = new Author(Author.Origin.OPERATOR, "anna", "");

    @TempDir
    Path directory;

    private static BelfryClient client(EmbeddedZooKeeper server, Duration patience) {
        return BelfryClient.over(
                ZkConnection.open(
                        ZkSettings.builder(server.connectString(), "test").build()),
                patience);
    }

    @Test
    void definitionsAndCommandsTravelThroughARealServer() throws Exception {
        try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(directory);
                BelfryClient client = client(server, Duration.ofSeconds(20))) {
            client.awaitConnected();
            assertThat(client.jobs().found()).isEmpty();
            assertThat(client.epoch()).isEqualTo(Epoch.NONE);

            Applied created = client.apply(Job.named("index").manual().shards(3).build(), ANNA);
            assertThat(created).isInstanceOf(Applied.Created.class);
            assertThat(client.awaitInForce(((Applied.Created) created).zxid(), Duration.ofSeconds(5)))
                    .isEmpty();
            assertThat(client.apply(Job.named("index").manual().shards(4).build(), ANNA))
                    .isInstanceOf(Applied.Changed.class);
            assertThat(client.jobs().found())
                    .singleElement()
                    .satisfies(job -> assertThat(job.record().versions()).hasSize(2));

            try (BelfryClient hasty = client(server, Duration.ofSeconds(2))) {
                Command unheard = hasty.trigger(
                        "index", Optional.of("k1"), Map.of("a", "b"), new BelfryClient.Asker("anna", "because"));
                assertThat(unheard.result()).isEmpty();
            }
            assertThat(client.commands().found())
                    .singleElement()
                    .satisfies(command ->
                            assertThat(command.command().parameters()).containsEntry("a", "b"));
            assertThat(client.journal().fires()).isEmpty();
            assertThat(client.shards().table().size()).isZero();

            BlockingQueue<List<AgentFacts>> told = new LinkedBlockingQueue<>();
            try (var watch = client.watchAgents(told::add)) {
                assertThat(watch).isNotNull();
                assertThat(told.poll(20, TimeUnit.SECONDS)).isEmpty();
            }
        }
    }

    @Test
    void manyDefinitionsAtOnceAreEachAnsweredAsTheServerHasThem() {
        try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(directory);
                BelfryClient client = client(server, Duration.ofSeconds(20))) {
            client.awaitConnected();
            client.apply(Job.named("job7").manual().build(), ANNA);
            List<JobDefinition> jobs = jobs("one", 300);
            List<Applied> told = new ArrayList<>();
            List<Applied> answers = client.apply(jobs, new Author(Author.Origin.CODE, "service", ""), told::add);

            assertThat(answers).isEqualTo(told).hasSize(300);
            assertThat(answers.get(7)).isInstanceOf(Applied.Refused.class);
            Map<String, JobState> stored = new HashMap<>();
            client.jobs().found().forEach(job -> stored.put(job.name(), job));
            for (Applied answer : answers) {
                JobState job = stored.get(answer.job());
                assertThat(job.record().versions()).hasSize(1);
                if (answer instanceof Applied.Created created) {
                    assertThat(created.uid()).isEqualTo(job.record().uid());
                    assertThat(created.from()).isEqualTo(job.record().newest().from());
                    assertThat(created.zxid()).isEqualTo(job.zxid());
                } else {
                    assertThat(answer.job()).isEqualTo("job7");
                }
            }
            assertThat(client.apply(jobs("two", 300), ANNA)).allSatisfy(answer -> {
                Applied.Changed changed = (Applied.Changed) answer;
                assertThat(changed.version()).isEqualTo(2);
            });
        }
    }

    private static List<JobDefinition> jobs(String description, int count) {
        List<JobDefinition> jobs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            jobs.add(Job.named("job" + i).manual().description(description).build());
        }
        return jobs;
    }

    @Test
    void clientOfAServerThatIsDownNamesThoseWithoutAnAnswer() {
        try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(directory)) {
            server.stop();
            try (BelfryClient client = client(server, Duration.ofSeconds(1))) {
                assertThatThrownBy(() -> client.apply(jobs("one", 120), ANNA))
                        .isInstanceOfSatisfying(
                                ClientException.class,
                                e -> assertThat(e.kind()).isEqualTo(ClientException.Kind.UNAVAILABLE))
                        .hasMessageContaining("120 of 120 definitions have no answer: 'job0', 'job1'")
                        .hasMessageContaining("and 115 more")
                        .hasMessageContaining("cannot reach ZooKeeper");
            }
        }
    }

    @Test
    void clientOfAServerThatIsDownSaysSo() {
        try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(directory)) {
            server.stop();
            try (BelfryClient client = client(server, Duration.ofSeconds(1))) {
                assertThatThrownBy(client::jobs)
                        .isInstanceOfSatisfying(
                                ClientException.class,
                                e -> assertThat(e.kind()).isEqualTo(ClientException.Kind.UNAVAILABLE));
            }
        }
    }
}
