package dev.belfry.testkit.cluster;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.TriggerRule;
import dev.belfry.core.queue.Outbox.Stage;
import dev.belfry.core.queue.OutboxItem;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.workflow.JobEnd;
import dev.belfry.core.workflow.JobRunId;
import dev.belfry.core.workflow.WorkflowGraph;
import dev.belfry.core.workflow.WorkflowRun;
import dev.belfry.core.workflow.WorkflowRunCodec;
import dev.belfry.core.workflow.WorkflowStart;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A workflow of two jobs, {@code tokenise} and then {@code index}, whose records somebody writes in the place of a master. */
final class WorkflowByHand {
    /** It is the 24th in Berlin by then. */
    static final Instant DUE = Instant.parse("2026-11-23T23:30:00Z");

    private final SimCluster cluster;
    private final Dispatcher master;
    private final Hands hands;
    private final List<JobDefinition> jobs;
    private final Map<String, WorkflowStart.Identity> identities = new HashMap<>();
    private int runs;

    /** @param index what is to be known of the second job, besides its name and what it runs after */
    WorkflowByHand(SimCluster cluster, Dispatcher master, Job index) {
        this.cluster = cluster;
        this.master = master;
        this.hands = new Hands(cluster);
        hands.idle();
        JobDefinition root = Job.named("tokenise")
                .handler(SimCluster.HANDLER)
                .placement(Placement.QUEUED)
                .cron("0 0 2 1 7 ?")
                .zone("Europe/Berlin")
                .build();
        jobs = List.of(root, index.after(TriggerRule.ALL_SUCCESS, "tokenise").build());
        for (JobDefinition job : jobs) {
            identities.put(job.name(), new WorkflowStart.Identity(hands.job(job), 1));
        }
        if (cluster.ensemble().peek(Paths.WORKFLOWS).isEmpty()) {
            hands.put(Paths.WORKFLOWS, new byte[0]);
        }
    }

    static Job index() {
        return Job.named("index").handler(SimCluster.HANDLER).placement(Placement.QUEUED);
    }

    /** An agent runs the first job by itself; what it leaves lies here. */
    OutboxItem tokenised(SimAgent agent) {
        long number = master.hand(agent, "tokenise");
        master.await(Dispatcher.incarnation(agent), number, Stage.SUCCEEDED);
        return new OutboxItem(Dispatcher.incarnation(agent), number);
    }

    /** A run in which the first job has succeeded, and perhaps left an output; the id of the second one's run. */
    JobRunId run(Optional<OutboxItem> output) {
        String id = "tokenise~00000001@" + DUE + "." + ++runs;
        WorkflowRun begun = WorkflowGraph.of(jobs)
                .workflows()
                .get(0)
                .begin(new WorkflowStart(id, DUE, true, identities))
                .next();
        JobEnd end = new JobEnd("tokenise", 1, Outcome.SUCCEEDED, Optional.empty(), output.map(OutboxItem::toString));
        put(id, WorkflowRunCodec.encode(begun.settled(end).next()));
        return new JobRunId(id, "index", 1);
    }

    /** Writes the record of a run, whatever is in it. */
    void put(String id, byte[] data) {
        hands.put(Paths.workflow(id), data);
    }

    /** Writes an item again, with something else in it. */
    void spoil(OutboxItem item, byte[] data) {
        hands.put(item.path(), data);
    }

    void delete(OutboxItem item) {
        hands.delete(item.path());
    }

    /** Takes the record of a job away. */
    void forget(String job) {
        hands.delete(Paths.job(job));
        cluster.run(Scenes.SETTLED);
    }

    /** Hands the second job's run to the agent; its number. */
    long hand(SimAgent agent, JobRunId run) {
        return master.hand(
                Dispatcher.incarnation(agent), identities.get("index").uid(), run.toString(), Dispatcher.Wish.PLAIN);
    }
}
