package dev.belfry.testkit.cluster;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Retry;
import dev.belfry.core.record.Paths;
import dev.belfry.core.workflow.FailurePolicy;
import dev.belfry.core.workflow.SubTaskId;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.util.List;

/** A life in which runs are split, while masters and agents are lost, and a split run cannot be read for a while. */
final class SplitLife {
    private static final List<String> AGENTS = List.of("a0", "a1", "a2");

    private SplitLife() {}

    static void play(SimCluster cluster) {
        cluster.behave((task, random) -> {
            String run = task.order().fire().runId(task.job().uid());
            boolean whole = SubTaskId.parentOf(run).isEmpty();
            Behaviour.Act act = new Behaviour.Act(Duration.ofMillis(whole ? 1_500 : 700), true, true, false, "1");
            return whole
                    ? act.splitting(
                            new Behaviour.Parts(SplitScenariosTest.parts(0, 40), FailurePolicy.NONE_MAY_FAIL),
                            new Behaviour.Parts(SplitScenariosTest.parts(40, 60), FailurePolicy.NONE_MAY_FAIL))
                    : act;
        });
        AGENTS.forEach(cluster::start);
        cluster.run(Scenes.SETTLED);
        Hands hands = new Hands(cluster);
        hands.idle();
        String uid = hands.job(Job.named("split")
                .handler(SimCluster.HANDLER)
                .manual()
                .placement(Placement.QUEUED)
                .retry(new Retry(3, Duration.ofMillis(200), 1.0, Duration.ofSeconds(1), 0, List.of(), 10))
                .build());
        for (int i = 0; i < 5; i++) {
            hands.submit(Hands.run("s" + i, uid));
            cluster.run(Duration.ofMillis(1_500 + 400 * i));
            cluster.master().ifPresent(SimAgent::kill);
            cluster.run(Duration.ofSeconds(12));
            back(cluster);
            cluster.run(Duration.ofSeconds(6));
        }
        damaged(cluster, hands, uid);
        leftOver(cluster, hands);
        cluster.run(Duration.ofMinutes(2));
    }

    private static void back(SimCluster cluster) {
        AGENTS.stream()
                .filter(id -> cluster.agent(id).filter(SimAgent::alive).isEmpty())
                .forEach(cluster::start);
    }

    /** The next master cannot read a split run, until it is mended. */
    private static void damaged(SimCluster cluster, Hands hands, String uid) {
        hands.submit(Hands.run("s9", uid));
        String path = Paths.split("s9");
        cluster.runUntil(
                Duration.ofSeconds(10), () -> cluster.ensemble().peek(path).isPresent());
        cluster.master().ifPresent(SimAgent::kill);
        cluster.run(Duration.ofMillis(100));
        Znode head = cluster.ensemble().peek(path).orElseThrow();
        hands.put(path, new byte[] {'?'});
        cluster.run(Duration.ofSeconds(40));
        hands.put(path, head.data());
        back(cluster);
        cluster.run(Duration.ofSeconds(20));
    }

    /** Pages of an attempt of which nobody knows. */
    private static void leftOver(SimCluster cluster, Hands hands) {
        for (String incarnation : cluster.ensemble().peekChildren(Paths.OUTBOX)) {
            hands.put(Paths.handedPage(incarnation, 1, 0), new byte[0]);
        }
        cluster.master().ifPresent(SimAgent::kill);
        cluster.run(Duration.ofSeconds(20));
        back(cluster);
        cluster.run(Duration.ofSeconds(20));
    }
}
