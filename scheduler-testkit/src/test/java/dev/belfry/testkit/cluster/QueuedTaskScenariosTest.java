package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.SETTLED;
import static dev.belfry.testkit.cluster.Scenes.lasting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.job.Retry;
import dev.belfry.core.job.TimeoutAction;
import dev.belfry.core.job.Timeouts;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.queue.Outbox;
import dev.belfry.core.queue.Outbox.Left;
import dev.belfry.core.queue.Outbox.Report;
import dev.belfry.core.queue.Outbox.Stage;
import dev.belfry.core.queue.OutboxItem;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.JobVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an agent does with the tasks that it is handed, whatever happens to it, its messages and its session. */
@ExtendWith(QuietLogs.class)
class QueuedTaskScenariosTest {
    private static final Duration LONGER_THAN_A_LEASE = Duration.ofSeconds(5);

    private SimCluster cluster;
    private SimAgent agent;
    private String self;
    private Dispatcher master;

    /** One agent and a job that is run only when it is handed over. */
    private void begin(long seed, Job job) {
        cluster = new SimCluster(seed, ClusterOptions.DEFAULT);
        // It stays master, and leaves inboxes alone that were not there when its term began.
        cluster.start("m0");
        cluster.runUntil(SETTLED, () -> cluster.master().isPresent());
        agent = cluster.start("a0");
        cluster.operator().apply(job.build());
        cluster.run(SETTLED);
        self = Dispatcher.incarnation(agent);
        master = new Dispatcher(cluster);
    }

    private static Job work() {
        return Job.named("work").handler(SimCluster.HANDLER).manual();
    }

    private static Job atMostOnce() {
        return work().recovery(Recovery.SKIP);
    }

    private List<Execution> executions() {
        return cluster.evidence().all().stream()
                .filter(execution -> execution.shard().isQueued())
                .toList();
    }

    private void cut(Duration length) {
        new Fault.Cut("a0", Fault.Way.BOTH, length).inflict(cluster);
    }

    @Test
    void whatIsInTheInboxIsRunOnceAndReported() {
        begin(1, work());
        long first = master.hand(agent, "work");
        long second = master.hand(agent, "work");
        Report report = master.await(self, second, Stage.SUCCEEDED);
        assertThat(report.started()).isAfter(Instant.EPOCH);
        assertThat(report.ended()).isAfterOrEqualTo(report.started());
        assertThat(master.await(self, first, Stage.SUCCEEDED).left()).isEqualTo(Left.NOTHING);
        cluster.run(SETTLED);
        assertThat(executions()).extracting(Execution::token).containsExactly(first, second);
    }

    @Test
    void endIsKeptUntilTheInboxDoesNotHoldItAndItsNumberIsNotTakenAgain() {
        begin(2, work());
        long first = master.hand(agent, "work");
        master.await(self, first, Stage.SUCCEEDED);
        long second = master.hand(agent, "work");
        master.await(self, second, Stage.SUCCEEDED);
        assertThat(master.outbox(self).reports()).extracting(Report::number).containsExactly(first, second);
        master.settle(self, first);
        long third = master.hand(agent, "work");
        master.await(self, third, Stage.SUCCEEDED);
        assertThat(master.outbox(self).reports()).extracting(Report::number).containsExactly(second, third);
        master.putBack(self, first, master.uid("work"));
        cluster.run(SETTLED);
        assertThat(executions()).hasSize(3);
        assertThat(master.report(self, first)).isEmpty();
    }

    @Test
    void atMostOnceItStartsOnlyWhenItsClaimIsDurable() {
        begin(3, atMostOnce());
        cluster.behave(lasting(3));
        cluster.ensemble().faults().loseRequest("outbox-flush");
        long number = master.hand(agent, "work");
        cluster.runUntil(Duration.ofSeconds(20), () -> {
            boolean claimed = master.report(self, number).isPresent();
            assertThat(claimed || executions().isEmpty())
                    .as("claimed before it starts")
                    .isTrue();
            return !executions().isEmpty();
        });
        master.await(self, number, Stage.SUCCEEDED);
        assertThat(executions()).hasSize(1);
    }

    @Test
    void claimWhoseReplyIsLostIsReadBack() {
        begin(4, atMostOnce());
        cluster.ensemble().faults().loseReply("outbox-flush");
        long number = master.hand(agent, "work");
        master.await(self, number, Stage.SUCCEEDED);
        assertThat(executions()).hasSize(1);
    }

    @Test
    void nothingBeginsWithoutALeaseAndWhatWaitsBeginsWhenThereIsOneAgain() {
        begin(5, work());
        cluster.ensemble().denyWrites(Paths.HEARTBEATS);
        cluster.runUntil(
                LONGER_THAN_A_LEASE.multipliedBy(2), () -> !agent.agent().leaseHolds());
        long number = master.hand(agent, "work");
        cluster.run(Duration.ofSeconds(3));
        assertThat(executions()).isEmpty();
        cluster.ensemble().allowAll();
        master.await(self, number, Stage.SUCCEEDED);
    }

    @Test
    void whatTheEndOfTheLeaseCutsShortIsReportedAsLostOnceThereIsALeaseAgain() {
        begin(6, work());
        cluster.behave(lasting(60));
        long number = master.hand(agent, "work");
        master.await(self, number, Stage.STARTED);
        cluster.ensemble().denyWrites(Paths.HEARTBEATS);
        cluster.runUntil(
                LONGER_THAN_A_LEASE.multipliedBy(2), () -> !agent.agent().leaseHolds());
        cluster.run(Duration.ofSeconds(2));
        assertThat(executions()).singleElement().matches(e -> e.how() == Execution.End.STOPPED);
        assertThat(master.report(self, number)).map(Report::stage).contains(Stage.STARTED);
        cluster.ensemble().allowAll();
        Report report = master.await(self, number, Stage.LOST);
        assertThat(report.reason()).isEqualTo(Reasons.LEASE_OVER);
        assertThat(report.started()).isAfter(Instant.EPOCH);
    }

    @Test
    void markedOneIsStoppedAndOneThatHasNotBegunNeverBegins() {
        begin(7, work());
        cluster.behave(lasting(60));
        long running = master.hand(agent, "work");
        master.await(self, running, Stage.STARTED);
        cluster.ensemble().denyWrites(Paths.HEARTBEATS);
        cluster.runUntil(
                LONGER_THAN_A_LEASE.multipliedBy(2), () -> !agent.agent().leaseHolds());
        long waiting = master.hand(agent, "work");
        cluster.run(Duration.ofSeconds(1));
        master.cancel(self, waiting, "operator");
        cluster.ensemble().allowAll();
        assertThat(master.await(self, waiting, Stage.CANCELLED).started()).isEqualTo(Instant.EPOCH);
        long last = master.hand(agent, "work");
        master.await(self, last, Stage.STARTED);
        master.cancel(self, last, "operator");
        assertThat(master.await(self, last, Stage.CANCELLED).reason()).isEqualTo("operator");
        assertThat(executions()).hasSize(2);
    }

    @Test
    void deafAttemptIsLeftToItselfAndReported() {
        begin(8, work());
        cluster.behave((task, random) -> new Behaviour.Act(Duration.ofSeconds(50), true, false, false));
        long number = master.hand(agent, "work");
        master.await(self, number, Stage.STARTED);
        master.cancel(self, number, "operator");
        cluster.run(Duration.ofSeconds(5));
        master.await(self, number, Stage.CANCELLED);
        assertThat(executions()).singleElement().matches(Execution::wasAbandoned);
        cluster.run(Duration.ofSeconds(40));
        assertThat(master.report(self, number)).map(Report::stage).contains(Stage.CANCELLED);
    }

    @Test
    void timeoutsEndAnAttempt() {
        begin(
                9,
                work().timeouts(new Timeouts(
                        null, null, Duration.ofSeconds(4), null, TimeoutAction.CANCEL, Duration.ofSeconds(1))));
        cluster.behave(lasting(60));
        long own = master.hand(agent, "work", new Dispatcher.Wish(1, Duration.ofSeconds(2), false, Optional.empty()));
        long total = master.hand(agent, "work", new Dispatcher.Wish(1, Duration.ofSeconds(2), true, Optional.empty()));
        long silent = master.hand(agent, "work");
        Report report = master.await(self, own, Stage.TIMED_OUT);
        assertThat(report.reason()).isEqualTo(Reasons.ATTEMPT_TIMEOUT);
        assertThat(report.retryable()).isTrue();
        assertThat(Duration.between(report.started(), report.ended())).isLessThan(Duration.ofSeconds(3));
        assertThat(master.await(self, total, Stage.TIMED_OUT).reason()).isEqualTo(Reasons.TOTAL_TIMEOUT);
        assertThat(master.await(self, total, Stage.TIMED_OUT).retryable()).isFalse();
        assertThat(master.await(self, silent, Stage.TIMED_OUT).reason()).isEqualTo(Reasons.HEARTBEAT_TIMEOUT);
    }

    @Test
    void failureSaysWhetherAnotherAttemptMayHelp() {
        begin(10, work());
        cluster.operator()
                .apply(Job.named("final")
                        .handler(SimCluster.HANDLER)
                        .manual()
                        .retry(new Retry(
                                3,
                                Duration.ofSeconds(1),
                                2,
                                Duration.ofSeconds(9),
                                0,
                                List.of("IllegalStateException")))
                        .build());
        cluster.run(SETTLED);
        cluster.behave((task, random) -> new Behaviour.Act(Duration.ofMillis(50), false, true, false));
        long again = master.hand(agent, "work");
        long never = master.hand(agent, "final");
        assertThat(master.await(self, again, Stage.FAILED).retryable()).isTrue();
        Report report = master.await(self, never, Stage.FAILED);
        assertThat(report.retryable()).isFalse();
        assertThat(report.reason()).isEqualTo("java.lang.IllegalStateException: drawn");
    }

    @Test
    void agentThatLeavesRefusesWhatItHasNotBegunAndEndsWhatItHas() {
        begin(11, work());
        cluster.behave(lasting(4));
        long running = master.hand(agent, "work");
        master.await(self, running, Stage.STARTED);
        agent.leave(Duration.ofSeconds(30));
        cluster.run(Duration.ofSeconds(1));
        long late = master.hand(self, master.uid("work"), "late", Dispatcher.Wish.PLAIN);
        master.await(self, late, Stage.REFUSED);
        assertThat(agent.alive()).isTrue();
        master.await(self, running, Stage.SUCCEEDED);
        cluster.run(SETTLED);
        assertThat(agent.alive()).isFalse();
        assertThat(executions()).hasSize(1);
    }

    @Test
    void agentThatIsOutOfPatienceCutsShortWhatRunsAndSaysSo() {
        begin(12, work());
        cluster.behave(lasting(60));
        long running = master.hand(agent, "work");
        master.await(self, running, Stage.STARTED);
        agent.leave(Duration.ofSeconds(3));
        assertThat(master.await(self, running, Stage.LOST).reason()).isEqualTo(Reasons.CLOSING);
    }

    @Test
    void whatItHasNoHandlerOrNoDefinitionForIsRefused() {
        begin(13, work());
        cluster.operator()
                .apply(Job.named("other").handler("elsewhere").manual().build());
        cluster.run(SETTLED);
        long other = master.hand(agent, "other");
        long unknown = master.hand(self, "never-was", "r", Dispatcher.Wish.PLAIN);
        assertThat(master.await(self, other, Stage.REFUSED).reason()).isEqualTo("no-handler");
        assertThat(master.await(self, unknown, Stage.REFUSED).reason()).isEqualTo("unknown-job");
        assertThat(executions()).isEmpty();
    }

    @Test
    void definitionThatIsStillBeingReadIsWaitedFor() {
        begin(14, work());
        // The definition cannot be read when the inbox is: that it is not known does not mean that there is none.
        cluster.ensemble().denyReads(Paths.JOBS);
        JobVersion version = new JobVersion(
                1,
                Instant.EPOCH,
                Instant.EPOCH,
                1,
                Job.named("fresh").handler(SimCluster.HANDLER).manual().build(),
                false,
                new Author(Author.Origin.OPERATOR, "operator", ""));
        JobRecord fresh = new JobRecord("fresh", "fresh-1", List.of(version), List.of(), Optional.empty());
        Rogue.commit(
                cluster,
                transaction -> transaction
                        .create(Paths.jobBucket("fresh"), new byte[0])
                        .create(Paths.job("fresh"), JobRecordCodec.encode(fresh)));
        cluster.run(Duration.ofSeconds(1));
        assertThat(cluster.safety().jobs().named("fresh")).isPresent();
        long number = master.hand(agent, "fresh");
        cluster.run(Duration.ofSeconds(1));
        assertThat(master.report(self, number)).isEmpty();
        cluster.ensemble().allowAll();
        // It compares everything with its next connection.
        cluster.ensemble()
                .killServer(cluster.ensemble().serverOf(agent.connection()).orElseThrow());
        master.await(self, number, Stage.SUCCEEDED);
    }

    @Test
    void newSessionInheritsNothing() {
        begin(15, work());
        cluster.behave(lasting(60));
        long number = master.hand(agent, "work");
        master.await(self, number, Stage.STARTED);
        new Fault.Expire("a0").inflict(cluster);
        cluster.run(Duration.ofSeconds(10));
        assertThat(Dispatcher.incarnation(agent)).isNotEqualTo(self);
        assertThat(executions()).singleElement().matches(e -> e.how() == Execution.End.STOPPED);
        assertThat(master.report(self, number)).map(Report::stage).contains(Stage.STARTED);
        cluster.behave(Behaviour.PROMPT);
        long next = master.hand(agent, "work");
        master.await(Dispatcher.incarnation(agent), next, Stage.SUCCEEDED);
        assertThat(master.outbox(Dispatcher.incarnation(agent)).reports()).hasSize(1);
    }

    @Test
    void pausedProcessSaysNothingOnceItsSessionIsOver() {
        begin(16, work());
        cluster.behave(lasting(3));
        long number = master.hand(agent, "work");
        master.await(self, number, Stage.STARTED);
        agent.pause();
        cluster.run(Duration.ofSeconds(12));
        assertThat(cluster.ensemble().peek(Paths.agent(self))).isEmpty();
        agent.resume();
        cluster.run(Duration.ofSeconds(8));
        assertThat(master.report(self, number)).map(Report::stage).contains(Stage.STARTED);
    }

    @Test
    void processThatIsStartedAgainTakesOnlyWhatIsInItsOwnInbox() {
        begin(17, work());
        cluster.behave(lasting(60));
        long number = master.hand(agent, "work");
        master.await(self, number, Stage.STARTED);
        agent.kill();
        SimAgent again = cluster.start("a0");
        cluster.run(Duration.ofSeconds(12));
        assertThat(Dispatcher.incarnation(again)).isNotEqualTo(self);
        assertThat(executions()).hasSize(1);
    }

    @Test
    void markThatWasWrittenWithoutAConnectionIsFoundAfterwards() {
        begin(18, work());
        cluster.behave(lasting(60));
        long number = master.hand(agent, "work");
        master.await(self, number, Stage.STARTED);
        cut(Duration.ofSeconds(2));
        cluster.run(Duration.ofMillis(300));
        master.cancel(self, number, "operator");
        master.await(self, number, Stage.CANCELLED);
        assertThat(Dispatcher.incarnation(agent)).isEqualTo(self);
    }

    @Test
    void checkpointOfALostAgentIsWhatTheNextAttemptGoesOnFrom() {
        begin(19, work());
        cluster.start("a1");
        cluster.run(SETTLED);
        cluster.behave((task, random) -> new Behaviour.Act(Duration.ofSeconds(8), true, true, true));
        long first = master.hand(agent, "work");
        OutboxItem item = new OutboxItem(self, first);
        cluster.runUntil(
                Duration.ofSeconds(20),
                () -> cluster.ensemble().peek(item.path()).isPresent());
        assertThat(master.report(self, first)).map(Report::left).contains(Left.CHECKPOINT);
        agent.kill();
        cluster.run(Duration.ofSeconds(12));
        SimAgent other = cluster.agent("a1").orElseThrow();
        Optional<String>[] found = found();
        cluster.behave((task, random) -> {
            found[0] = task.checkpoint().map(record -> new String(record.data(), StandardCharsets.US_ASCII));
            return Behaviour.Act.lasting(Duration.ofSeconds(1));
        });
        long second = master.hand(other, "work", new Dispatcher.Wish(2, null, false, Optional.of(item)));
        master.await(Dispatcher.incarnation(other), second, Stage.SUCCEEDED);
        assertThat(found[0]).contains(Long.toString(first));
        long third = master.hand(
                other, "work", new Dispatcher.Wish(2, null, false, Optional.of(new OutboxItem(self, first + 7))));
        master.await(Dispatcher.incarnation(other), third, Stage.SUCCEEDED);
        assertThat(found[0]).as("of one that is gone").isEmpty();
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of one, to be written from a lambda
    private static Optional<String>[] found() {
        return new Optional[] {Optional.empty()};
    }

    @Test
    void outputLiesBesideTheOutboxAsSoonAsTheSuccessIsToldAndOnlyThen() {
        begin(21, work());
        cluster.behave((task, random) ->
                new Behaviour.Act(Duration.ofSeconds(4), task.order().number() == 1, true, true, "{\"rows\":7}"));
        long number = master.hand(agent, "work");
        long fails = master.hand(agent, "work", new Dispatcher.Wish(2, null, false, Optional.empty()));
        cluster.runUntil(Duration.ofSeconds(20), () -> {
            Optional<String> lying = item(number);
            boolean told = master.report(self, number)
                    .filter(r -> r.left() == Left.OUTPUT)
                    .isPresent();
            assertThat(lying.filter(text -> text.startsWith("{")).isPresent()).isEqualTo(told);
            return told;
        });
        assertThat(master.await(self, number, Stage.SUCCEEDED).left()).isEqualTo(Left.OUTPUT);
        assertThat(item(number)).contains("{\"rows\":7}");
        assertThat(master.await(self, fails, Stage.FAILED).left()).isEqualTo(Left.CHECKPOINT);
        assertThat(item(fails)).contains(Long.toString(fails));
    }

    private Optional<String> item(long number) {
        return cluster.ensemble()
                .peek(new OutboxItem(self, number).path())
                .map(znode -> new String(znode.data(), StandardCharsets.UTF_8));
    }

    @Test
    void aHundredReportsShareFewWrites() {
        begin(20, work());
        long before = cluster.ensemble().faults().count("outbox-flush").sent();
        for (int i = 0; i < 100; i++) {
            master.hand(agent, "work");
        }
        cluster.run(SETTLED);
        Outbox outbox = master.outbox(self);
        assertThat(outbox.reports()).hasSize(100).allMatch(report -> report.stage() == Stage.SUCCEEDED);
        assertThat(cluster.ensemble().faults().count("outbox-flush").sent() - before)
                .isLessThan(250);
    }
}
