package dev.belfry.testkit.client;

import static dev.belfry.testkit.client.ClientScene.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.agent.client.Applied;
import dev.belfry.agent.client.ClientException;
import dev.belfry.agent.client.JobState;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.AgentFactsCodec;
import dev.belfry.core.agent.Capacity;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Strategy;
import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.ownership.HeartbeatRecord;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.Author.Origin;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.store.Read;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import dev.belfry.testkit.store.Faults;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientApplyTest {
    private static final Author ANNA = new Author(Origin.OPERATOR, "anna", "test");
    private static final Author CODE = new Author(Origin.CODE, "indexer-1", "");

    private final ClientScene scene = new ClientScene(11);

    private static Job index() {
        return Job.named("index").every(Duration.ofSeconds(1));
    }

    private Applied apply(JobDefinition definition, Author author) {
        return scene.answer(scene.client.apply(definition, author, PATIENCE));
    }

    private JobRecord stored(String job) {
        Znode znode = ((Read.Found) scene.other.read(Paths.job(job))).znode();
        return JobRecordCodec.decode(znode.path(), znode.data(), znode.modified());
    }

    @Test
    void newJobIsInForceAtOnceAndBringsTheParentsOfItsLedgers() {
        Applied answer = apply(index().shards(3).build(), ANNA);

        assertThat(answer).isInstanceOf(Applied.Created.class);
        JobRecord job = stored("index");
        assertThat(job.versions()).hasSize(1);
        assertThat(job.newest().from()).isEqualTo(job.newest().changed());
        assertThat(scene.other.read(Paths.ledgers(job.uid(), job.newest().layout())))
                .isInstanceOf(Read.Found.class);
    }

    @Test
    void largeJobHasOneLedgerParentPerBlock() {
        apply(index().shards(2_500).build(), ANNA);

        JobRecord job = stored("index");
        assertThat(scene.other.children(Paths.ledgers(job.uid(), job.newest().layout())))
                .isEqualTo(3);
    }

    @Test
    void broadcastJobHasItsLedgersInLayoutZero() {
        apply(index().placement(Placement.BROADCAST).build(), ANNA);

        assertThat(scene.other.read(Paths.ledgers(stored("index").uid(), 0))).isInstanceOf(Read.Found.class);
    }

    @Test
    void sameDefinitionAgainWritesNothing() {
        apply(index().build(), ANNA);
        assertThat(apply(index().build(), ANNA)).isInstanceOf(Applied.Unchanged.class);
        assertThat(stored("index").versions()).hasSize(1);
    }

    @Test
    void changeIsInForceOnlyWhenNoLeaseCanContradictIt() {
        apply(index().build(), ANNA);
        name(scene, Duration.ofSeconds(30));
        Applied.Changed changed =
                (Applied.Changed) apply(index().description("other").build(), ANNA);

        JobRecord job = stored("index");
        assertThat(changed.version()).isEqualTo(2);
        assertThat(changed.changes()).extracting(c -> c.path()).containsExactly("description");
        assertThat(Duration.between(job.newest().changed(), job.newest().from()))
                .isEqualTo(Duration.ofSeconds(21));
        assertThat(job.newest().layout()).isEqualTo(job.versions().get(0).layout());
    }

    @Test
    void changeWhileNobodyHasALeaseWaitsForClocksAlone() {
        apply(index().build(), ANNA);
        register("a", Duration.ofSeconds(30), 0);
        apply(index().description("other").build(), ANNA);
        JobRecord job = stored("index");
        assertThat(Duration.between(job.newest().changed(), job.newest().from()))
                .as("the epoch does not name the agent's lease yet, so that it goes by no definition")
                .isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void changeIsNotWrittenForALeaseThatIsNotTheLongestAnyMore() {
        apply(index().build(), ANNA);
        name(scene, Duration.ofSeconds(6));
        scene.ensemble
                .faults()
                .strikeNext(
                        "apply-change",
                        Faults.Moment.SENDING,
                        who -> List.of("s0", "s1", "s2").forEach(server -> scene.ensemble.cut(who, server)));
        CompletableFuture<Applied> answer =
                scene.client.apply(index().description("other").build(), ANNA, PATIENCE);
        scene.pass(Duration.ofSeconds(1));
        name(scene, Duration.ofSeconds(30));
        List.of("s0", "s1", "s2").forEach(server -> scene.ensemble.heal("client", server));
        assertThat(scene.answer(answer)).isInstanceOf(Applied.Changed.class);
        JobRecord job = stored("index");
        assertThat(job.versions()).hasSize(2);
        assertThat(Duration.between(job.newest().changed(), job.newest().from()))
                .isEqualTo(Duration.ofSeconds(21));
    }

    @Test
    void changeIsRefusedWhileTheEpochCannotBeRead() {
        apply(index().build(), ANNA);
        scene.other.commit(Transaction.at("test").put(Paths.EPOCH, new byte[] {1, 2, 3}, -1));
        assertThatThrownBy(() -> apply(index().description("other").build(), ANNA))
                .hasCauseInstanceOf(ClientException.class)
                .hasMessageContaining(Paths.EPOCH)
                .hasMessageContaining("longest lease");
        assertThat(stored("index").versions()).hasSize(1);
    }

    /** Says what a master says before it grants anything to an agent with such a session. */
    private static void name(ClientScene scene, Duration sessionTimeout) {
        scene.other.commit(Transaction.at("test").put(Paths.EPOCH, new Epoch(1, "m~1", sessionTimeout).encode(), -1));
    }

    @Test
    void otherNumberOfShardsIsANewLayoutWithItsOwnLedgerParents() {
        apply(index().shards(2).build(), ANNA);
        apply(index().shards(4).build(), ANNA);
        JobRecord job = stored("index");
        assertThat(job.newest().layout()).isEqualTo(job.versions().get(0).layout() + 1);
        assertThat(scene.other.read(Paths.ledgers(job.uid(), job.newest().layout())))
                .isInstanceOf(Read.Found.class);
    }

    @Test
    void codeDoesNotReplaceWhatAnOperatorAppliedButAnOperatorReplacesCode() {
        apply(index().build(), CODE);
        assertThat(apply(index().description("2").build(), CODE)).isInstanceOf(Applied.Changed.class);
        assertThat(apply(index().description("3").build(), ANNA)).isInstanceOf(Applied.Changed.class);
        assertThat(apply(index().description("4").build(), CODE))
                .isInstanceOfSatisfying(
                        Applied.Refused.class,
                        refused -> assertThat(refused.why()).contains("anna").contains("code"));
    }

    @Test
    void operatorWhoAppliesWhatCodeDeclaredTakesItOver() {
        apply(index().build(), CODE);
        assertThat(apply(index().build(), ANNA)).isInstanceOf(Applied.Changed.class);
        assertThat(apply(index().description("4").build(), CODE)).isInstanceOf(Applied.Refused.class);
    }

    @Test
    void jobThatNeedsALaterFeatureIsRefusedByName() {
        Applied answer = apply(
                Job.named("later")
                        .manual()
                        .strategy(Strategy.BROADCAST)
                        .placement(Placement.QUEUED)
                        .build(),
                ANNA);
        assertThat(answer)
                .isInstanceOfSatisfying(
                        Applied.Refused.class,
                        refused -> assertThat(refused.why()).contains("a task for every agent"));
        assertThat(scene.other.read(Paths.job("later"))).isInstanceOf(Read.Missing.class);
    }

    @Test
    void jobCreatedOverATombstoneHasANewUid() {
        apply(index().build(), ANNA);
        name(scene, Duration.ofSeconds(10));
        JobRecord first = stored("index");
        Znode znode = ((Read.Found) scene.other.read(Paths.job("index"))).znode();
        scene.other.commit(Transaction.at("test")
                .put(
                        znode.path(),
                        JobRecordCodec.encode(
                                first.deletedAt(scene.process.clock().instant())),
                        znode.version()));

        assertThat(apply(index().build(), ANNA)).isInstanceOf(Applied.Created.class);
        JobRecord second = stored("index");
        assertThat(second.uid()).isNotEqualTo(first.uid());
        assertThat(second.deleted()).isFalse();
        assertThat(second.newest().from())
                .as("no lease of the first one's time can live")
                .isAfter(second.newest().changed().minusMillis(1))
                .isAfter(first.newest().from().plusSeconds(7));
    }

    @Test
    void twentyFirstVersionWithinAnHourIsRefusedAndAcceptedLater() {
        for (int i = 0; i < JobRecord.MAX_VERSIONS; i++) {
            assertThat(apply(index().description("v" + i).build(), ANNA)).isNotInstanceOf(Applied.Refused.class);
        }
        assertThat(apply(index().description("more").build(), ANNA))
                .isInstanceOfSatisfying(
                        Applied.Refused.class,
                        refused -> assertThat(refused.why()).contains("within the last hour"));
        scene.pass(Duration.ofMinutes(61));
        assertThat(apply(index().description("more").build(), ANNA)).isInstanceOf(Applied.Changed.class);
        assertThat(stored("index").versions()).hasSize(JobRecord.MAX_VERSIONS);
    }

    @Test
    void garbageInTheJobsPlaceIsNamedAndLeftAlone() {
        apply(index().build(), ANNA);
        Znode znode = ((Read.Found) scene.other.read(Paths.job("index"))).znode();
        scene.other.commit(Transaction.at("test").put(znode.path(), new byte[] {1, 2, 3}, znode.version()));
        assertThat(apply(index().description("x").build(), ANNA))
                .isInstanceOfSatisfying(
                        Applied.Refused.class,
                        refused -> assertThat(refused.why()).contains(znode.path()));
        assertThat(scene.answer(scene.client.jobs(PATIENCE)).problems()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "flows-read",
                "apply-sync",
                "apply-read",
                "apply-create",
                "apply-parent",
                "apply-read-back",
                "skeleton",
                "skeleton-read"
            })
    void requestOrReplyLostWhileAJobIsCreatedLeavesExactlyOneJob(String site) {
        for (boolean afterCommit : new boolean[] {false, true}) {
            ClientScene fresh = new ClientScene(23);
            fresh.answer(fresh.client.connected(PATIENCE));
            lose(fresh, site, afterCommit);
            Applied answer = fresh.answer(fresh.client.apply(index().build(), ANNA, PATIENCE));

            assertThat(answer).as(site + " after commit: " + afterCommit).isInstanceOf(Applied.Created.class);
            List<JobState> jobs = fresh.answer(fresh.client.jobs(PATIENCE)).found();
            assertThat(jobs).hasSize(1);
            assertThat(jobs.get(0).record().versions()).hasSize(1);
            assertThat(jobs.get(0).record().uid()).isEqualTo(((Applied.Created) answer).uid());
            assertMet(fresh, site, afterCommit);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"apply-epoch", "apply-change", "apply-settle", "apply-read-back"})
    void requestOrReplyLostWhileAJobIsChangedMakesExactlyOneVersion(String site) {
        for (boolean afterCommit : new boolean[] {false, true}) {
            ClientScene fresh = new ClientScene(24);
            fresh.answer(fresh.client.apply(index().build(), ANNA, PATIENCE));
            name(fresh, Duration.ofSeconds(10));
            if (site.equals("apply-settle")) {
                fresh.ensemble.faults().loseReply("apply-change");
            }
            lose(fresh, site, afterCommit);
            Applied answer = fresh.answer(fresh.client.apply(index().shards(5).build(), ANNA, PATIENCE));

            assertThat(answer)
                    .as(site + " after commit: " + afterCommit)
                    .isInstanceOfSatisfying(
                            Applied.Changed.class,
                            changed -> assertThat(changed.version()).isEqualTo(2));
            assertThat(fresh.answer(fresh.client.job("index", PATIENCE))
                            .orElseThrow()
                            .record()
                            .versions())
                    .hasSize(2);
            assertMet(fresh, site, afterCommit);
        }
    }

    @Test
    void sessionThatEndsWhileAJobIsCreatedLeavesExactlyOneJob() {
        for (int millis = 0; millis < 60; millis += 3) {
            ClientScene fresh = new ClientScene(100 + millis);
            fresh.answer(fresh.client.connected(PATIENCE));
            CompletableFuture<Applied> answer = fresh.client.apply(index().build(), ANNA, PATIENCE);
            fresh.pass(Duration.ofMillis(millis));
            fresh.expireClient();
            assertThat(fresh.answer(answer)).as("seed " + (100 + millis)).isInstanceOf(Applied.Created.class);
            assertThat(fresh.answer(fresh.client.jobs(PATIENCE)).found()).hasSize(1);
        }
    }

    @Test
    void clientWithoutAConnectionSaysSoWhenItsPatienceIsOver() {
        scene.answer(scene.client.connected(PATIENCE));
        scene.ensemble.killAll();
        assertThatThrownBy(() -> scene.answer(scene.client.apply(index().build(), ANNA, Duration.ofSeconds(5))))
                .hasCauseInstanceOf(ClientException.class)
                .hasMessageContaining("cannot reach ZooKeeper");
    }

    @Test
    void changeIsInForceOnceEveryAgentHasAppliedIt() {
        Applied.Created created = (Applied.Created) apply(index().build(), ANNA);
        register("a", Duration.ofSeconds(10), 0);
        register("b", Duration.ofSeconds(10), created.zxid());
        assertThat(scene.answer(scene.client.inForce(created.zxid(), Duration.ofSeconds(2))))
                .singleElement()
                .asString()
                .startsWith("a~");

        CompletableFuture<List<String>> later = scene.client.inForce(created.zxid(), PATIENCE);
        scene.other.commit(Transaction.at("test")
                .put(Paths.heartbeat(incarnation(scene, "a").name()), heartbeat(created.zxid()), -1));
        assertThat(scene.answer(later)).isEmpty();
    }

    private void register(String id, Duration sessionTimeout, long applied) {
        register(scene, id, sessionTimeout, applied);
    }

    private static Incarnation incarnation(ClientScene scene, String id) {
        return Incarnation.of(id, scene.other.session().id());
    }

    private static byte[] heartbeat(long applied) {
        return new HeartbeatRecord(1, applied, 0, 0, 0, 0, Instant.EPOCH, Optional.empty()).encode();
    }

    static void register(ClientScene scene, String id, Duration sessionTimeout, long applied) {
        Incarnation self = incarnation(scene, id);
        AgentFacts facts = new AgentFacts(
                self,
                "host",
                1,
                Optional.empty(),
                Set.of("index"),
                Map.of(),
                Optional.empty(),
                new Capacity(1, 1, 1),
                false,
                sessionTimeout,
                1,
                1,
                "2026a",
                Instant.EPOCH,
                false);
        scene.other.commit(Transaction.at("test")
                .createEphemeral(Paths.agent(self.name()), AgentFactsCodec.encode(facts))
                .createEphemeral(Paths.heartbeat(self.name()), heartbeat(applied)));
    }

    static void lose(ClientScene scene, String site, boolean afterCommit) {
        if (afterCommit) {
            scene.ensemble.faults().loseReply(site);
        } else {
            scene.ensemble.faults().loseRequest(site);
        }
    }

    static void assertMet(ClientScene scene, String site, boolean afterCommit) {
        var counts = scene.ensemble.faults().count(site);
        assertThat(afterCommit ? counts.lostAfter() : counts.lostBefore())
                .as("faults met at " + site)
                .isPositive();
    }
}
