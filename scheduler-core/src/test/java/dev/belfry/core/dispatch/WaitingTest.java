package dev.belfry.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Capacity;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.job.StartRate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Every reason for which a task waits, in the words that an operator reads. */
class WaitingTest {

    @Test
    void itMayStart() {
        Yard yard = new Yard().agent("a", 1).job("x").add("x", "1");
        assertThat(yard.why("1")).isEqualTo("starts with the next dispatch");
        assertThat(yard.explain("1").expectedStart()).contains(yard.now);
    }

    @Test
    void theJobIsPaused() {
        Yard yard = new Yard().agent("a", 1).job("x").add("x", "1");
        yard.queue.job(Yard.terms("x", job -> job).withPaused(true));
        assertThat(yard.decide()).isEmpty();
        assertThat(yard.why("1")).isEqualTo("the job is paused");
        assertThat(yard.explain("1").expectedStart()).isEmpty();
        yard.job("x");
        assertThat(yard.decide()).hasSize(1);
    }

    @Test
    void itIsDelayedOrBacksOff() {
        Yard yard = new Yard().agent("a", 1).job("x");
        yard.queue.add(QueuedTask.of(TaskId.of("later", 0), "x", 5, yard.now.plusSeconds(60)));
        yard.queue.add(yard.task("x", "failed").notBefore(yard.now.plusSeconds(10)));
        assertThat(yard.why("later")).isEqualTo("is not due until 2026-11-22T12:01:00Z");
        assertThat(yard.why("failed")).isEqualTo("waits after its last attempt until 2026-11-22T12:00:10Z");
        assertThat(yard.explain("failed").expectedStart()).contains(yard.now.plusSeconds(10));
    }

    @Test
    void theJobHasItsConcurrency() {
        Yard yard = new Yard().agent("a", 9).job("x", job -> job.concurrency(2)).add("x", "1", "2", "3");
        assertThat(yard.decide()).containsExactly("1>a", "2>a");
        assertThat(yard.why("3")).isEqualTo("the job runs 2 of at most 2 tasks at once");
        assertThat(yard.end("1").decide()).containsExactly("3>a");
    }

    @Test
    void aPoolIsFullOrMissing() {
        Yard yard = new Yard(Rules.USUAL.withPools(Map.of("db", 1, "mail", 5)))
                .agent("a", 9)
                .job("x", job -> job.pool("mail", "db"))
                .job("y", job -> job.pool("db"))
                .job("z", job -> job.pool("none"));
        yard.add("x", "1").add("y", "2").add("z", "3");
        assertThat(yard.decide()).containsExactly("1>a");
        assertThat(yard.why("2")).isEqualTo("pool db has no free slot: 1 of 1 taken");
        assertThat(yard.why("3")).isEqualTo("pool none is not declared");
        assertThat(yard.end("1").decide()).containsExactly("2>a");
    }

    @Test
    void theNamespaceHasItsLimit() {
        Yard yard =
                new Yard(Rules.USUAL.withMostRunning(1)).agent("a", 9).job("x").add("x", "1", "2");
        assertThat(yard.decide()).containsExactly("1>a");
        assertThat(yard.why("2")).isEqualTo("the namespace runs 1 of at most 1 tasks at once");
    }

    @Test
    void theRateIsUsedUp() {
        Yard yard = new Yard().agent("a", 99).job("x", job -> job.rate(StartRate.perSecond(2)));
        yard.add("x", "1", "2", "3", "4");
        assertThat(yard.decide()).as("the bucket begins empty").isEmpty();
        assertThat(yard.why("1"))
                .isEqualTo("the job starts at most 2/s; the next may start at 2026-11-22T12:00:00.500Z");
        assertThat(yard.queue.decide(yard.now, 9).again()).contains(yard.now.plusMillis(500));
        assertThat(yard.pass(Duration.ofMillis(500)).decide()).containsExactly("1>a");
        assertThat(yard.pass(Duration.ofMinutes(1)).decide())
                .as("it holds no more than a second")
                .containsExactly("2>a", "3>a");
    }

    @Test
    void aRateBelowOneASecondIsExact() {
        Yard yard = new Yard().agent("a", 99).job("x", job -> job.rate(new StartRate(7, Duration.ofHours(1))));
        for (int i = 0; i < 100; i++) {
            yard.add("x", "r" + i);
        }
        int started = 0;
        for (int second = 0; second < 10 * 3_600; second++) {
            List<String> dispatched = yard.pass(Duration.ofSeconds(1)).decide();
            started += dispatched.size();
            dispatched.forEach(each -> yard.end(each.substring(0, each.indexOf('>'))));
        }
        assertThat(started).isEqualTo(70);
    }

    @Test
    void nothingFitsAndItIsSaidWhatEachAgentLacks() {
        Yard yard = new Yard()
                .agent(Yard.facts("a1", new Capacity(4, 1, 4_000_000_000L), Map.of("disk", "ssd")))
                .agent(Yard.facts("a2", new Capacity(4, 1, 4_000_000_000L), Map.of("disk", "ssd")))
                .agent(Yard.facts("a3", new Capacity(4, 1, 4_000_000_000L), Map.of("disk", "ssd")))
                .agent(Yard.facts("b", new Capacity(4, 8, 64_000_000_000L), Map.of("disk", "hdd")))
                .agent(Yard.facts("c", new Capacity(4, 8, 1_000_000_000L), Map.of("disk", "ssd")));
        yard.job("x", job -> job.requireLabel("disk", "ssd").memory(2_000_000_000L))
                .job("fill", job -> job.memory(3_000_000_000L).requireLabel("disk", "ssd"))
                .add("fill", "f1", "f2", "f3")
                .add("x", "1");
        assertThat(yard.decide()).containsExactly("f1>a1", "f2>a2", "f3>a3");
        assertThat(yard.why("1"))
                .isEqualTo(
                        "no agent has room: 3 agents short of 2GB of memory, 1 too small for 2GB of memory, 1 without"
                                + " label disk=ssd");
        Waiting.NoRoom reason = (Waiting.NoRoom) yard.explain("1").reason();
        assertThat(reason.agents()
                        .get(Yard.facts("a1", new Capacity(1, 1, 1), Map.of()).incarnation()))
                .isEqualTo(
                        new Shortage.Lacking(Shortage.Resource.MEMORY, 2_000_000_000L, 1_000_000_000L, 4_000_000_000L));
    }

    @Test
    void thereIsNoAgentOrNotTheOnlyOne() {
        Yard yard = new Yard().job("x").add("x", "1");
        assertThat(yard.why("1")).isEqualTo("there is no agent");
        assertThat(yard.explain("1").expectedStart()).isEmpty();
        yard.agent("a", 1);
        yard.queue.add(yard.task("x", "2").withWhere(Where.ANYWHERE.onlyOn("b")));
        assertThat(yard.why("2")).isEqualTo("agent b is not there");
    }

    @Test
    void whatAnAgentIsKeepsTasksOffIt() {
        Yard yard = new Yard().job("x").add("x", "1");
        AgentFacts plain = Yard.facts("drains", new Capacity(1, 1, 1), Map.of());
        yard.agent(plain.withDraining(true));
        assertThat(yard.why("1")).isEqualTo("no agent has room: 1 agent draining");
        AgentFacts busy = Yard.facts("busy", new Capacity(1, 1, 1), Map.of());
        yard.queue.agent(AgentState.of(busy).withLoad(0.95, -1));
        yard.queue.agent(AgentState.of(Yard.facts("full", new Capacity(1, 1, 1), Map.of()))
                .withLoad(0.1, 0.99));
        assertThat(yard.why("1"))
                .isEqualTo("no agent has room: 1 agent above the threshold of load of 0.9, 1 above the threshold of"
                        + " memory of 0.9, 1 draining");
        assertThat(yard.decide()).isEmpty();
        yard.queue.load(busy.incarnation(), 0.9, 0.9);
        assertThat(yard.decide()).containsExactly("1>busy");
    }

    @Test
    void anAgentGetsNothingInItsFirstSecond() {
        Yard yard = new Yard().job("x").add("x", "1");
        AgentFacts old = Yard.facts("a", new Capacity(1, 1, 1), Map.of());
        yard.agent(new AgentFacts(
                old.incarnation(),
                old.host(),
                1,
                old.endpoint(),
                old.handlers(),
                old.labels(),
                old.zone(),
                old.capacity(),
                false,
                old.sessionTimeout(),
                1,
                1,
                old.tzdata(),
                yard.now,
                false));
        assertThat(yard.queue.decide(yard.now, 9).again()).contains(yard.now.plusSeconds(1));
        assertThat(yard.why("1")).isEqualTo("no agent has room: 1 agent registered a moment ago");
        assertThat(yard.pass(Duration.ofSeconds(1)).decide()).containsExactly("1>a");
    }

    @Test
    void tasksOfAJobAreKeptApart() {
        Yard yard = new Yard()
                .agent("a", 9, Map.of("zone", "east"))
                .agent("b", 9, Map.of("zone", "east"))
                .agent("c", 9, Map.of("zone", "west"))
                .job("x", job -> job.spread("zone"))
                .add("x", "1", "2", "3");
        assertThat(yard.decide()).containsExactly("1>a", "2>c");
        assertThat(yard.why("3")).isEqualTo("no agent has room: 3 agents where the same zone runs a task of the job");
        assertThat(yard.end("1").decide()).containsExactly("3>a");
    }

    @Test
    void jobsOfAGroupDoNotShareAnAgent() {
        Yard yard = new Yard().agent("a", 9).job("x", job -> job.exclusive("g")).job("y", job -> job.exclusive("g"));
        yard.add("x", "1").add("y", "2").add("x", "3");
        assertThat(yard.decide()).containsExactly("1>a", "3>a");
        assertThat(yard.why("2")).isEqualTo("no agent has room: 1 agent taken by another job of group g");
        assertThat(yard.end("1").decide()).isEmpty();
        assertThat(yard.end("3").decide()).containsExactly("2>a");
        TreeMap<String, String> groups = new TreeMap<>(Map.of("g", "sticky"));
        yard.queue.agent(
                AgentState.of(Yard.facts("b", new Capacity(1, 1, 1), Map.of())).withSticky(Needs.NONE, groups));
        yard.add("x", "4");
        assertThat(yard.decide()).isEmpty();
        assertThat(yard.why("4")).isEqualTo("no agent has room: 2 agents taken by another job of group g");
    }

    @Test
    void anInboxIsFull() {
        Yard yard = new Yard(Rules.USUAL.withInbox(2, 1_000)).agent("a", 9).job("x");
        yard.queue.add(yard.task("x", "1").withBytes(600));
        yard.queue.add(yard.task("x", "2").withBytes(500));
        assertThat(yard.decide()).containsExactly("1>a");
        assertThat(yard.why("2")).isEqualTo("no agent has room: 1 agent short of 500B of its inbox");
        yard.queue.remove(TaskId.of("2", 0));
        yard.add("x", "3", "4");
        assertThat(yard.decide()).containsExactly("3>a");
        assertThat(yard.why("4")).isEqualTo("no agent has room: 1 agent short of an entry of its inbox");
    }

    @Test
    void whatItsShardsTakeIsNotFree() {
        Yard yard = new Yard().job("x").add("x", "1");
        yard.queue.agent(AgentState.of(Yard.facts("a", new Capacity(3, 1, 1), Map.of()))
                .withSticky(new Needs(3, 0, 0), new TreeMap<>()));
        assertThat(yard.decide()).isEmpty();
        assertThat(yard.why("1")).isEqualTo("no agent has room: 1 agent too small for 1 slot");
    }

    @Test
    void aBackupNeverRunsBesideTheOtherAttempt() {
        Yard yard = new Yard().agent("a", 2).job("x").add("x", "1");
        yard.decide();
        TaskId backup = new TaskId("1", 0, true);
        yard.queue.add(QueuedTask.of(backup, "x", 5, yard.now).withWhere(Where.ANYWHERE.neverOn("a")));
        assertThat(yard.decide()).isEmpty();
        assertThat(yard.queue.explain(backup, yard.now).orElseThrow().reason().text())
                .isEqualTo("no agent has room: 1 agent running the other attempt");
        assertThat(yard.agent("b", 1).decide()).containsExactly("1>b");
        assertThat(yard.queue.running()).isEqualTo(2);
    }

    @Test
    void labelsOfASubmissionCountAsWell() {
        Yard yard = new Yard().agent("a", 2, Map.of("gpu", "old")).job("x");
        LabelSelector labels = LabelSelector.anyOf(Map.of("gpu", List.of("new", "newer")));
        yard.queue.add(yard.task("x", "1").withWhere(Where.ANYWHERE.withLabels(labels)));
        yard.add("x", "2");
        assertThat(yard.decide()).containsExactly("2>a");
        assertThat(yard.why("1")).isEqualTo("no agent has room: 1 agent without label gpu=new|newer");
        assertThat(((Waiting.NoRoom) yard.explain("1").reason()).agents().values())
                .containsExactly(new Shortage.Label("gpu", new TreeSet<>(List.of("new", "newer"))));
    }

    @Test
    void aSecondAgentWithTheSameIdGetsNothing() {
        Yard yard = new Yard().agent("a", 1).job("x").add("x", "1", "2");
        AgentFacts first = Yard.facts("a", new Capacity(1, 1, 1), Map.of());
        yard.agent(new AgentFacts(
                Incarnation.of("a", 2),
                first.host(),
                2,
                first.endpoint(),
                first.handlers(),
                first.labels(),
                first.zone(),
                first.capacity(),
                false,
                first.sessionTimeout(),
                1,
                1,
                first.tzdata(),
                first.registeredAt().plusMillis(1),
                false));
        assertThat(yard.decide()).hasSize(1);
        assertThat(yard.why("2"))
                .isEqualTo("no agent has room: 1 agent short of 1 slot, 1 with the id of an earlier one");
        yard.queue.agentGone(first.incarnation());
        assertThat(yard.decide()).containsExactly("2>a");
    }
}
