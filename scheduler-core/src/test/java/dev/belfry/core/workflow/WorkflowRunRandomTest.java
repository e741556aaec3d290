package dev.belfry.core.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.run.LifeCycle;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.value.Condition;
import dev.belfry.core.value.Output;
import dev.belfry.core.workflow.WorkflowAnswer.Refused;
import dev.belfry.core.workflow.WorkflowAnswer.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Workflow runs on random graphs with random outcomes in random order, against an evaluator that knows every outcome ahead. */
class WorkflowRunRandomTest {

    private static final long SEEDS = Long.getLong("belfry.seeds", 4_000);
    private static final long FIRST = Long.getLong("belfry.firstSeed", 1);

    @Test
    void finalStatesAreThoseOfTheBruteForceEvaluatorWhateverTheOrder() {
        Map<?, Long> jobsBefore = WorkflowLifeCycle.JOB.visits();
        Map<?, Long> runsBefore = WorkflowLifeCycle.RUN.visits();
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            try {
                new Drive(seed).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        assertVisited(WorkflowLifeCycle.JOB, jobsBefore);
        assertVisited(WorkflowLifeCycle.RUN, runsBefore);
    }

    private static void assertVisited(LifeCycle<?, ?> table, Map<?, Long> before) {
        table.visits()
                .forEach((transition, count) -> assertThat(count)
                        .as("%s: %s", table.name(), transition)
                        .isGreaterThan(Objects.requireNonNullElse(before.get(transition), 0L)));
    }

    /** One graph. */
    private static final class Drive {
        private final SplittableRandom random;
        private final List<JobDefinition> jobs;
        private final Workflow workflow;
        private final WorkflowStart start;
        private final Map<String, Outcome> outcomes;
        private final Map<String, Output> outputs = new HashMap<>();
        private final Map<String, Integer> started = new HashMap<>();
        private final Set<String> ids = new HashSet<>();
        private WorkflowRun run;

        Drive(long seed) {
            random = new SplittableRandom(seed);
            RandomWorkflows workflows = new RandomWorkflows(random);
            jobs = workflows.jobs(2 + random.nextInt(14));
            outcomes = workflows.outcomes(jobs);
            workflow = WorkflowGraph.of(jobs).workflow("j0").orElseThrow();
            assertThat(WorkflowChecks.of(jobs)).isEmpty();
            start = RandomWorkflows.start(jobs, workflow.schedule().isPresent() && random.nextInt(4) > 0);
            for (JobDefinition job : jobs) {
                if (random.nextInt(4) > 0) {
                    outputs.put(job.name(), Output.of("{\"count\":" + random.nextInt(3) + "}"));
                }
            }
            run = workflow.begin(start).next();
        }

        void run() {
            take(workflow.begin(start));
            if (random.nextInt(8) == 0) {
                endSome(random.nextInt(jobs.size()));
                cancel();
                return;
            }
            endAll();
            assertThat(states(run)).isEqualTo(expected(Set.of(), Map.of()));
            int more = random.nextInt(3);
            for (int i = 0; i < more; i++) {
                if (random.nextBoolean()) {
                    resume();
                } else {
                    rerun();
                }
            }
        }

        private void endAll() {
            endSome(Integer.MAX_VALUE);
            assertThat(run.phase()).as("no job waits for ever: %s", run).isEqualTo(RunPhase.FINAL);
        }

        private void endSome(int most) {
            for (int i = 0; i < most && run.phase() != RunPhase.FINAL; i++) {
                List<WorkflowJob> underWay =
                        run.jobs().stream().filter(WorkflowJob::isUnderWay).toList();
                assertThat(underWay)
                        .as("something is under way while the run is not final")
                        .isNotEmpty();
                end(underWay.get(random.nextInt(underWay.size())));
            }
        }

        private void end(WorkflowJob job) {
            boolean stopped = job.progress().phase() == JobPhase.STOPPING && random.nextBoolean();
            Outcome outcome = stopped ? Outcome.CANCELLED : Objects.requireNonNull(outcomes.get(job.name()));
            boolean readLater = random.nextBoolean();
            JobEnd end = new JobEnd(
                    job.name(),
                    job.progress().attempt(),
                    outcome,
                    readLater ? Optional.empty() : Optional.ofNullable(outputs.get(job.name())),
                    Optional.of("out/" + job.name()));
            WorkflowRun before = run;
            take(run.settled(end));
            assertThat(run.settled(end)).as("what is told twice").isEqualTo(new Step(run, List.of()));
            JobEnd old = JobEnd.of(job.name(), job.progress().attempt() - 1, Outcome.FAILED);
            assertThat(before.settled(old).effects()).isEmpty();
            for (Map.Entry<String, String> unread : run.unread().entrySet()) {
                String name = unread.getKey();
                assertThat(run.read(name, "elsewhere", Optional.empty())).isEqualTo(new Step(run, List.of()));
                take(run.read(name, unread.getValue(), Optional.ofNullable(outputs.get(name))));
            }
            assertThat(run.unread()).isEmpty();
        }

        private void take(Step step) {
            run = step.next();
            for (Effect effect : step.effects()) {
                if (effect instanceof Effect.Start begun) {
                    started.merge(begun.job(), 1, Integer::sum);
                    assertThat(ids.add(begun.runId()))
                            .as("%s is new", begun.runId())
                            .isTrue();
                    assertThat(run.runId(begun.job())).contains(begun.runId());
                } else if (effect instanceof Effect.Decided decided) {
                    assertThat(ids.add(decided.runId()))
                            .as("%s is new", decided.runId())
                            .isTrue();
                    assertThat(run.job(decided.job()).orElseThrow().progress().outcome())
                            .contains(decided.outcome());
                    assertThat(decided.reason()).isNotBlank();
                } else if (effect instanceof Effect.Finished finished) {
                    assertThat(run.outcome()).contains(finished.outcome());
                }
            }
            assertThat(WorkflowRunCodec.decode("w", WorkflowRunCodec.encode(run)))
                    .isEqualTo(run);
        }

        private void cancel() {
            if (run.cancel() instanceof Step step) {
                take(step);
                assertThat(run.jobs()).noneMatch(job -> job.progress().phase() == JobPhase.WAITING);
                assertThat(run.rerun("j0")).isInstanceOf(run.phase() == RunPhase.FINAL ? Step.class : Refused.class);
                assertThat(run.phase() == RunPhase.FINAL || run.cancel().equals(new Step(run, List.of())))
                        .isTrue();
                Map<String, Integer> before = Map.copyOf(started);
                endAll();
                assertThat(started).as("nothing starts once it is cancelled").isEqualTo(before);
            }
        }

        private void resume() {
            Set<String> failed = new HashSet<>();
            for (WorkflowJob job : run.jobs()) {
                if (job.progress().seen() == UpstreamState.FAILED) {
                    failed.add(job.name());
                }
            }
            WorkflowAnswer answer = run.resume();
            assertThat(answer instanceof Refused).isEqualTo(failed.isEmpty());
            if (answer instanceof Step step) {
                change(step, failed, Set.of());
            }
        }

        private void rerun() {
            String name = "j" + random.nextInt(jobs.size());
            if (run.rerun(name) instanceof Step step) {
                change(step, Set.of(name), Set.of(name));
            } else {
                throw new AssertionError("a job of a final run can be run again: " + name);
            }
        }

        /** Goes on after a change that concerns some jobs and all that follow them. */
        private void change(Step step, Set<String> again, Set<String> forced) {
            WorkflowRun before = run;
            Map<String, Integer> startedBefore = Map.copyOf(started);
            again.forEach(name -> outcomes.put(name, random.nextBoolean() ? Outcome.SUCCEEDED : Outcome.TIMED_OUT));
            Set<String> concerned = followers(again);
            take(step);
            if (random.nextInt(3) == 0 && run.phase() == RunPhase.RUNNING) {
                rerunOfSomethingUnderWayIsRefused();
                rerunBesideWhatIsUnderWay(concerned);
            }
            endAll();
            assertThat(states(run)).isEqualTo(expected(forced, keep(before, concerned)));
            for (WorkflowJob job : before.jobs()) {
                if (!concerned.contains(job.name())) {
                    assertThat(run.job(job.name()))
                            .as("not concerned: %s", again)
                            .contains(job);
                    assertThat(started.get(job.name())).isEqualTo(startedBefore.get(job.name()));
                }
            }
        }

        private void rerunOfSomethingUnderWayIsRefused() {
            run.jobs().stream()
                    .filter(WorkflowJob::isUnderWay)
                    .forEach(job -> assertThat(run.rerun(job.name())).isInstanceOf(Refused.class));
        }

        /** A job that has just run again and followed by nothing under way may be run again while others run. */
        private void rerunBesideWhatIsUnderWay(Set<String> concerned) {
            for (WorkflowJob job : run.jobs()) {
                if (!concerned.contains(job.name()) && run.rerun(job.name()) instanceof Step step) {
                    assertThat(step.next().phase()).isEqualTo(RunPhase.RUNNING);
                }
            }
        }

        private Set<String> followers(Set<String> names) {
            Set<String> concerned = new HashSet<>(names);
            for (JobDefinition job : workflow.jobs()) {
                if (job.upstreams().after().stream().anyMatch(concerned::contains)) {
                    concerned.add(job.name());
                }
            }
            return concerned;
        }

        private static Map<String, Outcome> keep(WorkflowRun before, Set<String> concerned) {
            Map<String, Outcome> kept = new HashMap<>();
            before.jobs().stream()
                    .filter(job -> !concerned.contains(job.name()))
                    .forEach(
                            job -> kept.put(job.name(), job.progress().outcome().orElseThrow()));
            return kept;
        }

        private static Map<String, Outcome> states(WorkflowRun run) {
            Map<String, Outcome> states = new TreeMap<>();
            run.jobs()
                    .forEach(job ->
                            states.put(job.name(), job.progress().outcome().orElseThrow()));
            return states;
        }

        /** Every job in the order of numbers, which is one in which upstreams come first, with all upstreams settled. */
        private Map<String, Outcome> expected(Set<String> forced, Map<String, Outcome> kept) {
            Map<String, Outcome> states = new TreeMap<>();
            for (JobDefinition job : jobs) {
                Outcome already = kept.get(job.name());
                states.put(job.name(), already != null ? already : expected(job, forced, states));
            }
            return states;
        }

        private Outcome expected(JobDefinition job, Set<String> forced, Map<String, Outcome> states) {
            List<UpstreamState> upstreams = new ArrayList<>();
            job.upstreams().after().forEach(name -> upstreams.add(UpstreamState.of(states.get(name))));
            Decision decision = PlainRules.decide(job.upstreams().rule(), upstreams);
            if (decision == Decision.RUN && (!conditionsHold(job, states) || leftOut(job))) {
                decision = Decision.SKIP;
            }
            if (forced.contains(job.name())) {
                decision = Decision.RUN;
            }
            return switch (decision) {
                case RUN -> Objects.requireNonNull(outcomes.get(job.name()));
                case UPSTREAM_FAILED -> Outcome.UPSTREAM_FAILED;
                default -> Outcome.SKIPPED;
            };
        }

        private boolean conditionsHold(JobDefinition job, Map<String, Outcome> states) {
            for (Condition condition : job.upstreams().when()) {
                boolean has = states.get(condition.upstream()) == Outcome.SUCCEEDED;
                Optional<Output> output =
                        has ? Optional.ofNullable(outputs.get(condition.upstream())) : Optional.empty();
                if (!condition.on(output).holds()) {
                    return false;
                }
            }
            return true;
        }

        /** The trigger of the fourth hour fires on the first of a month only, and the run is due on the 23rd. */
        private boolean leftOut(JobDefinition job) {
            boolean monthly = job.schedule().triggers().toString().contains("0 0 4 1 * ?");
            return !job.enabled() || (start.scheduled() && monthly);
        }
    }
}
