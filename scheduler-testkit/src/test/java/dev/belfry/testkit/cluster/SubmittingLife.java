package dev.belfry.testkit.cluster;

import dev.belfry.agent.client.ClientLoop;
import dev.belfry.agent.client.RunPlace;
import dev.belfry.agent.client.RunResult;
import dev.belfry.agent.submit.Intake;
import dev.belfry.agent.submit.Pressure;
import dev.belfry.agent.submit.Submitted;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.Segment;
import dev.belfry.core.queue.SegmentState;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.queue.TaskHistory;
import dev.belfry.core.record.Paths;
import dev.belfry.store.StoreConnection;
import dev.belfry.testkit.time.SimClock;
import dev.belfry.testkit.time.SimProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Somebody submits runs for a day that is far off, loses sessions, looks at the queue and changes its rules. */
final class SubmittingLife {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration FAR = Duration.ofDays(1);

    private final SimCluster cluster;
    private final SimLoop loop;
    private final StoreConnection connection;
    private final ClientLoop client;
    private final List<Submitted> told = new ArrayList<>();
    private String jobUid = "";
    private final PresentSession session;
    private int number;

    private SubmittingLife(SimCluster cluster) {
        this.cluster = cluster;
        SimProcess process = new SimProcess(cluster.scheduler(), "submitter", new SimClock(cluster.scheduler()));
        this.loop = new SimLoop(process);
        this.connection = cluster.ensemble().connect(process, Duration.ofSeconds(6));
        this.client = new ClientLoop(loop, connection.view(loop));
        client.start();
        this.session = new PresentSession(loop, connection.view(loop));
    }

    static void play(SimCluster cluster) {
        List.of("a0", "a1", "a2").forEach(cluster::start);
        cluster.operator()
                .apply(Job.named("later").manual().placement(Placement.QUEUED).build());
        cluster.run(Scenes.SETTLED);
        new SubmittingLife(cluster).live();
    }

    private void live() {
        cluster.runUntil(PATIENCE, () -> session.session().isPresent());
        jobUid = answer(client.job("later", PATIENCE)).orElseThrow().record().uid();
        litter();
        cluster.run(Duration.ofSeconds(1));
        for (int round = 0; round < 10; round++) {
            Intake intake = new Intake(loop, connection.view(loop), "ada", Intake.USUAL_BOUND);
            loop.execute(intake::start);
            submit(intake);
            cluster.run(Duration.ofSeconds(1));
            if (round % 3 == 0) {
                session.expire(cluster.ensemble());
            }
            submit(intake);
            look(round);
            boolean[] left = new boolean[1];
            loop.execute(() -> intake.drain(() -> left[0] = true));
            cluster.runUntil(PATIENCE.multipliedBy(2), () -> left[0]);
            cluster.run(Duration.ofSeconds(1));
        }
        told.stream().filter(each -> !(each instanceof Submitted.Durable)).forEach(each -> {
            throw new AssertionError("not durable: " + each);
        });
        if (told.size() < 20) {
            throw new AssertionError("answers: " + told.size());
        }
    }

    /** A segment with a state, an inbox and a journal, as masters leave them. */
    private void litter() {
        TaskHistory tried = new TaskHistory(
                1,
                1,
                0,
                Instant.EPOCH,
                cluster.now().truncatedTo(java.time.temporal.ChronoUnit.MILLIS),
                "a0",
                false,
                Optional.empty());
        String segment = Paths.segment("m0", 1);
        Rogue.commit(
                cluster,
                transaction -> transaction
                        .create(Paths.parent(segment), new byte[0])
                        .create(segment, new Segment(List.of(run("later-tried"))).encode())
                        .create(Paths.segmentState(segment), new SegmentState(Map.of(), Map.of(0, tried)).encode())
                        .create(Paths.inbox("nobody~0000000000000001"), Inbox.EMPTY.encode())
                        .create(Paths.journal("queue-0"), new byte[0])
                        .create(Paths.journalEntry("queue-0", 1), FireJournal.encode(List.of())));
    }

    private Submission run(String id) {
        Submission.Options options = Submission.USUAL.withNotBefore(
                Instant.ofEpochMilli(cluster.now().plus(FAR).toEpochMilli()));
        return new Submission(id, jobUid, 1, Optional.empty(), Map.of(), options, "ada");
    }

    private void submit(Intake intake) {
        Submission run = run("later-" + number++);
        loop.execute(() -> intake.submit(run, Pressure.WAIT, PATIENCE, told::add));
    }

    /** Asks what a client can ask of the queue. */
    private void look(int round) {
        if (round % 2 == 1) {
            cluster.ensemble().faults().loseReply("rules-write");
        }
        answer(client.changeQueueRules(rules -> rules.with(Map.of(), Map.of("db", round), "ada"), PATIENCE));
        answer(client.queue(PATIENCE));
        RunPlace tried = new RunPlace("later-tried", Paths.segment("m0", 1), 0, 1, false);
        RunPlace gone = new RunPlace("gone", Paths.segment("m0", 2), 0, 1, false);
        CompletableFuture<Optional<RunResult>> waits = client.follow(tried);
        answer(client.follow(gone));
        answer(client.follow("never", PATIENCE));
        cluster.run(Duration.ofSeconds(1));
        if (waits.isDone()) {
            throw new AssertionError("a run that waits has an outcome: " + waits);
        }
    }

    private <T> T answer(CompletableFuture<T> future) {
        cluster.runUntil(PATIENCE.multipliedBy(2), future::isDone);
        return future.join();
    }
}
