package dev.belfry.testkit.cluster;

import dev.belfry.agent.client.ClientLoop;
import dev.belfry.agent.client.WorkflowRunState;
import dev.belfry.agent.submit.SubmitOptions;
import dev.belfry.core.command.Command;
import dev.belfry.core.cost.Budget;
import dev.belfry.core.cost.Quantity;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.job.Retry;
import dev.belfry.core.job.TriggerRule;
import dev.belfry.core.ownership.Buckets;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.queue.Gate;
import dev.belfry.core.queue.Outbox;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.store.Znode;
import dev.belfry.testkit.store.Faults;
import dev.belfry.testkit.time.SimClock;
import dev.belfry.testkit.time.SimProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Lives of clusters that between them come to every place that asks the store anything. */
final class Lives {

    /**
     * One of them.
     *
     * @param play what happens in it, with a cluster that has nothing yet
     */
    record Life(String name, Consumer<SimCluster> play) {
        @Override
        public String toString() {
            return name;
        }
    }

    private Lives() {}

    static List<Life> all() {
        return List.of(
                new Life("eventful", Lives::eventful),
                new Life("with a damaged table", Lives::damaged),
                new Life("with an agent of longer sessions", Lives::longerSession),
                new Life("with full journals", Lives::fullJournals),
                new Life("with many incarnations", Lives::manyIncarnations),
                new Life("with many commands", Lives::manyCommands),
                new Life("with a clock that is wrong", Lives::wrongClock),
                new Life("with things that are over for more than a day", Lives::longOver),
                new Life("with runs that take longer than they may", Lives::overdue),
                new Life("with a budget", Lives::budget),
                new Life("with submissions", SubmittingLife::play),
                new Life("with many jobs at once", Lives::manyJobs),
                new Life("with queued tasks", Lives::queuedTasks),
                new Life("with a queue", Lives::queue),
                new Life("with workflows", Lives::workflows),
                new Life("with backfills", BackfillLife::play),
                new Life("with split runs", SplitLife::play),
                new Life("with a damaged segment", Lives::damagedSegment),
                new Life("with a workflow", WorkflowLife::play),
                new Life("with a submitter of the day before", Lives::submitterOfTheDayBefore));
    }

    /** Kills, moves, definitions, commands and readers. */
    private static void eventful(SimCluster cluster) {
        Faults faults = cluster.ensemble().faults();
        cluster.behave(Behaviour.MIXED);
        List.of("a0", "a1", "a2").forEach(cluster::start);
        cluster.run(Duration.ofSeconds(2));
        faults.loseRequest("skeleton-read");
        faults.loseReply("apply-parent");
        apply(cluster, 4, 1_000);
        cluster.operator()
                .apply(Job.named("all")
                        .handler(SimCluster.HANDLER)
                        .every(Duration.ofSeconds(2))
                        .placement(Placement.BROADCAST)
                        .parameter(SimCluster.PERIOD, "2000")
                        .build());
        cluster.operator()
                .apply(Scenes.every("once", 2_000, 2).recovery(Recovery.SKIP).build());
        cluster.run(Duration.ofSeconds(6));
        Reading reading = new Reading(cluster);
        faults.loseReply("ledger-flush");
        cluster.run(Duration.ofSeconds(2));
        new Fault.Kill("a0", Duration.ofSeconds(4)).inflict(cluster);
        cluster.run(Duration.ofSeconds(2));
        faults.loseReply("table-write");
        cluster.run(Duration.ofSeconds(8));
        new Fault.Leave("a1", Duration.ofSeconds(3), Duration.ofSeconds(12)).inflict(cluster);
        faults.loseReply("command-create");
        for (Command.Kind kind : List.of(Command.Kind.TRIGGER, Command.Kind.PAUSE, Command.Kind.RESUME)) {
            cluster.operator().command(kind, "once");
        }
        cluster.run(Duration.ofSeconds(6));
        faults.loseReply("apply-change");
        apply(cluster, 3, 2_000);
        new Fault.KillMaster(Duration.ofSeconds(3)).inflict(cluster);
        cluster.run(Duration.ofSeconds(14));
        reading.end();
    }

    private static void apply(SimCluster cluster, int shards, int period) {
        cluster.operator().apply(Scenes.every("work", period, shards).build());
    }

    /** A bucket of the table is damaged, and the next master has never read what was in it. */
    private static void damaged(SimCluster cluster) {
        List.of("a0", "a1", "a2").forEach(cluster::start);
        apply(cluster, 5, 1_000);
        cluster.run(Scenes.SETTLED);
        for (int i = 0; i < 2; i++) {
            ShardKey shard = cluster.rows().keySet().iterator().next();
            byte[] damage = "not a table".getBytes(StandardCharsets.US_ASCII);
            new Fault.KillMaster(Duration.ofSeconds(5)).inflict(cluster);
            Rogue.commit(cluster, transaction -> transaction.put(Paths.assignments(Buckets.of(shard)), damage, -1));
            cluster.runUntil(Duration.ofSeconds(40), () -> cluster.rows().isEmpty());
            cluster.runUntil(Duration.ofSeconds(40), () -> !cluster.rows().isEmpty());
            cluster.run(Duration.ofSeconds(5));
        }
    }

    /** An agent comes whose session is longer than any that the master knew. */
    private static void longerSession(SimCluster cluster) {
        List.of("a0", "a1", "a2").forEach(cluster::start);
        apply(cluster, 5, 1_000);
        cluster.run(Scenes.SETTLED);
        cluster.start("a3", Duration.ofSeconds(9));
        cluster.run(Duration.ofSeconds(5));
        cluster.start("a4", Duration.ofSeconds(12));
        cluster.run(Duration.ofSeconds(5));
    }

    /** So many outcomes at so many moments that a journal has to make room; and somebody deletes one. */
    private static void fullJournals(SimCluster cluster) {
        cluster.start("a0");
        cluster.run(Duration.ofSeconds(1));
        apply(cluster, 10, 100);
        cluster.run(Duration.ofSeconds(60));
        String journal = Paths.journal(
                cluster.agent("a0").orElseThrow().agent().incarnation().orElseThrow());
        Rogue.commit(cluster, transaction -> {
            List<String> entries = cluster.ensemble().peekChildren(journal);
            entries.forEach(entry -> transaction.delete(journal + "/" + entry, -1));
            return transaction.delete(journal, -1);
        });
        cluster.run(Duration.ofSeconds(20));
    }

    /** So many incarnations come and go that the oldest of their journals have to make room. */
    private static void manyIncarnations(SimCluster cluster) {
        List.of("a0", "a1", "a2").forEach(cluster::start);
        apply(cluster, 3, 1_000);
        cluster.run(Scenes.SETTLED);
        for (int i = 0; i < 50; i++) {
            new Fault.Expire("a" + i % 3).inflict(cluster);
            cluster.run(Duration.ofSeconds(4)); // time to be granted something, and to run it
        }
        cluster.run(Duration.ofMinutes(6));
    }

    /** So many commands that the oldest are forgotten, and so many moves that the master's journal makes room. */
    private static void manyCommands(SimCluster cluster) {
        List.of("a0", "a1", "a2").forEach(cluster::start);
        apply(cluster, 6, 3_600_000);
        cluster.run(Scenes.SETTLED);
        drainInTurn(cluster, 540);
        // What earlier masters wrote has bounds of its own.
        new Fault.KillMaster(Duration.ofSeconds(3)).inflict(cluster);
        cluster.run(Duration.ofSeconds(15));
        drainInTurn(cluster, 80);
        new Fault.KillMaster(Duration.ofSeconds(3)).inflict(cluster);
        cluster.run(Duration.ofMinutes(3));
    }

    private static void drainInTurn(SimCluster cluster, int commands) {
        for (int i = 0; i < commands; i++) {
            Command.Kind kind = i % 2 == 0 ? Command.Kind.DRAIN : Command.Kind.UNDRAIN;
            cluster.operator().command(kind, "a" + i / 2 % 3);
            cluster.runUntil(Duration.ofSeconds(30), cluster.operator()::idle);
            cluster.run(Duration.ofMillis(150));
        }
    }

    /** One agent's wall clock, and then the master's, is so far off that it asks what the others find. */
    private static void wrongClock(SimCluster cluster) {
        List.of("a0", "a1", "a2").forEach(cluster::start);
        apply(cluster, 5, 1_000);
        cluster.run(Scenes.SETTLED);
        for (int i = 0; i < 2; i++) {
            new Fault.Step("a" + i, Duration.ofSeconds(-8), Duration.ofSeconds(10)).inflict(cluster);
            cluster.run(Duration.ofSeconds(20));
            String master = cluster.master().orElseThrow().id();
            new Fault.Step(master, Duration.ofSeconds(-8), Duration.ofSeconds(10)).inflict(cluster);
            cluster.run(Duration.ofSeconds(20));
        }
    }

    /** A job that is over, settled and, as its record has it, of the day before yesterday; one without a record; and an agent that left an hour ago. */
    private static void longOver(SimCluster cluster) {
        cluster.start("a0");
        cluster.start("a1");
        apply(cluster, 3, 3_600_000);
        cluster.operator().apply(Scenes.every("goes", 3_600_000, 2).build());
        cluster.operator().apply(Scenes.every("lost", 3_600_000, 2).build());
        cluster.operator().apply(Scenes.everywhere("each", 600_000).build());
        cluster.operator()
                .apply(Scenes.every("queued", 10_000, 1)
                        .placement(Placement.QUEUED)
                        .build());
        cluster.start("a2");
        cluster.run(Scenes.SETTLED);
        cluster.run(Duration.ofSeconds(15));
        apply(cluster, 2, 3_600_000);
        new Fault.Leave("a2", Duration.ofSeconds(1), Duration.ofHours(9)).inflict(cluster);
        List.of("goes", "queued").forEach(name -> cluster.operator().command(Command.Kind.DELETE, name));
        cluster.run(Duration.ofMinutes(1));
        Rogue.delete(cluster, Paths.job("lost"));
        for (String name : List.of("goes", "queued")) {
            String path = Paths.job(name);
            Znode goes = cluster.ensemble().peek(path).orElseThrow();
            JobRecord job = JobRecordCodec.decode(path, goes.data(), goes.modified());
            JobRecord longAgo = job.deletedAt(cluster.now().minus(Duration.ofDays(2)));
            Rogue.commit(cluster, transaction -> transaction.put(path, JobRecordCodec.encode(longAgo), -1));
        }
        cluster.run(Duration.ofMinutes(75));
    }

    /** Workflow runs whose conditions depend on outputs, while masters are lost. */
    private static void workflows(SimCluster cluster) {
        cluster.behave((task, random) -> new Behaviour.Act(Duration.ofMillis(300), true, true, false, "{\"n\": 1}"));
        List.of("a0", "a1", "a2").forEach(cluster::start);
        cluster.run(Scenes.SETTLED);
        Hands hands = new Hands(cluster);
        hands.idle();
        ClientLoop client = client(cluster, "reader");
        Job queued = Job.named("first").handler(SimCluster.HANDLER).placement(Placement.QUEUED);
        hands.job(queued.every(Duration.ofSeconds(3)).build());
        hands.job(Job.named("second")
                .handler(SimCluster.HANDLER)
                .placement(Placement.QUEUED)
                .after(TriggerRule.ALL_SUCCESS, "first")
                .when("first", "/n", "== 1")
                .build());
        for (int i = 0; i < 4; i++) {
            cluster.run(Duration.ofMillis(7_100 + 400 * i));
            for (WorkflowRunState run :
                    answer(cluster, client.workflowRuns(Reading.PATIENCE)).found()) {
                answer(cluster, client.workflowRun(run.id(), Reading.PATIENCE));
            }
            cluster.master().ifPresent(SimAgent::kill);
            cluster.run(Duration.ofSeconds(10));
            List.of("a0", "a1", "a2").stream()
                    .filter(id -> cluster.agent(id).filter(SimAgent::alive).isEmpty())
                    .forEach(cluster::start);
        }
        cluster.run(Duration.ofSeconds(10));
    }

    /** Queued runs under several masters, with an agent that is lost, and an intake that is closed for a while. */
    private static void queue(SimCluster cluster) {
        cluster.queuedByHand();
        List.of("a0", "a1", "a2").forEach(cluster::start);
        cluster.run(Scenes.SETTLED);
        Hands hands = new Hands(cluster);
        hands.put(Paths.GATE, new Gate(true, 8, 0).encode());
        hands.put(Paths.parent(Paths.submitter("hands")), new byte[0]);
        hands.put(Paths.submitter("hands"), new byte[0]);
        String uid = hands.job(Job.named("queued")
                .handler(SimCluster.HANDLER)
                .manual()
                .placement(Placement.QUEUED)
                .build());
        hands.fate = entry -> cluster.now().isAfter(entry.order().at().plusSeconds(2))
                ? Optional.of(Outbox.Stage.SUCCEEDED)
                : Optional.of(Outbox.Stage.STARTED);
        hands.leaves = entry -> Outbox.Left.OUTPUT;
        for (int i = 0; i < 4; i++) {
            cluster.master().ifPresent(SimAgent::kill);
            cluster.run(Duration.ofSeconds(10));
            hands.submit(Hands.run("r" + i + "a", uid), Hands.keyed("r" + i + "b", uid));
            hands.submit(Hands.run("r" + i + "c", uid), Hands.run("r" + i + "d", uid), Hands.run("r" + i + "e", uid));
            hands.submit(Hands.run("r" + i + "f", uid), Hands.run("r" + i + "g", uid), Hands.run("r" + i + "h", uid));
            cluster.run(Duration.ofSeconds(1));
            cluster.operator().cancel("queued", "r" + i + "c");
            if (i == 2) {
                // The next one finds runs that nobody has settled.
                cluster.master().ifPresent(SimAgent::kill);
            }
            for (String id : List.of("a0", "a1", "a2")) {
                if (cluster.agent(id).filter(SimAgent::alive).isEmpty()) {
                    cluster.start(id);
                }
            }
            cluster.run(Duration.ofSeconds(4));
        }
        cluster.operator().command(Command.Kind.TRIGGER, "queued");
        cluster.run(Duration.ofSeconds(4));
        hands.holders.values().forEach(incarnation -> hands.put(Paths.outboxItem(incarnation, "1"), new byte[0]));
        cluster.run(Duration.ofMinutes(63));
    }

    /** Runs that no master can read for a while. */
    private static void damagedSegment(SimCluster cluster) {
        cluster.queuedByHand();
        List.of("a0", "a1", "a2").forEach(cluster::start);
        cluster.run(Scenes.SETTLED);
        Hands hands = new Hands(cluster);
        String uid = hands.job(Job.named("queued")
                .handler(SimCluster.HANDLER)
                .manual()
                .placement(Placement.QUEUED)
                .build());
        hands.fate = entry -> Optional.of(Outbox.Stage.STARTED);
        hands.submit(Hands.run("r1", uid), Hands.run("r2", uid));
        cluster.run(Duration.ofSeconds(4));
        String path = Paths.segment("hands", 1);
        byte[] stored = cluster.ensemble().peek(path).orElseThrow().data();
        hands.put(path, new byte[] {'{'});
        cluster.master().ifPresent(SimAgent::kill);
        cluster.run(Duration.ofSeconds(20));
        hands.fate = entry -> Optional.of(Outbox.Stage.SUCCEEDED);
        hands.put(path, stored);
        cluster.run(Duration.ofSeconds(20));
    }

    private static void submitterOfTheDayBefore(SimCluster cluster) {
        cluster.start("a0", Duration.ofSeconds(60));
        cluster.run(Scenes.SETTLED);
        Hands hands = new Hands(cluster);
        hands.idle();
        hands.put(Paths.parent(Paths.submitter("hands")), new byte[0]);
        hands.put(Paths.submitter("hands"), new byte[0]);
        cluster.run(Duration.ofHours(26));
    }

    /** Runs that are overdue, one after another, under several masters. */
    private static void overdue(SimCluster cluster) {
        List.of("a0", "a1", "a2").forEach(cluster::start);
        cluster.behave((task, random) -> Behaviour.Act.lasting(Duration.ofSeconds(25)));
        cluster.operator()
                .apply(Scenes.every("work", 5_000, 3)
                        .tolerance(Duration.ofSeconds(2))
                        .build());
        cluster.run(Scenes.SETTLED);
        for (int i = 0; i < 3; i++) {
            cluster.ensemble().faults().loseReply("overdue-raise");
            cluster.run(Duration.ofSeconds(60));
            new Fault.KillMaster(Duration.ofSeconds(3)).inflict(cluster);
            cluster.run(Duration.ofSeconds(30));
        }
    }

    /** A budget is set, held against a definition, changed and removed, again and again, while replies are lost. */
    private static void budget(SimCluster cluster) {
        List.of("a0", "a1", "a2").forEach(cluster::start);
        apply(cluster, 5, 1_000);
        cluster.run(Scenes.SETTLED);
        ClientLoop client = client(cluster, "treasurer");
        JobDefinition large = Scenes.every("large", 1_000, 100).build();
        for (int i = 0; i < 8; i++) {
            Budget budget = i % 4 == 3 ? Budget.NONE : new Budget(Map.of(Quantity.WRITES, 100L + i), 0, "ada", "");
            cluster.ensemble().faults().loseReply("budget-write");
            answer(cluster, client.setBudget(budget, Reading.PATIENCE));
            if (!answer(cluster, client.budget(Reading.PATIENCE)).equals(budget)) {
                throw new AssertionError("not the budget that was set: " + budget);
            }
            boolean refused = answer(cluster, client.judge(List.of(large), Reading.PATIENCE))
                    .refused()
                    .containsKey("large");
            if (refused == budget.isNone()) {
                throw new AssertionError("by " + budget + " refused: " + refused);
            }
        }
    }

    /** Tasks are handed to agents, at least and at most once, and go on from what others have left. */
    private static void queuedTasks(SimCluster cluster) {
        SimSubmitter client = cluster.submitter("client");
        Job often = Job.named("often")
                .handler(SimCluster.HANDLER)
                .manual()
                .placement(Placement.QUEUED)
                .retry(new Retry(3, Duration.ofMillis(100), 2, Duration.ofSeconds(1), 0, List.of()));
        Job once = Job.named("once")
                .handler(SimCluster.HANDLER)
                .manual()
                .placement(Placement.QUEUED)
                .recovery(Recovery.SKIP);
        // Into a namespace that nobody has set up.
        cluster.ensemble().faults().loseRequest("skeleton");
        cluster.operator().apply(often.build());
        cluster.run(Duration.ofSeconds(3));
        List.of("a0", "a1", "a2").forEach(cluster::start);
        cluster.operator().apply(once.build());
        cluster.run(Scenes.SETTLED.multipliedBy(2));
        cluster.behave((task, random) ->
                new Behaviour.Act(Duration.ofMillis(500), task.checkpoint().isPresent(), true, true));
        for (int i = 0; i < 10; i++) {
            if (i % 4 < 2) {
                cluster.ensemble().faults().loseReply("outbox-flush");
            }
            client.submit(
                    i % 3 == 0 ? "once" : "often",
                    Collections.nCopies(3, SubmitOptions.usual().by("ada")));
            if (i == 5) {
                cluster.run(Duration.ofMillis(700));
                new Fault.Kill("a1", Duration.ofSeconds(3)).inflict(cluster);
            }
            cluster.run(Duration.ofSeconds(4));
        }
        // As long as masters go on losing what they send: each of them reads the whole queue before it goes on.
        cluster.runUntil(Duration.ofSeconds(60), () -> client.heard().size() == 30);
        if (client.heard().size() != 30) {
            throw new AssertionError("heard of " + client.heard().size() + " of 30 runs");
        }
    }

    static ClientLoop client(SimCluster cluster, String name) {
        SimProcess process = new SimProcess(cluster.scheduler(), name, new SimClock(cluster.scheduler()));
        ClientLoop client = new ClientLoop(
                new SimLoop(process),
                cluster.ensemble().connect(process, Duration.ofSeconds(6)).view(process));
        client.start();
        return client;
    }

    static <T> T answer(SimCluster cluster, CompletableFuture<T> future) {
        cluster.runUntil(Reading.PATIENCE.multipliedBy(2), future::isDone);
        return future.join();
    }

    /** So many jobs in one file that it is listed which of them there are; and then they are changed. */
    private static void manyJobs(SimCluster cluster) {
        List.of("a0", "a1").forEach(cluster::start);
        for (int period : List.of(20_000, 30_000)) {
            List<JobDefinition> jobs = new ArrayList<>();
            for (int i = 0; i < 120; i++) {
                jobs.add(Scenes.every("many" + i, period, 1).build());
            }
            cluster.operator().apply(jobs);
            cluster.run(Duration.ofSeconds(20));
        }
    }

    /** Somebody who reads everything there is, again and again. */
    private static final class Reading {
        private static final Duration PATIENCE = Duration.ofSeconds(20);

        private final SimCluster cluster;
        private final ClientLoop client;
        private final List<String> failed = new ArrayList<>();
        private int answered;
        private boolean over;

        Reading(SimCluster cluster) {
            this.cluster = cluster;
            this.client = client(cluster, "reader");
            again();
        }

        private void again() {
            if (over) {
                return;
            }
            String uid = cluster.rows().keySet().iterator().next().jobUid();
            ask(client.jobs(PATIENCE));
            ask(client.job("work", PATIENCE));
            ask(client.agents(PATIENCE));
            ask(client.epoch(PATIENCE));
            ask(client.table(PATIENCE));
            ask(client.ledgers(uid, 1, PATIENCE));
            ask(client.ledger(Paths.ledgers(uid, 1) + "/0", PATIENCE));
            ask(client.journal(PATIENCE));
            ask(client.commands(PATIENCE));
            ask(client.inForce(1, PATIENCE));
            cluster.scheduler().after(Duration.ofSeconds(4).toNanos(), "read", this::again);
        }

        private void ask(CompletableFuture<?> question) {
            var unused = question.whenComplete((answer, failure) -> {
                answered++;
                if (failure != null) {
                    failed.add(failure.toString());
                }
            });
        }

        void end() {
            over = true;
            if (!failed.isEmpty() || answered == 0) {
                throw new AssertionError(answered + " questions answered, failed: " + failed);
            }
        }
    }
}
