package dev.belfry.testkit.cluster;

import dev.belfry.agent.client.Applied;
import dev.belfry.agent.client.ClientLoop;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.version.Author;
import dev.belfry.core.workflow.BackfillOrder;
import dev.belfry.testkit.time.SimClock;
import dev.belfry.testkit.time.SimProcess;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Somebody who applies definitions and gives commands with the shipped client: one thing after another, each again until
 * it is known to be done. A process of its own, subject to lost messages like any other.
 */
public final class Operator {
    /** The name of the one that every cluster has. */
    static final String FIRST = "operator";

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long AGAIN_NANOS = 500_000_000;
    private static final Author AUTHOR = new Author(Author.Origin.OPERATOR, "operator", "");

    private final SimProcess process;
    private final ClientLoop client;
    private final Story story;
    private final Acknowledgements acknowledgements;
    private final Deque<Supplier<CompletableFuture<?>>> steps = new ArrayDeque<>();
    private boolean busy;
    private long commands;

    private final String name;

    /** @param name of its process; commands of one name have ids of their own */
    Operator(SimCluster cluster, String name) {
        this.name = name;
        this.story = cluster.story();
        this.acknowledgements = cluster.safety().acknowledgements();
        this.process = new SimProcess(cluster.scheduler(), name, new SimClock(cluster.scheduler()));
        this.client = new ClientLoop(
                new SimLoop(process),
                cluster.ensemble()
                        .connect(process, cluster.options().sessionTimeout())
                        .view(process));
        client.start();
    }

    ClientLoop client() {
        return client;
    }

    /** Applies a definition: makes the job, or a new version of it. */
    public void apply(JobDefinition definition) {
        apply(List.of(definition));
    }

    /** Applies definitions together. */
    public void apply(List<JobDefinition> definitions) {
        add(() -> {
            List<CompletableFuture<Boolean>> looked = new ArrayList<>();
            Iterator<CompletableFuture<Applied>> answers =
                    client.apply(definitions, AUTHOR, PATIENCE).iterator();
            for (JobDefinition definition : definitions) {
                looked.add(
                        answers.next().thenApply(answer -> kept(() -> acknowledgements.answered(definition, answer))));
            }
            return CompletableFuture.allOf(looked.toArray(CompletableFuture[]::new));
        });
    }

    /** Gives a command; it is done once the store has it, whenever the master may consume it. */
    public void command(Command.Kind kind, String target) {
        send(new Command(nextId(), kind, target, Map.of(), "operator", "", Optional.empty()));
    }

    /** Cancels a run of a job, named by its id or its instant. */
    public void cancel(String job, String run) {
        send(Command.cancel(nextId(), job, run, "operator", ""));
    }

    /** Cancels a workflow run as a whole. */
    public void cancelWorkflow(String workflowRun) {
        send(Command.cancelWorkflow(nextId(), workflowRun, "operator", ""));
    }

    /** Lets a workflow run go on. */
    public void rerun(String workflowRun, Optional<String> job) {
        send(Command.rerun(nextId(), workflowRun, job, "operator", ""));
    }

    /** Has a job run once, now, with parameters of its own. */
    public void trigger(String job, Map<String, String> parameters) {
        send(new Command(nextId(), Command.Kind.TRIGGER, job, parameters, "operator", "", Optional.empty()));
    }

    /** Has instants of a job's schedule run. */
    public void backfill(String job, BackfillOrder order) {
        send(new Command(nextId(), Command.Kind.BACKFILL, job, order.parameters(), "operator", "", Optional.empty()));
    }

    /** Stops a backfill. */
    public void cancelBackfill(String backfill) {
        send(Command.cancelWorkflow(nextId(), backfill, "operator", ""));
    }

    /** Lets go of a run that has failed for good. */
    public void forget(String run) {
        send(new Command(nextId(), Command.Kind.FORGET, run, Map.of(), "operator", "", Optional.empty()));
    }

    private String nextId() {
        return (name.equals(FIRST) ? "c" : name + "-") + ++commands;
    }

    private void send(Command command) {
        add(() -> client.send(command, PATIENCE)
                .thenApply(answer -> kept(() -> acknowledgements.answered(command, answer))));
    }

    /** Looks at an answer; what is wrong with it ends the simulation, not only this operator. */
    private boolean kept(Runnable look) {
        try {
            look.run();
        } catch (InvariantViolation e) {
            process.scheduler().at(process.scheduler().nanos(), "answer", () -> {
                throw e;
            });
        }
        return true;
    }

    /** Whether everything asked for is done. */
    public boolean idle() {
        return steps.isEmpty();
    }

    private void add(Supplier<CompletableFuture<?>> step) {
        steps.add(step);
        next();
    }

    private void next() {
        Supplier<CompletableFuture<?>> step = steps.peek();
        if (busy || step == null) {
            return;
        }
        busy = true;
        var unused = step.get().whenComplete((answer, failed) -> {
            busy = false;
            if (failed == null) {
                steps.remove();
                next();
            } else {
                story.add(name + " tries again: " + failed.getMessage());
                process.schedule(AGAIN_NANOS, this::next);
            }
        });
    }
}
