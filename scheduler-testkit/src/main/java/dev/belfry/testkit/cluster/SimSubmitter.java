package dev.belfry.testkit.cluster;

import dev.belfry.agent.client.ClientLoop;
import dev.belfry.agent.client.JobState;
import dev.belfry.agent.client.RunPlace;
import dev.belfry.agent.client.RunResult;
import dev.belfry.agent.submit.Intake;
import dev.belfry.agent.submit.Submissions;
import dev.belfry.agent.submit.SubmitOptions;
import dev.belfry.agent.submit.Submitted;
import dev.belfry.core.queue.Submission;
import dev.belfry.store.StoreConnection;
import dev.belfry.testkit.time.SimClock;
import dev.belfry.testkit.time.SimProcess;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who submits runs with the shipped intake and waits for what comes of them: a process of its own, that is killed and
 * started again like any other. What it is told is held against what is stored.
 */
public final class SimSubmitter {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final SimCluster cluster;
    private final String name;
    private final SubmittedRuns runs;
    private final Map<String, Optional<RunResult>> heard = new TreeMap<>();
    private int lives;
    private int number;
    private Life life;

    SimSubmitter(SimCluster cluster, String name) {
        this.cluster = cluster;
        this.name = name;
        this.runs = cluster.safety().submitted();
        this.life = new Life();
    }

    /** One process, from its start until it is killed. */
    private final class Life {
        final SimProcess process;
        final ClientLoop client;
        final Intake intake;
        final PresentSession session;
        /** Questions that are not answered: what became of a submission, and of a run. */
        int open;

        Life() {
            String called = ++lives == 1 ? name : name + "#" + lives;
            process = new SimProcess(cluster.scheduler(), called, new SimClock(cluster.scheduler()));
            StoreConnection connection =
                    cluster.ensemble().connect(process, cluster.options().sessionTimeout());
            SimLoop loop = new SimLoop(process);
            client = new ClientLoop(loop, connection.view(process));
            client.start();
            session = new PresentSession(process, connection.view(process));
            intake = new Intake(loop, connection.view(process), name, Intake.USUAL_BOUND);
            process.execute(intake::start);
        }

        private void submit(String job, List<SubmitOptions> wishes) {
            var unused = client.job(job, PATIENCE).whenComplete((found, failed) -> {
                if (failed != null) {
                    cluster.story().add(name + " submits nothing: " + failed.getMessage());
                } else {
                    wishes.forEach(wish -> submit(job, found, wish));
                }
            });
        }

        private void submit(String job, Optional<JobState> found, SubmitOptions wish) {
            Submissions.Answer made = Submissions.of(
                    job,
                    found.map(JobState::record),
                    Map.of(),
                    wish,
                    name + "-" + ++number,
                    process.clock().instant());
            if (made instanceof Submissions.Run accepted) {
                Submission run = accepted.run();
                open++;
                runs.asked(run.runId());
                intake.submit(run, wish.pressure(), PATIENCE, what -> keep(() -> answered(run, what)));
            }
        }

        private void answered(Submission run, Submitted what) {
            open--;
            cluster.story().add(name + " is told of " + run.runId() + ": " + what);
            runs.answered(run.runId(), what);
            if (what instanceof Submitted.Durable durable) {
                open++;
                boolean keyed = !run.options().key().isEmpty();
                RunPlace place = new RunPlace(run.runId(), durable.segment(), durable.first(), run.shards(), keyed);
                var unused =
                        client.follow(place).whenComplete((result, failed) -> keep(() -> heard(run, result, failed)));
            }
        }

        private void heard(Submission run, Optional<RunResult> result, @Nullable Throwable failed) {
            open--;
            if (failed != null) {
                throw new InvariantViolation("Q-I7", "waiting for " + run.runId() + " failed: " + failed);
            }
            cluster.story().add(name + " hears of " + run.runId() + ": " + result);
            runs.heard(run.runId(), run.shards(), result);
            heard.put(run.runId(), result);
        }
    }

    /** What is wrong with an answer ends the simulation, not only this submitter. */
    private void keep(Runnable look) {
        try {
            look.run();
        } catch (InvariantViolation e) {
            cluster.scheduler().at(cluster.scheduler().nanos(), "answer", () -> {
                throw e;
            });
        }
    }

    /** Submits a run of the job for each of these wishes, and waits for what comes of those that are acknowledged. */
    public void submit(String job, List<SubmitOptions> wishes) {
        Life present = life;
        present.process.execute(() -> present.submit(job, wishes));
    }

    /** {@code kill -9}: nobody waits for its runs any more. */
    public void kill() {
        life.process.resume();
        life.process.kill();
    }

    /** Starts it again if it was killed. */
    public void start() {
        if (!life.process.alive()) {
            life = new Life();
        }
    }

    /** Its session ends behind its back. */
    public void expire() {
        life.session.expire(cluster.ensemble());
    }

    /** The process that it is at present. */
    public SimProcess process() {
        return life.process;
    }

    /** A blow in the middle of a request. */
    void struckBy(Fault.Blow blow, Duration length) {
        cluster.story().add("STRIKE " + blow + " " + name);
        new Submitting.Trouble(name, blow, length).inflict(cluster);
    }

    /** Whether everything that it asked for since it was started is answered. */
    public boolean idle() {
        return life.open == 0;
    }

    /** What it heard of the runs that it waited for, by their ids. */
    public Map<String, Optional<RunResult>> heard() {
        return Collections.unmodifiableMap(heard);
    }
}
