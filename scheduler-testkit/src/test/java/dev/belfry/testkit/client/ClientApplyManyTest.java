package dev.belfry.testkit.client;

import static dev.belfry.testkit.client.ClientScene.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.client.Applied;
import dev.belfry.agent.client.ClientException;
import dev.belfry.agent.client.ClientLoop;
import dev.belfry.agent.client.JobState;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Strategy;
import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.Author.Origin;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.store.Read;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import dev.belfry.testkit.cluster.SimLoop;
import dev.belfry.testkit.store.Faults;
import dev.belfry.testkit.time.SimProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many definitions applied together: each as if it were by itself. */
class ClientApplyManyTest {
    private static final Author ANNA = new Author(Origin.OPERATOR, "anna", "test");
    private static final Author CODE = new Author(Origin.CODE, "indexer-1", "");
    private static final int MANY = 500;
    /** More than one transaction takes. */
    private static final int SOME = 120;

    private final ClientScene scene = new ClientScene(31);

    private static List<JobDefinition> jobs(int count, String description) {
        List<JobDefinition> jobs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            jobs.add(job("job-" + i, description).build());
        }
        return jobs;
    }

    private static Job job(String name, String description) {
        return Job.named(name).every(Duration.ofSeconds(1)).description(description);
    }

    private static List<CompletableFuture<Applied>> begin(ClientScene scene, List<JobDefinition> jobs, Author author) {
        return scene.client.apply(jobs, author, PATIENCE);
    }

    private static List<Applied> apply(ClientScene scene, List<JobDefinition> jobs, Author author) {
        return begin(scene, jobs, author).stream().map(scene::answer).toList();
    }

    private static Map<String, JobRecord> stored(ClientScene scene) {
        Map<String, JobRecord> byName = new HashMap<>();
        for (JobState job : scene.answer(scene.client.jobs(PATIENCE)).found()) {
            byName.put(job.name(), job.record());
        }
        return byName;
    }

    private static long sent(ClientScene scene, String site) {
        return scene.ensemble.faults().count(site).sent();
    }

    private static void name(ClientScene scene, Duration sessionTimeout) {
        scene.other.commit(Transaction.at("test").put(Paths.EPOCH, new Epoch(1, "m~1", sessionTimeout).encode(), -1));
    }

    /** Every job has one version, and is what its answer says. */
    private static void assertCreatedOnce(ClientScene scene, List<Applied> answers) {
        Map<String, JobRecord> stored = stored(scene);
        assertThat(stored).hasSize(answers.size());
        for (Applied answer : answers) {
            JobRecord job = stored.get(answer.job());
            assertThat(job.versions()).as(answer.job()).hasSize(1);
            assertThat(answer).isInstanceOfSatisfying(Applied.Created.class, created -> {
                assertThat(created.uid()).isEqualTo(job.uid());
                assertThat(created.from()).isEqualTo(job.newest().from());
            });
        }
    }

    @Test
    void manyJobsAreMadeInFewTransactionsAndEachAnswerIsOfItsOwnJob() {
        List<JobDefinition> jobs = jobs(MANY, "first");
        List<Applied> answers = apply(scene, jobs, CODE);

        assertThat(answers)
                .extracting(Applied::job)
                .containsExactlyElementsOf(
                        jobs.stream().map(JobDefinition::name).toList());
        assertCreatedOnce(scene, answers);
        assertThat(sent(scene, "apply-create")).isEqualTo(MANY / 50);
        assertThat(sent(scene, "apply-read"))
                .as("what a listing shows not to be there is not read")
                .isZero();
        for (Applied answer : answers) {
            Znode znode = ((Read.Found) scene.other.read(Paths.job(answer.job()))).znode();
            assertThat(((Applied.Created) answer).zxid()).isEqualTo(znode.modifiedZxid());
            assertThat(scene.other.read(Paths.ledgers(((Applied.Created) answer).uid(), 1)))
                    .isInstanceOf(Read.Found.class);
        }

        assertThat(apply(scene, jobs, CODE))
                .allSatisfy(answer -> assertThat(answer).isInstanceOf(Applied.Unchanged.class));
        assertThat(sent(scene, "apply-create")).isEqualTo(MANY / 50);
    }

    @Test
    void manyChangesAreEachInForceOnlyWhenNoLeaseCanContradictIt() {
        apply(scene, jobs(SOME, "first"), ANNA);
        name(scene, Duration.ofSeconds(30));
        List<Applied> answers = apply(scene, jobs(SOME, "second"), ANNA);

        Map<String, JobRecord> stored = stored(scene);
        assertThat(sent(scene, "apply-change")).isLessThanOrEqualTo(3);
        for (Applied answer : answers) {
            JobRecord job = stored.get(answer.job());
            assertThat(Duration.between(job.newest().changed(), job.newest().from()))
                    .isEqualTo(Duration.ofSeconds(21));
            assertThat(answer).isInstanceOfSatisfying(Applied.Changed.class, changed -> {
                assertThat(changed.version()).isEqualTo(2);
                assertThat(changed.from()).isEqualTo(job.newest().from());
                assertThat(changed.changes()).extracting(c -> c.path()).containsExactly("description");
            });
        }
    }

    @Test
    void changesAreNotWrittenForALeaseThatIsNotTheLongestAnyMore() {
        apply(scene, jobs(SOME, "first"), ANNA);
        name(scene, Duration.ofSeconds(6));
        scene.ensemble
                .faults()
                .strikeNext(
                        "apply-change",
                        Faults.Moment.SENDING,
                        who -> List.of("s0", "s1", "s2").forEach(server -> scene.ensemble.cut(who, server)));
        List<CompletableFuture<Applied>> answers = begin(scene, jobs(SOME, "second"), ANNA);
        scene.pass(Duration.ofSeconds(1));
        name(scene, Duration.ofSeconds(30));
        List.of("s0", "s1", "s2").forEach(server -> scene.ensemble.heal("client", server));

        answers.forEach(answer -> assertThat(scene.answer(answer)).isInstanceOf(Applied.Changed.class));
        assertThat(stored(scene).values()).allSatisfy(job -> {
            assertThat(job.versions()).hasSize(2);
            assertThat(Duration.between(job.newest().changed(), job.newest().from()))
                    .isEqualTo(Duration.ofSeconds(21));
        });
    }

    @Test
    void whatIsRefusedOfSomeIsToldByNameAndHoldsUpNoOther() {
        apply(
                scene,
                List.of(job("job-7", "operator's").build(), job("job-8", "x").build()),
                ANNA);
        Znode damaged = ((Read.Found) scene.other.read(Paths.job("job-8"))).znode();
        scene.other.commit(Transaction.at("test").put(damaged.path(), new byte[] {1, 2, 3}, damaged.version()));
        scene.ensemble.denyWrites(Paths.job("job-9"));
        scene.ensemble.denyReads(Paths.job("job-10"));
        List<JobDefinition> jobs = new ArrayList<>(jobs(SOME, "code's"));
        jobs.set(
                6,
                job("job-6", "later")
                        .placement(Placement.QUEUED)
                        .strategy(Strategy.BROADCAST)
                        .build());

        List<CompletableFuture<Applied>> answers = begin(scene, jobs, CODE);

        for (int i = 0; i < SOME; i++) {
            CompletableFuture<Applied> answer = answers.get(i);
            if (i == 9 || i == 10) {
                Throwable why = scene.answer(answer.handle((applied, failed) -> failed));
                assertThat(why)
                        .isInstanceOfSatisfying(
                                ClientException.class,
                                e -> assertThat(e.kind()).isEqualTo(ClientException.Kind.REJECTED));
                assertThat(why).hasMessageContaining(jobs.get(i).name());
            } else if (i >= 6 && i <= 8) {
                assertThat(scene.answer(answer))
                        .isInstanceOfSatisfying(
                                Applied.Refused.class,
                                refused -> assertThat(refused.job())
                                        .isEqualTo(jobs.get(refused.job().charAt(4) - '0')
                                                .name()));
            } else {
                assertThat(scene.answer(answer)).isInstanceOf(Applied.Created.class);
            }
        }
        assertThat(stored(scene).get("job-7").newest().definition().description())
                .contains("operator's");
    }

    @Test
    void jobThatWaitsForItsPredecessorsEndHoldsUpNoOther() {
        apply(scene, List.of(job("job-3", "x").build()), ANNA);
        name(scene, Duration.ofSeconds(30));
        Znode znode = ((Read.Found) scene.other.read(Paths.job("job-3"))).znode();
        JobRecord first = JobRecordCodec.decode(znode.path(), znode.data(), znode.modified());
        scene.other.commit(Transaction.at("test")
                .put(
                        znode.path(),
                        JobRecordCodec.encode(
                                first.deletedAt(scene.process.clock().instant())),
                        znode.version()));

        List<CompletableFuture<Applied>> answers = begin(scene, jobs(SOME, "again"), ANNA);
        scene.pass(Duration.ofSeconds(5));
        assertThat(answers.stream().filter(Predicate.not(CompletableFuture::isDone)))
                .hasSize(1);
        assertThat(scene.answer(answers.get(3))).isInstanceOf(Applied.Created.class);
        assertThat(stored(scene).get("job-3").uid()).isNotEqualTo(first.uid());
    }

    @Test
    void twoOfTheSameNameAreAppliedInTheirOrder() {
        List<JobDefinition> jobs = new ArrayList<>(jobs(SOME, "first"));
        jobs.add(job("job-0", "second").build());
        List<Applied> answers = apply(scene, jobs, ANNA);
        assertThat(answers.get(0)).isInstanceOf(Applied.Created.class);
        assertThat(answers.get(SOME)).isInstanceOf(Applied.Changed.class);
        assertThat(stored(scene).get("job-0").newest().definition().description())
                .contains("second");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "apply-names-sync",
                "apply-names",
                "apply-buckets",
                "apply-parent",
                "apply-sync",
                "apply-create",
                "apply-read-back",
                "skeleton",
                "skeleton-read"
            })
    void requestOrReplyLostWhileManyAreMadeLeavesEachOnce(String site) {
        for (boolean afterCommit : new boolean[] {false, true}) {
            for (int nth = 0; nth < 3; nth++) {
                ClientScene fresh = new ClientScene(40 + nth);
                fresh.answer(fresh.client.connected(PATIENCE));
                if (nth == 0) {
                    ClientApplyTest.lose(fresh, site, afterCommit);
                }
                List<CompletableFuture<Applied>> answers = begin(fresh, jobs(SOME, "first"), CODE);
                if (nth > 0) {
                    fresh.pass(Duration.ofMillis(nth * 8L));
                    ClientApplyTest.lose(fresh, site, afterCommit);
                }
                assertCreatedOnce(fresh, answers.stream().map(fresh::answer).toList());
                if (nth == 0) {
                    ClientApplyTest.assertMet(fresh, site, afterCommit);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"apply-epoch", "apply-read", "apply-change", "apply-settle", "apply-read-back"})
    void requestOrReplyLostWhileManyAreChangedMakesOneVersionOfEach(String site) {
        for (boolean afterCommit : new boolean[] {false, true}) {
            ClientScene fresh = new ClientScene(50);
            apply(fresh, jobs(SOME, "first"), ANNA);
            name(fresh, Duration.ofSeconds(10));
            if (site.equals("apply-settle")) {
                fresh.ensemble.faults().loseReply("apply-change");
            }
            ClientApplyTest.lose(fresh, site, afterCommit);
            List<Applied> answers = apply(fresh, jobs(SOME, "second"), ANNA);

            Map<String, JobRecord> stored = stored(fresh);
            assertThat(answers).allSatisfy(answer -> {
                assertThat(answer)
                        .isInstanceOfSatisfying(
                                Applied.Changed.class,
                                changed -> assertThat(changed.version()).isEqualTo(2));
                assertThat(stored.get(answer.job()).versions()).hasSize(2);
            });
            ClientApplyTest.assertMet(fresh, site, afterCommit);
        }
    }

    @Test
    void sessionThatEndsWhileManyAreMadeLeavesEachOnce() {
        for (int millis = 0; millis < 90; millis += 3) {
            ClientScene fresh = new ClientScene(100 + millis);
            fresh.answer(fresh.client.connected(PATIENCE));
            List<CompletableFuture<Applied>> answers = begin(fresh, jobs(SOME, "first"), CODE);
            fresh.pass(Duration.ofMillis(millis));
            fresh.expireClient();
            assertCreatedOnce(fresh, answers.stream().map(fresh::answer).toList());
        }
    }

    @Test
    void whoIsRestartedInTheMiddleAppliesTheRest() {
        int halves = 0;
        for (int millis = 10; millis < 250; millis += 10) {
            ClientScene fresh = new ClientScene(200 + millis);
            fresh.answer(fresh.client.connected(PATIENCE));
            begin(fresh, jobs(MANY, "first"), CODE);
            fresh.pass(Duration.ofMillis(millis));
            fresh.process.kill();
            ClientLoop next = client(fresh, "next");
            List<Applied> answers = next.apply(jobs(MANY, "first"), CODE, PATIENCE).stream()
                    .map(fresh::answer)
                    .toList();
            long made =
                    answers.stream().filter(Applied.Created.class::isInstance).count();
            halves += made > 0 && made < MANY ? 1 : 0;
            assertThat(answers)
                    .noneMatch(answer -> answer instanceof Applied.Changed || answer instanceof Applied.Refused);
            List<JobState> jobs = fresh.answer(next.jobs(PATIENCE)).found();
            assertThat(jobs)
                    .hasSize(MANY)
                    .allSatisfy(job -> assertThat(job.record().versions()).hasSize(1));
        }
        assertThat(halves).as("times that some had been made").isPositive();
    }

    @Test
    void twoWhoDeclareTheSameManyAtOnceMakeEachOnce() {
        for (int apart = 0; apart < 40; apart += 8) {
            ClientScene fresh = new ClientScene(300 + apart);
            ClientLoop second = client(fresh, "second");
            fresh.answer(fresh.client.connected(PATIENCE));
            fresh.answer(second.connected(PATIENCE));
            List<CompletableFuture<Applied>> ours = begin(fresh, jobs(MANY, "same"), CODE);
            fresh.pass(Duration.ofMillis(apart));
            List<CompletableFuture<Applied>> theirs = second.apply(jobs(MANY, "same"), CODE, PATIENCE);
            for (int i = 0; i < MANY; i++) {
                List<Applied> both = List.of(fresh.answer(ours.get(i)), fresh.answer(theirs.get(i)));
                assertThat(both).as("job " + i).hasAtLeastOneElementOfType(Applied.Created.class);
                assertThat(both).as("job " + i).hasAtLeastOneElementOfType(Applied.Unchanged.class);
            }
            assertThat(stored(fresh).values())
                    .hasSize(MANY)
                    .allSatisfy(job -> assertThat(job.versions()).hasSize(1));
            assertThat(sent(fresh, "apply-create"))
                    .as("a transaction that is refused for one job costs not one for each")
                    .isLessThan(MANY / 4);
        }
    }

    @Test
    void whoHasNoConnectionIsToldSoOfAllWithinThePatience() {
        scene.answer(scene.client.connected(PATIENCE));
        scene.ensemble.killAll();
        List<CompletableFuture<Applied>> answers = scene.client.apply(jobs(MANY, "first"), CODE, Duration.ofSeconds(5));
        scene.pass(Duration.ofSeconds(7));
        assertThat(answers).allSatisfy(answer -> {
            Throwable why = answer.handle((applied, failed) -> failed).join();
            assertThat(why).hasMessageContaining("cannot reach ZooKeeper");
        });
    }

    private static ClientLoop client(ClientScene scene, String name) {
        SimProcess process = scene.process(name);
        SimLoop loop = new SimLoop(process);
        ClientLoop client = new ClientLoop(
                loop, scene.ensemble.connect(process, ClientScene.SESSION).view(loop));
        client.start();
        return client;
    }
}
