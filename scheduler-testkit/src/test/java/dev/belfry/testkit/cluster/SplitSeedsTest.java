package dev.belfry.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.loop.Attempts;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Retry;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.workflow.FailurePolicy;
import dev.belfry.core.workflow.SubTask;
import dev.belfry.core.workflow.SubTaskId;
import dev.belfry.core.workflow.SubTaskResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs that are split at random, again within their parts, while agents and masters are killed, cut off and paused, and runs cancelled:
 * when all is quiet every run has one outcome, which is what those of its parts make it by its policy, and nothing is left.
 */
@ExtendWith(QuietLogs.class)
class SplitSeedsTest {
    private static final int SEEDS = Integer.getInteger("belfry.split.seeds", 40);
    private static final int FIRST = Integer.getInteger("belfry.split.first", 1);

    @Test
    void everySplitRunEndsAsItsPartsDid() {
        for (int seed = FIRST; seed < FIRST + SEEDS; seed++) {
            try {
                new Play(seed).play();
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + " (-Dbelfry.split.first=" + seed + " with one seed)", e);
            }
        }
    }

    private static final class Play {
        private final SplittableRandom random;
        private final int seed;
        private final SimCluster cluster;
        private final Hands hands;
        private final Map<String, List<SubTaskResult>> reduced = new HashMap<>();
        private boolean calm;

        Play(int seed) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.cluster = Scenes.cluster(seed, ClusterOptions.DEFAULT);
            this.hands = new Hands(cluster);
            hands.idle();
            cluster.behave(this::act);
        }

        /** What is drawn for a run itself is the same for each of its attempts. */
        private SplittableRandom of(String run) {
            return new SplittableRandom(31L * seed + run.hashCode());
        }

        private int parts(String run) {
            int depth = SubTaskId.depth(run);
            SplittableRandom own = of(run);
            boolean splits = depth == 0 || (depth == 1 && own.nextInt(6) == 0);
            return splits ? own.nextInt(1, depth == 0 ? 60 : 8) : 0;
        }

        private FailurePolicy policy(String run) {
            SplittableRandom own = of(run + "?");
            return new FailurePolicy(own.nextInt(3) == 0 ? 0 : own.nextInt(40), own.nextBoolean());
        }

        private Behaviour.Act act(Attempts.Task task, SplittableRandom draws) {
            String run = task.order().fire().runId(task.job().uid());
            task.inputs().parts().ifPresent(results -> reduced.put(run, results));
            Duration length = Duration.ofMillis(draws.nextInt(10, calm ? 100 : 1_500));
            Behaviour.Act act = new Behaviour.Act(
                    length, draws.nextInt(12) > 0, draws.nextInt(8) > 0, draws.nextInt(9) == 0, "\"" + run + "\"");
            int parts = SubTaskId.reduces(run).isPresent() ? 0 : parts(run);
            List<Behaviour.Parts> some = new ArrayList<>();
            for (int from = 0; from < parts; ) {
                int to = Math.min(parts, from + draws.nextInt(1, 40));
                List<SubTask> tasks = SplitScenariosTest.parts(from, to);
                some.add(new Behaviour.Parts(tasks, policy(run)));
                from = to;
            }
            return act.splitting(some.toArray(Behaviour.Parts[]::new));
        }

        void play() {
            String uid = hands.job(Job.named("split")
                    .handler(SimCluster.HANDLER)
                    .manual()
                    .placement(Placement.QUEUED)
                    .retry(new Retry(
                            random.nextInt(1, 4), Duration.ofMillis(200), 1.0, Duration.ofSeconds(1), 0, List.of(), 10))
                    .build());
            int steps = random.nextInt(6, 14);
            int runs = 0;
            for (int i = 0; i < steps; i++) {
                if (random.nextInt(3) > 0) {
                    hands.submit(Hands.run("r" + runs++, uid));
                }
                cluster.run(Duration.ofMillis(random.nextInt(300, 3_000)));
                trouble(runs);
            }
            calm = true;
            for (String id : List.of("a0", "a1", "a2")) {
                if (cluster.agent(id).filter(SimAgent::alive).isEmpty()) {
                    cluster.start(id);
                }
            }
            cluster.run(Duration.ofSeconds(90));
            check(runs);
        }

        private void trouble(int runs) {
            String agent = "a" + random.nextInt(3);
            switch (random.nextInt(8)) {
                case 0 -> new Fault.Kill(agent, Duration.ofMillis(random.nextInt(500, 6_000))).inflict(cluster);
                case 1 -> new Fault.KillMaster(Duration.ofMillis(random.nextInt(500, 6_000))).inflict(cluster);
                case 2 -> new Fault.Pause(agent, Duration.ofMillis(random.nextInt(500, 9_000))).inflict(cluster);
                case 3 -> new Fault.Expire(agent).inflict(cluster);
                case 4 -> {
                    if (runs > 0) {
                        cluster.operator().cancel("split", "r" + random.nextInt(runs));
                    }
                }
                default -> {}
            }
        }

        private void check(int runs) {
            Map<String, Outcome> finals = new HashMap<>();
            for (FireEntry line : hands.lines()) {
                if (line.kind() == FireEntry.Kind.FINAL) {
                    String run = line.fire().runId(line.jobUid());
                    assertThat(finals.put(run, line.outcome()))
                            .as("outcomes of %s", line)
                            .isNull();
                }
            }
            for (int i = 0; i < runs; i++) {
                assertThat(finals).containsKey("r" + i);
            }
            finals.forEach((run, outcome) -> {
                if (outcome == Outcome.SUCCEEDED && SubTaskId.reduces(run).isEmpty() && parts(run) > 0) {
                    succeeded(run, finals);
                }
                SubTaskId.parentOf(run)
                        .ifPresent(parent -> assertThat(finals).as("of %s", run).containsKey(parent));
            });
            assertThat(cluster.ensemble().peekChildren(Paths.SPLITS)).isEmpty();
        }

        private void succeeded(String run, Map<String, Outcome> finals) {
            assertThat(finals).containsEntry(SubTaskId.reduceOf(run), Outcome.SUCCEEDED);
            List<SubTaskResult> results = reduced.get(SubTaskId.reduceOf(run));
            assertThat(results).as("parts of %s", run).hasSize(parts(run));
            int failed = 0;
            for (int i = 0; i < results.size(); i++) {
                SubTaskResult part = results.get(i);
                assertThat(part.name()).isEqualTo("part-" + i);
                assertThat(finals).containsEntry(run + "/" + i, part.outcome());
                boolean well = part.outcome() == Outcome.SUCCEEDED;
                failed += well ? 0 : 1;
                assertThat(part.output().isPresent()).as("%s of %s", part, run).isEqualTo(well);
            }
            assertThat(failed).isLessThanOrEqualTo(policy(run).tolerated());
        }
    }
}
