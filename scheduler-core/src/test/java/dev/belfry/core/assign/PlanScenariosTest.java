package dev.belfry.core.assign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.ownership.Release;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.TableBuilder;
import dev.belfry.core.ownership.Tenancy;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Single situations that the protocol turns on. */
class PlanScenariosTest {
    private static final AgentFacts A = Clusters.agent("a", 1);
    private static final AgentFacts B = Clusters.agent("b", 2);
    private static final JobSpec JOB = JobSpec.of("job", 1, 1, "h");
    private static final ShardKey SHARD = new ShardKey("job", 1, 0);
    private static final Generation G1 = Generation.of(1, 1);
    private static final Generation G2 = Generation.of(1, 2);

    @Test
    void releaseOfAnEarlierTenancyIsNotHonoured() {
        PlanInput input = PlanInput.of(List.of(JOB), List.of(A, B), row(A, G2, Successor.of(B.incarnation())));
        assertThat(Plan.of(input.withReleased(List.of(new Release(SHARD, G1)))).isEmpty())
                .isTrue();
        assertThat(Plan.of(input.withReleased(List.of(new Release(SHARD, G2)))).changes())
                .containsExactly(new Change.Grant(SHARD, B.incarnation()));
    }

    @Test
    void releaseCountsAlsoWhenTheMoveWasTakenBack() {
        PlanInput input = PlanInput.of(List.of(JOB), List.of(A), row(A, G1, Successor.NONE))
                .withReleased(List.of(new Release(SHARD, G1)));
        Plan plan = Plan.of(input);
        assertThat(plan.changes()).containsExactly(new Change.Grant(SHARD, A.incarnation()));
        assertThat(plan.apply(input.table(), G2).table().tenancy(SHARD))
                .contains(new Tenancy(A.incarnation(), G2, Successor.NONE));
    }

    @Test
    void releasedShardWhoseSuccessorDiedIsGrantedAnew() {
        PlanInput input = PlanInput.of(List.of(JOB), List.of(A), row(A, G1, Successor.of(B.incarnation())))
                .withReleased(List.of(new Release(SHARD, G1)));
        assertThat(Plan.of(input).changes()).containsExactly(new Change.Grant(SHARD, A.incarnation()));
    }

    @Test
    void moveWhoseSuccessorDiedIsTakenBackWhileTheOwnerHoldsIt() {
        PlanInput input = PlanInput.of(List.of(JOB), List.of(A), row(A, G1, Successor.of(B.incarnation())));
        assertThat(Plan.of(input).changes())
                .containsExactly(new Change.Retract(SHARD, A.incarnation(), Successor.NONE));
    }

    @Test
    void drainingOwnerWhoseSuccessorDiedGetsAnother() {
        AgentFacts c = Clusters.agent("c", 3);
        PlanInput input =
                PlanInput.of(List.of(JOB), List.of(A.withDraining(true), c), row(A, G1, Successor.of(B.incarnation())));
        assertThat(Plan.of(input).changes())
                .containsExactly(new Change.Retract(SHARD, A.incarnation(), Successor.of(c.incarnation())));
    }

    @Test
    void shardOfAGoneOwnerIsLeftAloneUntilItsLeaseIsOver() {
        PlanInput input = PlanInput.of(List.of(JOB), List.of(B), row(A, G1, Successor.NONE));
        assertThat(Plan.of(input).isEmpty()).isTrue();
        assertThat(Plan.of(input.withReplaceable(Set.of(A.incarnation()))).changes())
                .containsExactly(new Change.Grant(SHARD, B.incarnation()));
    }

    @Test
    void deletedJobIsWithdrawnAndItsRowDroppedOnceReleased() {
        PlanInput input = PlanInput.of(List.of(JOB.withActive(false)), List.of(A), row(A, G1, Successor.NONE));
        Plan plan = Plan.of(input);
        assertThat(plan.changes()).containsExactly(new Change.Withdraw(SHARD, A.incarnation()));
        AssignmentTable withdrawn = plan.apply(input.table(), G2).table();
        PlanInput next = PlanInput.of(List.of(), List.of(A), withdrawn);
        assertThat(Plan.of(next).isEmpty()).isTrue();
        assertThat(Plan.of(next.withReleased(List.of(new Release(SHARD, G1)))).changes())
                .containsExactly(new Change.Drop(SHARD));
    }

    @Test
    void rowOfAnEndedLayoutGoesOnlyWhenItsOwnerSaysThatItIsSettled() {
        JobSpec over = JOB.withActive(false).withEnded(List.of(EndedLayout.of(1, 1)));
        PlanInput input = PlanInput.of(List.of(over), List.of(A, B), row(A, G1, Successor.WITHDRAW));
        Release release = new Release(SHARD, G1);
        assertThat(Plan.of(input.withReleased(List.of(release))).changes())
                .as("let go before it knew of the end")
                .singleElement()
                .isInstanceOf(Change.Settle.class);
        assertThat(Plan.of(input.withReleased(List.of(release), List.of(release)))
                        .changes())
                .containsExactly(new Change.Drop(SHARD));
    }

    @Test
    void shardOfAnEndedLayoutWhoseOwnerIsLostIsSettledByAnother() {
        JobSpec wider = JOB.withLayout(2, 1).withEnded(List.of(EndedLayout.of(1, 1)));
        PlanInput input = PlanInput.of(List.of(wider), List.of(B), row(A, G1, Successor.NONE));
        assertThat(Plan.of(input).isEmpty()).as("its lease may hold").isTrue();
        Plan plan = Plan.of(input.withReplaceable(Set.of(A.incarnation())));
        assertThat(plan.changes()).containsExactly(new Change.Settle(SHARD, B.incarnation()));
        Tenancy row = plan.apply(input.table(), G2).table().tenancy(SHARD).orElseThrow();
        assertThat(row).isEqualTo(new Tenancy(B.incarnation(), G2, Successor.WITHDRAW));
    }

    @Test
    void layoutThatNobodyEverHadIsSettledToo() {
        BitSet first = new BitSet();
        first.set(0);
        JobSpec wider = JOB.withLayout(2, 1).withEnded(List.of(new EndedLayout(1, 2, first)));
        Plan plan = Plan.of(PlanInput.of(List.of(wider), List.of(A), AssignmentTable.empty()));
        assertThat(plan.changes()).containsExactly(new Change.Settle(new ShardKey("job", 1, 1), A.incarnation()));
    }

    @Test
    void withoutTheHandlerAnywhereAnotherAgentSettles() {
        JobSpec gone =
                JobSpec.of("job", 1, 1, "no such handler").withActive(false).withEnded(List.of(EndedLayout.of(1, 1)));
        PlanInput input = PlanInput.of(List.of(gone), List.of(B), row(A, G1, Successor.NONE));
        assertThat(Plan.of(input.withReplaceable(Set.of(A.incarnation()))).changes())
                .containsExactly(new Change.Settle(SHARD, B.incarnation()));
    }

    @Test
    void newLayoutWaitsForEveryShardOfTheOldOne() {
        JobSpec wider = JOB.withLayout(2, 2);
        PlanInput input = PlanInput.of(List.of(wider), List.of(A, B), row(A, G1, Successor.NONE));
        Plan plan = Plan.of(input);
        assertThat(plan.changes()).containsExactly(new Change.Withdraw(SHARD, A.incarnation()));
        assertThat(plan.unplaced()).hasSize(2).allMatch(u -> u.reasons().get(0).contains("older layout"));
        Plan after = Plan.of(input.withReleased(List.of(new Release(SHARD, G1))));
        assertThat(after.changes()).first().isEqualTo(new Change.Drop(SHARD));
        assertThat(after.changes()).hasSize(3);
    }

    @Test
    void laterRegistrationOfTheSameIdIsAssignedNothing() {
        AgentFacts later = Clusters.agent("a", 7);
        Plan plan = Plan.of(PlanInput.of(List.of(JOB.withLayout(1, 4)), List.of(later, A), AssignmentTable.empty()));
        assertThat(plan.changes())
                .hasSize(4)
                .allMatch(c -> ((Change.Grant) c).to().equals(A.incarnation()));
    }

    @Test
    void shardsWaitForTheirAgentWithinTheRejoinGrace() {
        JobSpec patient = JOB.withRejoinGrace(Duration.ofSeconds(30));
        AgentFacts again = Clusters.agent("a", 9);
        Map<Incarnation, java.time.Instant> restarting = Map.of(A.incarnation(), Clusters.START);
        PlanInput gone = PlanInput.of(List.of(patient), List.of(B), row(A, G1, Successor.NONE))
                .withReplaceable(Set.of(A.incarnation()))
                .withRestarting(restarting, Clusters.START.plusSeconds(29));
        assertThat(Plan.of(gone).changes()).isEmpty();
        assertThat(Plan.of(gone).unplaced().get(0).waits()).containsExactly(Wait.REJOIN);
        assertThat(Plan.of(gone).unplaced().get(0).sentence(1))
                .startsWith("Shard 0 waits: agent a announced that it comes back, and has until ");
        PlanInput back = PlanInput.of(List.of(patient), List.of(again, B), gone.table())
                .withReplaceable(gone.replaceable())
                .withRestarting(restarting, gone.now());
        assertThat(Plan.of(back).changes()).containsExactly(new Change.Grant(SHARD, again.incarnation()));
        assertThat(Plan.of(gone.withRestarting(restarting, Clusters.START.plusSeconds(30)))
                        .changes())
                .containsExactly(new Change.Grant(SHARD, B.incarnation()));
    }

    /** Its registration is back before the lease of the one before is over. */
    @Test
    void agentThatIsBackBeforeItsShardsAreFreeIsGivenNothingElseMeanwhile() {
        JobSpec patient = JobSpec.of("patient", 1, 6, "h").withRejoinGrace(Duration.ofSeconds(30));
        TableBuilder rows = AssignmentTable.empty().toBuilder();
        for (int shard = 0; shard < 6; shard++) {
            rows.grant(new ShardKey("patient", 1, shard), (shard < 3 ? A : B).incarnation(), G1);
        }
        AgentFacts again = Clusters.agent("a", 9);
        Map<Incarnation, java.time.Instant> restarting = Map.of(A.incarnation(), Clusters.START);
        PlanInput early = PlanInput.of(List.of(patient), List.of(again, B), rows.build())
                .withRestarting(restarting, Clusters.START.plusSeconds(4));
        assertThat(Plan.of(early).changes()).isEmpty();
        assertThat(Plan.of(early.withReplaceable(Set.of(A.incarnation()))).changes())
                .containsExactlyInAnyOrder(
                        new Change.Grant(new ShardKey("patient", 1, 0), again.incarnation()),
                        new Change.Grant(new ShardKey("patient", 1, 1), again.incarnation()),
                        new Change.Grant(new ShardKey("patient", 1, 2), again.incarnation()));
        assertThat(Plan.of(early.withRestarting(Map.of(), early.now())).changes())
                .as("without an announcement it is an agent like any other, and helps")
                .isNotEmpty();
    }

    @Test
    void restartingAgentDrainsWithoutGivingItsShardsAway() {
        JobSpec patient = JOB.withRejoinGrace(Duration.ofSeconds(30));
        PlanInput input = PlanInput.of(List.of(patient), List.of(A.withDraining(true), B), row(A, G1, Successor.NONE));
        assertThat(Plan.of(input).changes()).containsExactly(new Change.Offer(SHARD, A.incarnation(), B.incarnation()));
        assertThat(Plan.of(input.withRestarting(Map.of(A.incarnation(), Clusters.START), Clusters.START))
                        .isEmpty())
                .isTrue();
    }

    @Test
    void exclusiveJobThatFitsNowhereMovesAnotherOutOfItsWay() {
        AgentFacts special = Clusters.agent("a", 1, Set.of("h", "g"), Map.of(), Optional.empty());
        JobSpec first = JobSpec.of("first", 1, 1, "h").withExclusive("x");
        JobSpec second = JobSpec.of("second", 1, 1, "g").withExclusive("x");
        AssignmentTable table = AssignmentTable.empty().toBuilder()
                .grant(new ShardKey("first", 1, 0), special.incarnation(), G1)
                .build();
        Plan plan = Plan.of(PlanInput.of(List.of(first, second), List.of(special, B), table));
        assertThat(plan.changes())
                .containsExactly(new Change.Offer(new ShardKey("first", 1, 0), special.incarnation(), B.incarnation()));
        assertThat(plan.reasons().get(0)).contains("makes room on a~1 for job second");
        assertThat(plan.unplaced().get(0).reasons().get(0)).contains("agent a has to let go of job first");
        AssignmentTable moving = plan.apply(table, G2).table();
        PlanInput during = PlanInput.of(List.of(first, second), List.of(special, B), moving);
        assertThat(Plan.of(during).isEmpty()).isTrue();
        Plan after = Plan.of(during.withReleased(List.of(new Release(new ShardKey("first", 1, 0), G1))));
        assertThat(after.changes())
                .containsExactlyInAnyOrder(
                        new Change.Grant(new ShardKey("first", 1, 0), B.incarnation()),
                        new Change.Grant(new ShardKey("second", 1, 0), special.incarnation()));
    }

    @Test
    void unplacedShardSaysHowManyAgentsFailWhichRule() {
        JobSpec job =
                JobSpec.of("job", 1, 1, "x").withLabels(LabelSelector.of(Map.of("disk", "ssd")), LabelSelector.ANY);
        AgentFacts plain = Clusters.agent("c", 3, Set.of("x"), Map.of(), Optional.empty());
        Plan plan = Plan.of(PlanInput.of(
                List.of(job),
                List.of(A, B, plain, Clusters.agent("d", 4).withDraining(true)),
                AssignmentTable.empty()));
        assertThat(plan.unplaced().get(0).reasons())
                .containsExactly(
                        "1 agent drains", "2 agents lack handler 'x'", "1 agent does not match labels {disk=[ssd]}");
    }

    @Test
    void preferredAgentIsTakenWhereLoadsAreEqual() {
        AgentFacts ssd = Clusters.agent("a", 1, Set.of("h"), Map.of("disk", "ssd"), Optional.empty());
        JobSpec job = JOB.withLabels(LabelSelector.ANY, LabelSelector.of(Map.of("disk", "ssd")));
        assertThat(Plan.of(PlanInput.of(List.of(job), List.of(ssd, B), AssignmentTable.empty()))
                        .changes())
                .containsExactly(new Change.Grant(SHARD, ssd.incarnation()));
    }

    @Test
    void orphansPreferTheNewestAgentAmongEqualLoads() {
        assertThat(Plan.of(PlanInput.of(List.of(JOB), List.of(A, B), AssignmentTable.empty()))
                        .changes())
                .containsExactly(new Change.Grant(SHARD, B.incarnation()));
    }

    @Test
    void grantNeedsAFreshGeneration() {
        AssignmentTable table = row(A, G2, Successor.NONE);
        assertThatThrownBy(() -> table.toBuilder().grant(SHARD, B.incarnation(), G2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("job/1/0");
    }

    @Test
    void contradictoryInputIsRefused() {
        assertThatThrownBy(() -> PlanInput.of(List.of(JOB, JOB), List.of(A), AssignmentTable.empty()))
                .hasMessageContaining("listed twice");
        assertThatThrownBy(() -> PlanInput.of(List.of(JOB), List.of(A), AssignmentTable.empty())
                        .withReplaceable(Set.of(A.incarnation())))
                .hasMessageContaining("both live and replaceable");
    }

    private static AssignmentTable row(AgentFacts owner, Generation since, Successor next) {
        return AssignmentTable.empty().toBuilder()
                .put(SHARD, new Tenancy(owner.incarnation(), since, next))
                .build();
    }
}
