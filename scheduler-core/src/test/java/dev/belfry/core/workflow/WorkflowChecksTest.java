package dev.belfry.core.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.DefinitionError;
import dev.belfry.core.job.DefinitionJson;
import dev.belfry.core.job.Definitions;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.JobProblem;
import dev.belfry.core.job.ParsedDefinitions;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.TriggerRule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WorkflowChecksTest {

    private static final String ONE_ROOT =
            " (expected after: [a], and no trigger or one that holds it back; only where all are manual there may be several"
                    + " roots)";

    private static final String NOT_QUEUED =
            ": of a job in a workflow the master must learn when its run is over, and it does only of queued jobs (expected"
                    + " placement: queued for every job of the workflow)";

    private static Job queued(String name) {
        return Job.named(name).placement(Placement.QUEUED);
    }

    private static JobDefinition after(String name, String... upstreams) {
        return queued(name).after(TriggerRule.ALL_SUCCESS, upstreams).build();
    }

    private static JobDefinition nightly(String name) {
        return queued(name).cron("0 0 2 * * ?").build();
    }

    private static List<String> problems(JobDefinition... jobs) {
        return WorkflowChecks.of(List.of(jobs)).stream().map(JobProblem::render).toList();
    }

    @Test
    void jobsThatFollowEachOtherProperlyAreFine() {
        assertThat(problems(
                        nightly("tokenise"),
                        after("index", "tokenise"),
                        after("recommend", "index"),
                        after("evaluate", "recommend", "index"),
                        nightly("alone"),
                        Job.named("sticky").every(Duration.ofSeconds(5)).build(),
                        queued("fires").every(Duration.ofSeconds(5)).shards(8).build(),
                        after("counts", "fires"),
                        queued("one").manual().build(),
                        queued("two").manual().build(),
                        after("both", "one", "two")))
                .isEmpty();
    }

    @Test
    void aFixedDelayCountsFromTheEndOfTheWorkflowRun() {
        assertThat(problems(
                        queued("poll").delay(Duration.ofMinutes(1)).build(),
                        after("load", "poll"),
                        queued("report")
                                .after(TriggerRule.ALL_DONE, "load")
                                .cron("0 0 6 * * ?")
                                .build()))
                .isEmpty();
    }

    @Test
    void onlyADirectUpstreamWithOneTaskHandsOnAnOutput() {
        JobDefinition shards = queued("a").manual().shards(4).build();
        assertThat(problems(
                        shards,
                        queued("b")
                                .after(TriggerRule.ALL_DONE, "a")
                                .when("a", "/count", "> 0")
                                .build()))
                .containsExactly(
                        "job b: when: looks at the output of a, which has 4 shards, and only a job with one task hands on an"
                                + " output (expected an upstream with one shard, such as a job between them that sums up what"
                                + " the shards did)");
        assertThat(problems(
                        shards,
                        queued("c").manual().build(),
                        queued("b")
                                .after(TriggerRule.ALL_DONE, "a", "c")
                                .when("c", "/count", "> 0")
                                .when("a", "/count", "> 0")
                                .parameter("from", "${due}-${upstream.c/first}-${upstream.a/first|0}")
                                .build()))
                .extracting(text -> text.substring(0, text.indexOf(", which")))
                .containsExactly(
                        "job b: when[1]: looks at the output of a",
                        "job b: parameters: parameter from looks at the output of a");
        JobDefinition far = queued("c")
                .after(TriggerRule.ALL_DONE, "b", "a")
                .parameter("from", "${upstream.a/first}")
                .build();
        assertThat(problems(queued("a").manual().build(), after("b", "a"), withAfter(far, "b")))
                .containsExactly(
                        "job c: parameters: parameter from looks at the output of a, after which the job does not"
                                + " run directly (expected one of after: b)");
    }

    /** As it may be stored: what is read from files or declared in code is checked with the job. */
    private static JobDefinition withAfter(JobDefinition job, String upstream) {
        String stored = DefinitionJson.encode(job).replace("[\"b\",\"a\"]", "[\"" + upstream + "\"]");
        return DefinitionJson.decode(stored);
    }

    @Test
    void theErrorsSayWhatIsWrongAndWhatToDo() {
        assertThat(problems(nightly("tokenise"), after("index", "tokenise", "tokenize")))
                .containsExactly(
                        "job index: after[1]: there is no job \"tokenize\" (expected the name of a job that is applied"
                                + " before or together with it; did you mean tokenise?)");
        assertThat(problems(after("b", "a"), after("c", "b"), after("a", "c"), after("d", "a")))
                .containsExactly(
                        "job a: after[0]: closes a cycle: a -> b -> c -> a (expected upstreams that do not wait for a"
                                + " themselves)");
        assertThat(problems(nightly("a"), queued("b").manual().build(), after("c", "a", "b")))
                .containsExactly(
                        "job b: trigger: would never run: the workflow starts with a, and this job runs after no other"
                                + ONE_ROOT);
        assertThat(problems(nightly("a"), nightly("b"), after("c", "a", "b")))
                .as("even the same")
                .containsExactly(
                        "job b: trigger: would start the workflow that a starts, and a workflow with a schedule has one root"
                                + ONE_ROOT);
        assertThat(problems(
                        Job.named("a")
                                .placement(Placement.BROADCAST)
                                .cron("0 0 2 * * ?")
                                .build(),
                        after("b", "a")))
                .containsExactly("job a: placement: is broadcast" + NOT_QUEUED);
        assertThat(problems(Job.named("a").manual().build(), after("b", "a")))
                .containsExactly("job a: placement: is sticky" + NOT_QUEUED);
        assertThat(problems(
                        queued("a").manual().build(),
                        queued("b")
                                .after(TriggerRule.ALL_DONE, "a")
                                .cron("0 0 3 * * ?")
                                .build()))
                .containsExactly(
                        "job b: trigger: has no effect: the workflow runs on demand only (expected a trigger for a, or none"
                                + " for this job)");
        assertThat(problems(
                        queued("a")
                                .cron("0 0 2 * * ?")
                                .start(Instant.parse("2027-01-01T00:00:00Z"))
                                .build(),
                        queued("b")
                                .after(TriggerRule.ALL_DONE, "a")
                                .at(Instant.parse("2026-12-01T00:00:00Z"))
                                .build()))
                .containsExactly(
                        "job b: trigger: would never let the job run: it does not fire at or after 2027-01-01T02:00:00Z,"
                                + " when the workflow first runs (expected a trigger that fires after that of a, or none)");
        assertThat(problems(
                        nightly("a"),
                        queued("b")
                                .after(TriggerRule.ALL_DONE, "a")
                                .parameter("day", "${due-1b.date}")
                                .build()))
                .containsExactly(
                        "job b: parameters: parameter day counts business days, but the trigger of the workflow, that of a,"
                                + " has no one calendar (expected one calendar for the trigger of a)");
    }

    @Test
    void errorsStandWhereTheJobIsWrittenAndNameOthersThatTheFileBreaks() {
        ParsedDefinitions file = Definitions.parse("a.yaml", """
                apiVersion: belfry/v1
                jobs:
                  - name: tokenise
                    placement: broadcast
                    trigger: {cron: "0 0 2 * * ?"}
                  - name: report
                    placement: queued
                    after: [recommend, exprot]
                """);
        List<JobDefinition> present = List.of(
                nightly("tokenise"), after("index", "tokenise"), nightly("export"), after("recommend", "report"));
        WorkflowChecks.Findings findings = WorkflowChecks.of(List.of(file), present);
        assertThat(findings.inFiles())
                .extracting(DefinitionError::render)
                .containsExactly(
                        "a.yaml:4:16: jobs[0].placement: is broadcast" + NOT_QUEUED,
                        "a.yaml:8:24: jobs[1].after[1]: there is no job \"exprot\" (expected the name of a job that is applied"
                                + " before or together with it; did you mean export?)");
        assertThat(findings.elsewhere())
                .extracting(JobProblem::render)
                .containsExactly(
                        "job recommend: after[0]: closes a cycle: recommend -> report -> recommend (expected upstreams that"
                                + " do not wait for recommend themselves)");
        assertThat(findings.none()).isFalse();
        ParsedDefinitions right = Definitions.parse(
                "b.yaml",
                "apiVersion: belfry/v1\njobs:\n  - {name: merge, placement: queued, after: [index, export]}\n");
        assertThat(WorkflowChecks.of(
                                List.of(right),
                                List.of(nightly("tokenise"), after("index", "tokenise"), after("export", "tokenise")))
                        .none())
                .isTrue();
    }

    @Test
    void deletingAJobLeavesItsFollowersWithout() {
        WorkflowGraph graph = WorkflowGraph.of(List.of(nightly("a"), after("c", "a"), after("b", "a", "c")));
        assertThat(graph.followers("a")).containsExactly("b", "c");
        assertThat(graph.followers("b")).isEmpty();
    }

    @Test
    void aCycleIsFoundExactlyWhereThereIsOne() {
        int cyclic = 0;
        for (long seed = 1; seed <= 3_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int count = 2 + random.nextInt(9);
            boolean[][] edge = new boolean[count][count];
            for (int i = 0; i < count * 3 / 2; i++) {
                int from = random.nextInt(count);
                int to = random.nextInt(count);
                edge[from][to] = from != to;
            }
            List<JobDefinition> jobs = jobs(edge);
            boolean[][] reach = closure(edge);
            Set<String> onCycles = new HashSet<>();
            for (int i = 0; i < count; i++) {
                if (reach[i][i]) {
                    onCycles.add("j" + i);
                }
            }
            List<JobProblem> found = WorkflowChecks.of(jobs).stream()
                    .filter(problem -> problem.message().startsWith("closes a cycle"))
                    .toList();
            Set<String> told = new HashSet<>();
            for (JobProblem problem : found) {
                told.addAll(checkCycle(problem, edge, seed));
            }
            assertThat(told).as("seed %d", seed).isEqualTo(onCycles);
            cyclic += onCycles.isEmpty() ? 0 : 1;
        }
        assertThat(cyclic).isBetween(500, 2_800);
    }

    private static List<JobDefinition> jobs(boolean[][] edge) {
        List<JobDefinition> jobs = new ArrayList<>();
        for (int to = 0; to < edge.length; to++) {
            List<String> upstreams = new ArrayList<>();
            for (int from = 0; from < edge.length; from++) {
                if (edge[from][to]) {
                    upstreams.add("j" + from);
                }
            }
            jobs.add(upstreams.isEmpty() ? nightly("j" + to) : after("j" + to, upstreams.toArray(new String[0])));
        }
        return jobs;
    }

    private static boolean[][] closure(boolean[][] edge) {
        int count = edge.length;
        boolean[][] reach = new boolean[count][];
        for (int i = 0; i < count; i++) {
            reach[i] = edge[i].clone();
        }
        for (int k = 0; k < count; k++) {
            for (int i = 0; i < count; i++) {
                for (int j = 0; j < count; j++) {
                    reach[i][j] |= reach[i][k] && reach[k][j];
                }
            }
        }
        return reach;
    }

    /** The jobs of the printed path, each of which really follows the one before it. */
    private static List<String> checkCycle(JobProblem problem, boolean[][] edge, long seed) {
        String path = problem.message().substring("closes a cycle: ".length());
        List<String> names = List.of(path.split(" -> "));
        assertThat(names.get(0)).isEqualTo(problem.job()).isEqualTo(names.get(names.size() - 1));
        for (int i = 0; i + 1 < names.size(); i++) {
            int from = Integer.parseInt(names.get(i).substring(1));
            int to = Integer.parseInt(names.get(i + 1).substring(1));
            assertThat(edge[from][to]).as("seed %d: %s", seed, path).isTrue();
        }
        return names;
    }

    @Test
    void hundredsOfJobsFitAndWhatWouldNotFitIsRefused() {
        List<JobDefinition> fits = wide(380, "job-%03d");
        assertThat(WorkflowChecks.of(fits)).isEmpty();
        List<JobDefinition> tooMany = wide(500, "a-job-with-a-rather-long-name-as-people-like-them-in-real-life-%03d");
        assertThat(WorkflowChecks.of(tooMany))
                .singleElement()
                .satisfies(problem -> assertThat(problem.render())
                        .startsWith(
                                "job a-job-with-a-rather-long-name-as-people-like-them-in-real-life-000: name: is the first of"
                                        + " 500 jobs of a workflow; a run of it could take ")
                        .endsWith(
                                " bytes as stored (expected at most 65,536; shorter names, fewer upstreams, fewer conditions, or"
                                        + " two workflows)"));
    }

    /** A root, and layers of jobs that follow two others each. */
    private static List<JobDefinition> wide(int count, String pattern) {
        List<JobDefinition> jobs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = String.format(Locale.ROOT, pattern, i);
            String before = String.format(Locale.ROOT, pattern, i / 2);
            String other = String.format(Locale.ROOT, pattern, Math.max(0, i - 1));
            jobs.add(i == 0 ? nightly(name) : before.equals(other) ? after(name, before) : after(name, before, other));
        }
        return jobs;
    }
}
