package dev.belfry.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Retry;
import dev.belfry.core.job.TriggerRule;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.workflow.JobEnd;
import dev.belfry.core.workflow.RunPhase;
import dev.belfry.core.workflow.WorkflowJob;
import dev.belfry.core.workflow.WorkflowRun;
import dev.belfry.core.workflow.WorkflowRunCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random workflows while agents and masters are killed, cut off and paused, and workflow runs cancelled and resumed: when all is
 * quiet every workflow run is final, each job has the outcome that the record tells of, and no run has two.
 */
@ExtendWith(QuietLogs.class)
class WorkflowSeedsTest {
    private static final int SEEDS = Integer.getInteger("belfry.workflow.seeds", 60);
    private static final int FIRST = Integer.getInteger("belfry.workflow.first", 1);

    @Test
    void everyWorkflowRunEndsWithWhatTheRecordTells() {
        for (int seed = FIRST; seed < FIRST + SEEDS; seed++) {
            try {
                new Play(seed).play();
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + " (-Dbelfry.workflow.first=" + seed + " with one seed)", e);
            }
        }
    }

    private static final class Play {
        private final SplittableRandom random;
        private final SimCluster cluster;
        private final Hands hands;
        private final Instant lastFire;

        Play(int seed) {
            this.random = new SplittableRandom(seed);
            this.cluster = Scenes.cluster(seed, ClusterOptions.DEFAULT);
            this.hands = new Hands(cluster);
            this.lastFire = cluster.now().plusSeconds(45);
            hands.idle();
            cluster.behave((task, draws) -> act(draws));
        }

        private static Behaviour.Act act(SplittableRandom draws) {
            Duration length = Duration.ofMillis(draws.nextInt(10, 1_500));
            return new Behaviour.Act(
                    length, draws.nextInt(5) > 0, draws.nextInt(8) > 0, false, "{\"n\": " + draws.nextInt(3) + "}");
        }

        void play() {
            jobs().forEach(hands::job);
            int steps = random.nextInt(8, 16);
            for (int i = 0; i < steps; i++) {
                cluster.run(Duration.ofMillis(random.nextInt(500, 4_000)));
                trouble();
            }
            for (String id : List.of("a0", "a1", "a2")) {
                if (cluster.agent(id).filter(SimAgent::alive).isEmpty()) {
                    cluster.start(id);
                }
            }
            cluster.runUntil(Duration.ofSeconds(60), () -> cluster.now().isAfter(lastFire));
            // The last runs end, with all their retries, and what a lost agent had is run again.
            cluster.run(Duration.ofSeconds(60));
            check();
        }

        /** A graph in which each job follows some of those before it. */
        private List<JobDefinition> jobs() {
            int count = random.nextInt(2, 7);
            List<JobDefinition> jobs = new ArrayList<>();
            Map<String, Integer> shards = new HashMap<>();
            for (int i = 0; i < count; i++) {
                Job job = Job.named("j" + i)
                        .handler(SimCluster.HANDLER)
                        .placement(Placement.QUEUED)
                        .retry(new Retry(
                                random.nextInt(1, 3),
                                Duration.ofMillis(200),
                                1.0,
                                Duration.ofSeconds(1),
                                0,
                                List.of(),
                                10));
                int tasks = random.nextInt(4) == 0 ? random.nextInt(2, 4) : 1;
                shards.put("j" + i, tasks);
                job.shards(tasks);
                if (i == 0) {
                    job.every(Duration.ofSeconds(random.nextInt(3, 9))).end(lastFire);
                } else {
                    follow(job, i, shards);
                }
                jobs.add(job.build());
            }
            return jobs;
        }

        private void follow(Job job, int number, Map<String, Integer> shards) {
            List<String> upstreams = new ArrayList<>();
            for (int i = 0; i < number; i++) {
                if (random.nextInt(2) == 0) {
                    upstreams.add("j" + i);
                }
            }
            if (upstreams.isEmpty()) {
                upstreams.add("j" + random.nextInt(number));
            }
            TriggerRule[] rules = TriggerRule.values();
            job.after(rules[random.nextInt(rules.length)], upstreams.toArray(String[]::new));
            String watched = upstreams.get(random.nextInt(upstreams.size()));
            if (shards.get(watched) == 1 && random.nextInt(3) == 0) {
                job.when(watched, "/n", "> 0");
            }
        }

        private void trouble() {
            String agent = "a" + random.nextInt(3);
            switch (random.nextInt(8)) {
                case 0 -> new Fault.Kill(agent, Duration.ofMillis(random.nextInt(500, 6_000))).inflict(cluster);
                case 1 -> new Fault.KillMaster(Duration.ofMillis(random.nextInt(500, 6_000))).inflict(cluster);
                case 2 -> new Fault.Pause(agent, Duration.ofMillis(random.nextInt(500, 9_000))).inflict(cluster);
                case 3 -> new Fault.Expire(agent).inflict(cluster);
                case 4 ->
                    some(RunPhase.RUNNING).forEach(run -> cluster.operator().cancelWorkflow(run.id()));
                case 5 ->
                    some(RunPhase.FINAL).stream()
                            .filter(run -> run.outcome().equals(Optional.of(Outcome.FAILED)))
                            .forEach(run -> cluster.operator().rerun(run.id(), Optional.empty()));
                default -> {}
            }
        }

        private List<WorkflowRun> some(RunPhase phase) {
            return runs().stream().filter(run -> run.phase() == phase).limit(1).toList();
        }

        private List<WorkflowRun> runs() {
            return cluster.ensemble().peekChildren(Paths.WORKFLOWS).stream()
                    .map(name -> cluster.ensemble().peek(Paths.workflow(name)).orElseThrow())
                    .map(znode -> WorkflowRunCodec.decode(znode.path(), znode.data()))
                    .toList();
        }

        private void check() {
            Map<String, Map<String, Outcome>> finals = new LinkedHashMap<>();
            for (FireEntry line : hands.lines()) {
                if (line.kind() == FireEntry.Kind.FINAL) {
                    Outcome before = finals.computeIfAbsent(line.fire().runId(line.jobUid()), id -> new HashMap<>())
                            .put(line.shard(), line.outcome());
                    assertThat(before).as("outcomes of %s", line).isNull();
                }
            }
            List<WorkflowRun> runs = runs();
            assertThat(runs).isNotEmpty();
            for (WorkflowRun run : runs) {
                assertThat(run.phase()).as("%s", run).isEqualTo(RunPhase.FINAL);
                for (WorkflowJob job : run.jobs()) {
                    String id = run.runId(job.name()).orElseThrow();
                    assertThat(finals).as("%s of %s", job, run).containsKey(id);
                    assertThat(job.progress().outcome())
                            .as("%s of %s", job, run)
                            .contains(JobEnd.combined(finals.get(id).values()));
                }
            }
        }
    }
}
