package dev.belfry.testkit.cluster;

import dev.belfry.core.job.Job;
import dev.belfry.core.queue.Outbox;
import dev.belfry.core.queue.OutboxItem;
import java.time.Duration;
import java.util.Optional;

/** A life in which somebody runs a workflow by hand. */
final class WorkflowLife {

    private WorkflowLife() {}

    /** Tasks of a workflow are handed to an agent, one after another. */
    static void play(SimCluster cluster) {
        cluster.start("m0");
        cluster.runUntil(Scenes.SETTLED, () -> cluster.master().isPresent());
        SimAgent agent = cluster.start("a0");
        cluster.run(Scenes.SETTLED);
        Dispatcher master = new Dispatcher(cluster);
        Job index = WorkflowByHand.index().parameter("files", "${upstream.tokenise/count}");
        WorkflowByHand workflow = new WorkflowByHand(cluster, master, index);
        cluster.run(Scenes.SETTLED);
        cluster.behave((task, random) -> new Behaviour.Act(Duration.ofMillis(100), true, true, false, "{\"count\":7}"));
        Optional<OutboxItem> output = Optional.of(workflow.tokenised(agent));
        for (int i = 0; i < 10; i++) {
            long number = workflow.hand(agent, workflow.run(output));
            master.await(Dispatcher.incarnation(agent), number, Outbox.Stage.SUCCEEDED);
            cluster.run(Duration.ofSeconds(1));
        }
    }
}
