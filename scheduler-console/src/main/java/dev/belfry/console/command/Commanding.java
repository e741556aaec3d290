package dev.belfry.console.command;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.BelfryClient.Asker;
import dev.belfry.core.command.Command;
import dev.belfry.core.workflow.BackfillOrder;
import java.util.Map;
import java.util.Optional;

/** Sends commands in somebody's name. */
public final class Commanding {
    private final BelfryClient client;
    private final Asker asker;

    public Commanding(BelfryClient client, Asker asker) {
        this.client = client;
        this.asker = asker;
    }

    /** Sends a command that takes only a target. */
    public Command send(Command.Kind kind, String target) {
        return client.send(kind, target, Optional.empty(), Map.of(), asker);
    }

    /** Has a job run once, now. */
    public Command trigger(String job, Optional<String> key, Map<String, String> parameters) {
        return client.trigger(job, key, parameters, asker);
    }

    /** Cancels a workflow run as a whole. */
    public Command cancelWorkflow(String workflowRun) {
        return client.cancelWorkflow(workflowRun, asker);
    }

    /** Lets a workflow run go on: from the jobs that failed, or from one that is named. */
    public Command rerun(String workflowRun, Optional<String> job) {
        return client.rerun(workflowRun, job, asker);
    }

    /** Has instants of a job's schedule run. */
    public Command backfill(String job, BackfillOrder order, Optional<String> key) {
        return client.backfill(job, order, key, asker);
    }

    /** Runs one that has failed for good again. */
    public Command rerunDeadLetter(String run) {
        return client.rerunDeadLetter(run, asker);
    }

    /** Lets go of a run that has failed for good. */
    public Command forget(String run) {
        return client.forget(run, asker);
    }

    /** Stops a backfill. */
    public Command cancelBackfill(String backfill) {
        return client.cancelBackfill(backfill, asker);
    }

    /** Cancels a run of a job, named by its id or the instant at which it was due. */
    public Command cancel(String job, String run) {
        return client.cancel(job, run, asker);
    }
}
