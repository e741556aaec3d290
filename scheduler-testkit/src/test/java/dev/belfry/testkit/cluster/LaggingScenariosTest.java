package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.every;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.client.Applied;
import dev.belfry.agent.client.ClientLoop;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.version.Author;
import dev.belfry.store.StoreConnection;
import dev.belfry.testkit.store.SimEnsemble;
import dev.belfry.testkit.store.SimOptions;
import dev.belfry.testkit.time.SimClock;
import dev.belfry.testkit.time.SimProcess;
import dev.belfry.testkit.time.SimScheduler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Followers that are behind. Whoever has moved to one sees all that it had seen before, but not what others have written
 * since, nor its own write whose reply was lost: not until it has waited for all that is committed.
 *
 * <p>Where it matters to which server somebody moves, a test goes through a few seeds.
 */
@ExtendWith(QuietLogs.class)
class LaggingScenariosTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Author OPERATOR = new Author(Author.Origin.OPERATOR, "operator", "");

    private static void lag(SimEnsemble ensemble, Duration behind, Duration length) {
        for (int server = 0; server < 3; server++) {
            ensemble.lag(server, behind, length);
        }
    }

    @Test
    void recordWhoseReplyIsLostIsLookedForWhereAllThatIsCommittedHasArrived() {
        for (int seed = 1; seed <= 12; seed++) {
            SimCluster cluster = Scenes.cluster(seed, every("work", 1_000, 3));
            for (int round = 0; round < 4; round++) {
                lag(cluster.ensemble(), Duration.ofMillis(1_200), Duration.ofSeconds(4));
                cluster.run(Duration.ofMillis(500));
                cluster.ensemble().faults().loseReply("ledger-flush");
                cluster.run(Duration.ofSeconds(8));
            }
            assertThat(cluster.ensemble().faults().count("ledger-flush").lostAfter())
                    .isPositive();
            heals(cluster, Duration.ofSeconds(15));
        }
    }

    /** The lease may have been renewed by the server that is new, which has not told yet what has changed. */
    @Test
    void heartbeatThatWasKeptForTheNextConnectionRenewsNoLease() {
        for (int seed = 1; seed <= 12; seed++) {
            SimCluster cluster = Scenes.cluster(seed, every("work", 500, 3));
            for (int round = 0; round < 3; round++) {
                String owner = "a" + round;
                new Fault.Cut(owner, Fault.Way.BOTH, Duration.ofMillis(5_600)).inflict(cluster);
                cluster.operator().command(Command.Kind.PAUSE, "work");
                cluster.run(Duration.ofSeconds(9));
                cluster.operator().command(Command.Kind.RESUME, "work");
                cluster.run(Duration.ofSeconds(9));
            }
            heals(cluster, Duration.ofSeconds(15));
        }
    }

    // ---- clients

    @Test
    void clientOfAServerThatIsBehindReadsWhatWasAppliedBefore() {
        Scene scene = new Scene(1);
        Client soon = scene.client(scene.leader());
        Client late = scene.client(scene.follower());
        scene.lag();
        assertThat(soon.apply(job(1))).isInstanceOf(Applied.Created.class);
        assertThat(late.knows("work")).isTrue();
    }

    @Test
    void definitionThatWasReplacedMeanwhileIsNotTakenForUnchanged() {
        Scene scene = new Scene(2);
        Client soon = scene.client(scene.leader());
        Client late = scene.client(scene.follower());
        assertThat(soon.apply(job(1))).isInstanceOf(Applied.Created.class);
        scene.pass(Duration.ofSeconds(1));
        scene.lag();
        assertThat(soon.apply(job(2))).isInstanceOf(Applied.Changed.class);
        assertThat(late.apply(job(1)))
                .isInstanceOfSatisfying(
                        Applied.Changed.class,
                        changed -> assertThat(changed.version()).isEqualTo(3));
    }

    @Test
    void changeWhoseReplyIsLostIsReportedAsMade() {
        for (int seed = 6; seed <= 12; seed++) {
            Scene scene = new Scene(seed);
            Client client = scene.client(scene.follower());
            assertThat(client.apply(job(1))).isInstanceOf(Applied.Created.class);
            scene.pass(Duration.ofSeconds(1));
            scene.lag();
            scene.ensemble.faults().loseReply("apply-change");
            assertThat(client.apply(job(2))).as("seed " + seed).isInstanceOf(Applied.Changed.class);
        }
    }

    private static JobDefinition job(int shards) {
        return every("work", 1_000, shards).build();
    }

    /** An ensemble whose followers fall behind, and clients of it. */
    private static final class Scene {
        private final SimScheduler scheduler;
        private final SimEnsemble ensemble;
        private int clients;

        Scene(long seed) {
            scheduler = new SimScheduler(seed);
            ensemble = new SimEnsemble(scheduler, SimOptions.DEFAULT);
        }

        int leader() {
            return ensemble.leader().orElseThrow();
        }

        int follower() {
            return (leader() + 1) % 3;
        }

        void lag() {
            LaggingScenariosTest.lag(ensemble, Duration.ofSeconds(2), Duration.ofMinutes(1));
        }

        void pass(Duration time) {
            scheduler.runUntil(scheduler.nanos() + time.toNanos());
        }

        /** The first of as many as it takes that is connected to this server. */
        Client client(int server) {
            while (true) {
                Client client = new Client(this, "client" + ++clients);
                if (ensemble.serverOf(client.connection).orElse(-1) == server) {
                    return client;
                }
                client.connection.close();
            }
        }
    }

    private static final class Client {
        private final Scene scene;
        private final StoreConnection connection;
        private final ClientLoop loop;

        Client(Scene scene, String name) {
            this.scene = scene;
            SimProcess process = new SimProcess(scene.scheduler, name, new SimClock(scene.scheduler));
            connection = scene.ensemble.connect(process, Duration.ofSeconds(30));
            loop = new ClientLoop(new SimLoop(process), connection.view(process));
            loop.start();
            answer(loop.connected(PATIENCE));
        }

        Applied apply(JobDefinition definition) {
            return answer(loop.apply(definition, OPERATOR, PATIENCE));
        }

        boolean knows(String job) {
            return answer(loop.job(job, PATIENCE)).isPresent();
        }

        private <T> T answer(CompletableFuture<T> future) {
            while (!future.isDone()) {
                scene.scheduler.step();
            }
            return future.join();
        }
    }
}
