package dev.belfry.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Capacity;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.QueueCost;
import dev.belfry.core.job.QueueOrder;
import dev.belfry.core.job.QueueRules;
import dev.belfry.core.job.StartRate;
import dev.belfry.core.job.Strategy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Random histories of a queue, held against a dispatcher that counts everything anew for each task. */
class DispatchRandomTest {
    private static final int SEEDS = 60;
    private static final int STEPS = 80;

    @Test
    void everyDecisionIsThatOfTheNaiveDispatcherAndKeepsEveryLimit() {
        int dispatched = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            History history = new History(seed);
            for (int step = 0; step < STEPS; step++) {
                history.step("seed " + seed + ", step " + step);
            }
            dispatched += history.dispatched;
        }
        assertThat(dispatched).as("the histories are not idle").isGreaterThan(SEEDS * 20);
    }

    /** One queue and its naive twin. */
    private static final class History {
        final Random random;
        final Rules rules;
        final TaskQueue queue;
        final TaskQueue twin;
        final NaiveQueue naive;
        Instant now = Yard.START;
        long number;
        int dispatched;

        History(long seed) {
            random = new Random(seed);
            rules = Rules.USUAL
                    .withQueues(Map.of("default", anyQueue(), "batch", anyQueue()))
                    .withPools(Map.of("db", 1 + random.nextInt(4), "mail", random.nextInt(3)))
                    .withMostRunning(random.nextInt(3) == 0 ? 3 + random.nextInt(8) : 1_000)
                    .withInbox(1 + random.nextInt(8), 200 + random.nextInt(400));
            queue = new TaskQueue(rules, now);
            twin = new TaskQueue(rules, now);
            naive = new NaiveQueue(rules);
            for (int i = 0; i < 4; i++) {
                changeJob();
                changeAgent();
            }
        }

        QueueRules anyQueue() {
            return new QueueRules(
                    pick(QueueOrder.values()), pick(QueueCost.values()), Duration.ofSeconds(1 + random.nextInt(60)));
        }

        @SafeVarargs
        final <T> T pick(T... values) {
            return values[random.nextInt(values.length)];
        }

        boolean one(int in) {
            return random.nextInt(in) == 0;
        }

        void step(String as) {
            now = now.plusMillis(one(3) ? random.nextInt(40_000) : random.nextInt(500));
            for (int i = random.nextInt(5); i > 0; i--) {
                add();
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                end();
            }
            if (one(4)) {
                changeAgent();
            }
            if (one(8)) {
                changeJob();
            }
            if (one(10)) {
                remove();
            }
            decide(as);
        }

        void decide(String as) {
            int most = one(3) ? random.nextInt(4) : 1_000;
            Decision decision = queue.decide(now, most);
            List<Dispatch> expected = naive.decide(now, most);
            assertThat(decision.dispatches()).as(as).isEqualTo(expected);
            assertThat(kept()).as(as).isEqualTo(naive.kept());
            assertThat(twin.decide(now, most)).as(as).isEqualTo(decision);
            if (most == 1_000 && decision.again().filter(now::equals).isEmpty()) {
                assertThat(naive.overlooked())
                        .as(as + ": nothing was overlooked")
                        .isEmpty();
            }
            dispatched += expected.size();
            expected.forEach(each -> keepsEveryLimit(each, as));
            naive.queued.keySet().forEach(id -> explains(id, as));
            assertThat(queue.size()).as(as).isEqualTo(naive.queued.size());
        }

        Map<String, String> kept() {
            Map<String, String> kept = new TreeMap<>();
            for (NamedQueue each : queue.queues()) {
                Reservation held = each.reservation;
                if (held != null) {
                    String agent = held.agent.incarnation.agentId();
                    kept.put(each.name, agent + " for " + held.lane.job.terms.uid() + (held.served ? ", served" : ""));
                }
            }
            return kept;
        }

        void explains(TaskId id, String as) {
            Explanation explanation = queue.explain(id, now).orElseThrow();
            assertThat(explanation.reason().text()).as(as).isNotBlank();
            assertThat(explanation.position()).as(as).isBetween(1, naive.queued.size() + 1);
        }

        void keepsEveryLimit(Dispatch made, String as) {
            AgentState agent =
                    Objects.requireNonNull(naive.agents.get(made.agent().agentId()));
            Needs sum = agent.sticky();
            long jobs = 0;
            for (Dispatch each : naive.running.values()) {
                sum = each.agent().equals(made.agent()) ? sum.plus(each.needs()) : sum;
                jobs += each.task().jobUid().equals(made.task().jobUid()) ? 1 : 0;
            }
            assertThat(sum.fitsInto(Needs.of(agent.facts().capacity())))
                    .as(as + ": over-committed")
                    .isTrue();
            QueuedJob job = Objects.requireNonNull(naive.jobs.get(made.task().jobUid()));
            Integer concurrency = job.queueing().concurrency();
            assertThat(jobs).as(as).isLessThanOrEqualTo(concurrency == null ? Integer.MAX_VALUE : concurrency);
            job.queueing()
                    .pools()
                    .forEach(pool -> assertThat(naive.taken(pool))
                            .as(as)
                            .isLessThanOrEqualTo(rules.pools().getOrDefault(pool, 0)));
            assertThat(naive.running.size()).as(as).isLessThanOrEqualTo(rules.mostRunning());
        }

        void add() {
            List<QueuedJob> jobs = new ArrayList<>(naive.jobs.values());
            QueuedJob job = jobs.get(random.nextInt(jobs.size()));
            Instant since = one(6) ? now.plusMillis(random.nextInt(60_000)) : now.minusMillis(random.nextInt(3));
            QueuedTask task = QueuedTask.of(
                            TaskId.of("r" + number, random.nextInt(3)), job.uid(), random.nextInt(10), since)
                    .withNumber(number++)
                    .withBytes(random.nextInt(100));
            Where where = Where.ANYWHERE;
            if (one(6)) {
                where = where.avoiding("a" + random.nextInt(5));
            }
            if (one(10)) {
                where = where.onlyOn("a" + random.nextInt(5));
            }
            if (one(10)) {
                where = where.neverOn("a" + random.nextInt(5));
            }
            if (one(10)) {
                where = where.withLabels(LabelSelector.of(Map.of("disk", "ssd")));
            }
            if (one(6)) {
                task = task.notBefore(now.plusMillis(random.nextInt(20_000)));
            }
            put(task.withWhere(where));
        }

        void put(QueuedTask task) {
            naive.queued.put(task.id(), task);
            queue.add(task);
            twin.add(task);
        }

        void end() {
            List<TaskId> running = new ArrayList<>(naive.running.keySet());
            if (running.isEmpty()) {
                return;
            }
            TaskId id = running.get(random.nextInt(running.size()));
            Dispatch ended = Objects.requireNonNull(naive.running.remove(id));
            naive.asDispatched.remove(id);
            assertThat(queue.ended(id)).contains(ended);
            twin.ended(id);
            String uid = ended.task().jobUid();
            MeasuredDurations more =
                    naive.measured.getOrDefault(uid, MeasuredDurations.NONE).with(Duration.between(ended.at(), now));
            naive.measured.put(uid, more);
            queue.measured(uid, more);
            twin.measured(uid, more);
            if (one(4)) {
                put(ended.task()
                        .notBefore(now.plusSeconds(random.nextInt(20)))
                        .withWhere(ended.task().where().avoiding(ended.agent().agentId())));
            }
        }

        void remove() {
            List<TaskId> waiting = new ArrayList<>(naive.queued.keySet());
            if (!waiting.isEmpty()) {
                TaskId id = waiting.get(random.nextInt(waiting.size()));
                naive.remove(id);
                assertThat(queue.remove(id)).isTrue();
                twin.remove(id);
            }
        }

        void changeJob() {
            String name = "j" + random.nextInt(6);
            Job job = Job.named(name)
                    .manual()
                    .handler(one(8) ? "g" : "h")
                    .placement(Placement.QUEUED)
                    .strategy(pick(Strategy.LEAST_LOADED, Strategy.MOST_UTILISED, Strategy.FAILOVER))
                    .slots(1 + random.nextInt(one(3) ? 4 : 2))
                    .cpu(random.nextInt(4) / 2.0)
                    .memory(random.nextInt(5) * 1_000L)
                    .queue(pick("default", "batch", "unknown"));
            if (one(3)) {
                job.concurrency(1 + random.nextInt(3));
            }
            if (one(3)) {
                job.pool(pick("db", "mail"));
            }
            if (one(3)) {
                job.cost(Duration.ofMillis(1 + random.nextInt(60_000)));
            }
            if (one(4)) {
                job.spread(pick("zone", "host", "disk"));
            }
            if (one(4)) {
                job.exclusive("group-" + random.nextInt(2));
            }
            if (one(4)) {
                job.requireLabel("disk", "ssd");
            }
            if (one(4)) {
                job.preferLabel("disk", "hdd");
            }
            QueuedJob terms = QueuedJob.of(name, job.build()).withPaused(one(10));
            if (!terms.equals(naive.jobs.put(name, terms))) {
                naive.changed(name);
            }
            queue.job(terms);
            twin.job(terms);
        }

        /** Agents keep their zone and disk as long as tasks run there, so that what counts for spread is plain. */
        void changeAgent() {
            String id = "a" + random.nextInt(5);
            Incarnation incarnation = Incarnation.of(id, 1);
            boolean busy = naive.running.values().stream()
                    .anyMatch(each -> each.agent().equals(incarnation));
            if (one(5) && !busy) {
                naive.agents.remove(id);
                queue.agentGone(incarnation);
                twin.agentGone(incarnation);
                return;
            }
            AgentState old = naive.agents.get(id);
            Map<String, String> labels = old == null
                    ? Map.of("disk", pick("ssd", "hdd"))
                    : old.facts().labels();
            TreeMap<String, String> groups = new TreeMap<>();
            if (one(5)) {
                groups.put("group-0", "j" + random.nextInt(6));
            }
            AgentState state = AgentState.of(facts(incarnation, labels))
                    .withSticky(new Needs(random.nextInt(2), random.nextInt(500), random.nextInt(1_000)), groups)
                    .withLoad(one(6) ? 0.95 : random.nextDouble() * 0.9, one(6) ? 0.95 : -1);
            naive.agents.put(id, state);
            queue.agent(state);
            twin.agent(state);
        }

        AgentFacts facts(Incarnation incarnation, Map<String, String> labels) {
            int index = incarnation.agentId().charAt(1) - '0';
            return new AgentFacts(
                    incarnation,
                    "host-" + index / 2,
                    1,
                    Optional.empty(),
                    index == 0 ? Set.of("h", "g") : Set.of("h"),
                    labels,
                    Optional.of("zone-" + index % 2),
                    new Capacity(1 + random.nextInt(8), 1 + random.nextInt(8) / 2.0, 1_000 + random.nextInt(9_000)),
                    one(8),
                    Duration.ofSeconds(15),
                    1,
                    1,
                    "2026a",
                    one(8) ? now : now.minusSeconds(5),
                    one(20));
        }
    }

    @Test
    void nothingIsOvertakenByWhatWasSubmittedMoreThanItsBoundLater() {
        for (long seed = 0; seed < 100; seed++) {
            long bySeed = seed;
            Random random = new Random(seed);
            Duration step = Duration.ofSeconds(1 + random.nextInt(30));
            QueueOrder order = QueueOrder.values()[random.nextInt(4)];
            Yard yard =
                    new Yard(Rules.USUAL.withQueues(Map.of("default", new QueueRules(order, QueueCost.TIME, step))));
            yard.agent("a", 1 + random.nextInt(3));
            List<String> running = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                String job = "j" + random.nextInt(5);
                yard.job(job).add(job, random.nextInt(10), "r" + i).pass(Duration.ofMillis(random.nextInt(9_000)));
                if (!running.isEmpty() && random.nextInt(3) > 0) {
                    yard.end(running.remove(random.nextInt(running.size())));
                }
                Map<TaskId, QueuedTask> before = waiting(yard, i);
                for (Dispatch made : yard.queue.decide(yard.now, 1).dispatches()) {
                    running.add(made.task().id().run());
                    before.remove(made.task().id());
                    before.values().forEach(other -> {
                        Instant bound = other.since().plus(step.multipliedBy(10 - other.priority()));
                        assertThat(made.task().since())
                                .as("seed %d: %s overtakes %s", bySeed, made.task(), other)
                                .isBeforeOrEqualTo(bound);
                    });
                }
            }
        }
    }

    private static Map<TaskId, QueuedTask> waiting(Yard yard, int most) {
        Map<TaskId, QueuedTask> waiting = new TreeMap<>();
        for (int i = 0; i <= most; i++) {
            yard.queue.find(TaskId.of("r" + i, 0)).ifPresent(task -> waiting.put(task.id(), task));
        }
        return waiting;
    }

    @Test
    void noJobStartsMoreThanItsRateInAnyStretchOfTime() {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            int rate = 1 + random.nextInt(20);
            Yard yard = new Yard().agent("a", 1_000).job("x", job -> job.rate(StartRate.perSecond(rate)));
            List<Long> starts = new ArrayList<>();
            int runs = 0;
            for (int i = 0; i < 300; i++) {
                for (int more = random.nextInt(5); more > 0; more--) {
                    yard.add("x", "r" + runs++);
                }
                yard.pass(Duration.ofMillis(random.nextInt(300)));
                for (Dispatch made : yard.queue.decide(yard.now, 100).dispatches()) {
                    starts.add(yard.now.toEpochMilli());
                    yard.queue.ended(made.task().id());
                }
            }
            for (int from = 0; from < starts.size(); from++) {
                for (int to = from; to < starts.size(); to++) {
                    long millis = starts.get(to) - starts.get(from);
                    assertThat((to - from + 1) * 1_000L)
                            .as("seed %d: %d to %d", seed, from, to)
                            .isLessThanOrEqualTo(rate * (millis + 1_000) + 1_000);
                }
            }
        }
    }
}
