package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.cluster;
import static dev.belfry.testkit.cluster.Scenes.everywhere;
import static dev.belfry.testkit.cluster.Scenes.finals;
import static dev.belfry.testkit.cluster.Scenes.first;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static dev.belfry.testkit.cluster.Scenes.lasting;
import static dev.belfry.testkit.cluster.Scenes.of;
import static dev.belfry.testkit.cluster.Scenes.untold;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.command.Command;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.LedgerCodec;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.store.Znode;
import dev.belfry.testkit.store.Faults;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Broadcast jobs on agents that do not come back: who accounts for what they may have run, and when. */
@ExtendWith(QuietLogs.class)
class GoneAgentScenariosTest {
    /** Longer than an agent may take to come back. */
    private static final Duration FOR_GOOD = Duration.ofMinutes(11);

    private static JobRecord job(SimCluster cluster) {
        Znode znode = cluster.ensemble().peek(Paths.job("work")).orElseThrow();
        return JobRecordCodec.decode(znode.path(), znode.data(), znode.modified());
    }

    private static LedgerRecord ledger(SimCluster cluster, Execution execution) {
        String path = execution.shard().ledgerPath();
        return LedgerCodec.decode(
                path, cluster.ensemble().peek(path).orElseThrow().data());
    }

    private static void mayHaveRun(SimCluster cluster, Execution execution) {
        Scenes.mayHaveRun(cluster, execution, Outcome.MISSED);
    }

    /** An attempt that its agent was killed under, of a job that fires every two seconds. */
    private static Execution cut(SimCluster cluster) {
        cluster.run(Duration.ofMillis(500));
        cluster.behave(lasting(10));
        Execution cut = first(cluster);
        cluster.run(Duration.ofSeconds(1));
        cluster.agent(cut.process().name()).orElseThrow().kill();
        cluster.behave(Behaviour.PROMPT);
        return cut;
    }

    /** An attempt that was cut short when its agent closed; the agent does not come back. */
    private static Execution left(SimCluster cluster) {
        cluster.run(Duration.ofMillis(500));
        cluster.behave(lasting(10));
        Execution cut = first(cluster);
        new Fault.Leave(cut.process().name(), Duration.ofSeconds(1), Duration.ofHours(1)).inflict(cluster);
        cluster.behave(Behaviour.PROMPT);
        cluster.run(Duration.ofSeconds(5));
        assertThat(cut.how()).isEqualTo(Execution.End.STOPPED);
        return cut;
    }

    @Test
    void attemptCutShortByAnAgentThatClosedIsSettledByAnotherWhenItDoesNotComeBack() {
        SimCluster cluster = cluster(66, everywhere("work", 2_000));
        Execution cut = left(cluster);
        cluster.run(Duration.ofMinutes(9));
        assertThat(finals(cluster, cut)).as("it may still come back").isEmpty();
        cluster.run(Duration.ofMinutes(2));
        mayHaveRun(cluster, cut);
        assertThat(ledger(cluster, cut).hasBegun()).isFalse();
        assertThat(cluster.safety().journal().finals(ShardId.of(cut.shard())))
                .as("nothing that was due after it had closed")
                .allMatch(
                        line -> line.outcome() != Outcome.MISSED || line.fire().equals(cut.fire()));
    }

    @Test
    void attemptCutShortByAnAgentThatClosedIsSettledAtOnceWhenTheJobIsDeleted() {
        SimCluster cluster = cluster(67, everywhere("work", 2_000));
        Execution cut = left(cluster);
        cluster.operator().command(Command.Kind.DELETE, "work");
        cluster.run(Duration.ofSeconds(30));
        mayHaveRun(cluster, cut);
    }

    @Test
    void whatAnAgentThatNeverComesBackMayHaveRunIsSettledByAnother() {
        SimCluster cluster = cluster(61, everywhere("work", 500));
        List<Execution> untold = untold(cluster, () -> {});
        Instant killed = cluster.now();
        cluster.run(Duration.ofMinutes(9));
        assertThat(untold)
                .as("it may still come back")
                .hasSizeGreaterThan(2)
                .allSatisfy(execution -> assertThat(finals(cluster, execution)).isEmpty());
        cluster.run(Duration.ofMinutes(2));
        assertThat(untold).allSatisfy(execution -> mayHaveRun(cluster, execution));
        assertThat(cluster.safety().journal().finals(ShardId.of(untold.get(0).shard())))
                .as("an agent that is not there owes nothing")
                .noneMatch(line -> line.last().isAfter(killed.plusSeconds(40)));
        assertThat(ledger(cluster, untold.get(0)).released()).isPresent();
        heals(cluster, Duration.ofSeconds(15));
    }

    @Test
    void aNewMasterSettlesWhatTheOneBeforeHadNotYet() {
        SimCluster cluster = cluster(62, everywhere("work", 500));
        cluster.start("a3");
        cluster.run(Duration.ofSeconds(3));
        List<Execution> untold = untold(cluster, () -> {});
        cluster.run(Duration.ofMinutes(5));
        SimAgent master = cluster.master().orElseThrow();
        master.kill();
        cluster.run(Duration.ofMinutes(1));
        cluster.start(master.id());
        cluster.run(FOR_GOOD);
        assertThat(untold).hasSizeGreaterThan(2).allSatisfy(execution -> mayHaveRun(cluster, execution));
        heals(cluster, Duration.ofSeconds(15));
    }

    @Test
    void whatAnAgentThatNeverComesBackHadBegunEndsAsWhatMayHaveRun() {
        SimCluster cluster = cluster(63, everywhere("work", 2_000));
        Execution cut = cut(cluster);
        cluster.run(FOR_GOOD);
        mayHaveRun(cluster, cut);
        assertThat(ledger(cluster, cut).above()).isEmpty();
        heals(cluster, Duration.ofSeconds(15));
    }

    @Test
    void whatAnAgentThatNeverComesBackHadClaimedIsLost() {
        SimCluster cluster = cluster(64, everywhere("work", 2_000).recovery(Recovery.SKIP));
        Execution cut = cut(cluster);
        cluster.run(FOR_GOOD);
        assertThat(finals(cluster, cut)).extracting(FireEntry::outcome).containsExactly(Outcome.LOST);
        heals(cluster, Duration.ofSeconds(15));
    }

    @Test
    void agentThatComesBackInTimeRunsAgainWhatItHadBegun() {
        SimCluster cluster = cluster(65, everywhere("work", 2_000));
        Execution cut = cut(cluster);
        cluster.run(Duration.ofMinutes(8));
        cluster.start(cut.process().name());
        cluster.run(FOR_GOOD);
        assertThat(of(cluster, cut.fire(), cut)).hasSize(2);
        assertThat(finals(cluster, cut))
                .singleElement()
                .satisfies(line -> assertThat(line.outcome()).isEqualTo(Outcome.SUCCEEDED));
        heals(cluster, Duration.ofSeconds(15));
    }

    @Test
    void agentThatComesBackAfterItWasSettledGoesOnFromThere() {
        SimCluster cluster = cluster(66, everywhere("work", 500));
        List<Execution> untold = untold(cluster, () -> {});
        cluster.run(FOR_GOOD);
        Instant back = cluster.now();
        cluster.start(untold.get(0).process().name());
        cluster.run(Duration.ofSeconds(10));
        assertThat(untold).hasSizeGreaterThan(2).allSatisfy(execution -> mayHaveRun(cluster, execution));
        assertThat(cluster.safety().journal().finals(ShardId.of(untold.get(0).shard())))
                .filteredOn(line -> line.fire().due().isAfter(back))
                .hasSizeGreaterThan(10)
                .allMatch(line ->
                        line.outcome() == Outcome.SUCCEEDED && line.reason().isEmpty());
        heals(cluster, Duration.ofSeconds(15));
    }

    @Test
    void deletedBroadcastJobIsClosedOnceWhatALostAgentMayHaveRunIsSettled() {
        SimCluster cluster = cluster(67, everywhere("work", 500));
        List<Execution> untold = untold(cluster, () -> cluster.operator().command(Command.Kind.DELETE, "work"));
        cluster.runUntil(Duration.ofSeconds(60), () -> job(cluster).closed());
        assertThat(job(cluster).closed()).isTrue();
        assertThat(untold).hasSizeGreaterThan(2).allSatisfy(execution -> mayHaveRun(cluster, execution));
        heals(cluster, Duration.ofSeconds(10));
    }

    @Test
    void agentThatComesBackAfterTheEndOfItsJobLeavesTheSettlingToAnother() {
        SimCluster cluster = cluster(68, everywhere("work", 500));
        List<Execution> untold = untold(cluster, () -> cluster.operator().command(Command.Kind.DELETE, "work"));
        cluster.run(Duration.between(cluster.now(), job(cluster).deletedAt().orElseThrow())
                .plusSeconds(1));
        cluster.start(untold.get(0).process().name());
        cluster.runUntil(Duration.ofSeconds(60), () -> job(cluster).closed());
        assertThat(job(cluster).closed()).isTrue();
        assertThat(untold).hasSizeGreaterThan(2).allSatisfy(execution -> mayHaveRun(cluster, execution));
        heals(cluster, Duration.ofSeconds(10));
    }

    @Test
    void agentThatComesBackWhileItIsBeingSettledKeepsItsPart() {
        SimCluster cluster = cluster(69, everywhere("work", 500));
        List<Execution> untold = untold(cluster, () -> {});
        String id = untold.get(0).process().name();
        cluster.operator().command(Command.Kind.PAUSE, "work");
        cluster.run(Duration.ofMinutes(9));
        boolean[] struck = {false};
        cluster.ensemble().faults().strikeNext("ledger-flush", Faults.Moment.SENDING, settler -> {
            struck[0] = true;
            cluster.ensemble().delay(settler, Duration.ofSeconds(1), Duration.ofSeconds(3));
            cluster.start(id);
        });
        cluster.run(Duration.ofMinutes(3));
        assertThat(struck[0]).isTrue();
        assertThat(ledger(cluster, untold.get(0)).writer())
                .isEqualTo(cluster.agent(id).orElseThrow().agent().incarnation().orElseThrow());
        assertThat(ledger(cluster, untold.get(0)).released()).isEmpty();
        assertThat(untold)
                .hasSizeGreaterThan(2)
                .allSatisfy(execution -> assertThat(finals(cluster, execution)).hasSize(1));
        cluster.operator().command(Command.Kind.RESUME, "work");
        heals(cluster, Duration.ofSeconds(15));
    }

    /** An agent of which nobody knew before takes part in a broadcast job, and closes. */
    private static SimCluster withTheGone(int seed) {
        SimCluster cluster = cluster(seed, everywhere("work", 30_000));
        cluster.start("guest");
        cluster.run(Duration.ofMinutes(2));
        new Fault.Leave("guest", Duration.ofSeconds(1), Duration.ofHours(9)).inflict(cluster);
        cluster.run(Duration.ofMinutes(1));
        assertThat(cluster.ensemble().peek(part(cluster, "guest"))).isPresent();
        return cluster;
    }

    private static String part(SimCluster cluster, String agentId) {
        return Paths.broadcastLedger(job(cluster).uid(), agentId);
    }

    @Test
    void partOfAnAgentThatIsGoneIsRemovedAnHourLaterAndItsTokensGoOnRising() {
        SimCluster cluster = withTheGone(71);
        cluster.run(Duration.ofMinutes(50));
        assertThat(cluster.ensemble().peek(part(cluster, "guest"))).isPresent();
        cluster.run(Duration.ofMinutes(15));
        assertThat(cluster.ensemble().peek(part(cluster, "guest"))).isEmpty();
        assertThat(cluster.agents())
                .filteredOn(agent -> !agent.id().equals("guest"))
                .hasSize(3)
                .allSatisfy(agent -> assertThat(cluster.ensemble().peek(part(cluster, agent.id())))
                        .isPresent());
        cluster.start("guest");
        cluster.run(Duration.ofMinutes(2));
        assertThat(cluster.evidence().all())
                .filteredOn(execution -> execution.shard().shard().equals("guest"))
                .hasSizeGreaterThan(6)
                .isSortedAccordingTo(Comparator.comparingLong(Execution::token));
        heals(cluster, Duration.ofSeconds(40));
    }

    @Test
    void partOfAnAgentThatIsThereAndDoesNotTakePartIsKept() {
        SimCluster cluster = cluster(72, everywhere("work", 30_000));
        cluster.run(Duration.ofMinutes(2));
        String drained = cluster.agents().stream()
                .filter(agent -> !cluster.master().equals(Optional.of(agent)))
                .findFirst()
                .orElseThrow()
                .id();
        cluster.operator().command(Command.Kind.DRAIN, drained);
        cluster.run(Duration.ofMinutes(1));
        SimAgent master = cluster.master().orElseThrow();
        master.kill();
        cluster.start(master.id());
        cluster.run(Duration.ofMinutes(90));
        Optional<Znode> kept = cluster.ensemble().peek(part(cluster, drained));
        assertThat(kept).isPresent();
        Znode part = kept.orElseThrow();
        assertThat(LedgerCodec.decode(part.path(), part.data()).released()).isPresent();
        cluster.operator().command(Command.Kind.UNDRAIN, drained);
        cluster.run(Duration.ofMinutes(2));
        assertThat(cluster.evidence().all())
                .filteredOn(execution -> execution.shard().shard().equals(drained))
                .hasSizeGreaterThan(6)
                .isSortedAccordingTo(Comparator.comparingLong(Execution::token));
        heals(cluster, Duration.ofSeconds(40));
    }

    @Test
    void agentThatComesBackWhileItsPartIsRemovedTakesPart() {
        for (Faults.Moment moment : Faults.Moment.values()) {
            SimCluster cluster = withTheGone(73);
            boolean[] struck = {false};
            cluster.ensemble().faults().strikeNext("part-forget", moment, master -> {
                struck[0] = true;
                cluster.ensemble().delay(master, Duration.ofSeconds(1), Duration.ofSeconds(3));
                cluster.start("guest");
            });
            cluster.run(Duration.ofMinutes(65));
            assertThat(struck[0]).isTrue();
            assertThat(ledger(cluster, last(cluster, "guest")).released()).isEmpty();
            assertThat(cluster.evidence().all())
                    .filteredOn(execution -> execution.shard().shard().equals("guest"))
                    .hasSizeGreaterThan(10)
                    .isSortedAccordingTo(Comparator.comparingLong(Execution::token));
            heals(cluster, Duration.ofSeconds(40));
        }
    }

    private static Execution last(SimCluster cluster, String agentId) {
        return cluster.evidence().all().stream()
                .filter(execution -> execution.shard().shard().equals(agentId))
                .reduce((before, after) -> after)
                .orElseThrow();
    }

    /** The only agent was drained, lost while an attempt ran, and is back: ten minutes later it settles that itself. */
    private static SimCluster drainedAndBack() {
        SimCluster cluster = new SimCluster(70, ClusterOptions.DEFAULT);
        cluster.start("a0");
        cluster.operator().apply(everywhere("work", 2_000).build());
        cluster.run(Duration.ofSeconds(6));
        cluster.behave(lasting(30));
        cluster.run(Duration.ofSeconds(3));
        cluster.operator().command(Command.Kind.DRAIN, "a0");
        cluster.run(Duration.ofSeconds(2));
        cluster.agent("a0").orElseThrow().kill();
        cluster.behave(Behaviour.PROMPT);
        cluster.start("a0");
        cluster.run(Duration.ofMinutes(9));
        return cluster;
    }

    @Test
    void agentThatSettlesItsOwnPartTakesItUpWhenItsDrainIsTakenBackMeanwhile() {
        SimCluster watched = drainedAndBack();
        Instant[] settled = {Instant.MAX};
        watched.ensemble()
                .faults()
                .strikeNext("ledger-flush", Faults.Moment.SENDING, who -> settled[0] = watched.now());
        assertThat(watched.runUntil(Duration.ofMinutes(3), () -> settled[0].isBefore(Instant.MAX)))
                .isTrue();
        for (int ahead = 6; ahead < 45; ahead += 3) {
            SimCluster cluster = drainedAndBack();
            cluster.run(Duration.between(cluster.now(), settled[0]).minusMillis(ahead));
            cluster.operator().command(Command.Kind.UNDRAIN, "a0");
            heals(cluster, Duration.ofSeconds(20));
        }
    }
}
