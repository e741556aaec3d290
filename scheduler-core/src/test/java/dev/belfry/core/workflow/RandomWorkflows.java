package dev.belfry.core.workflow;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.TriggerRule;
import dev.belfry.core.run.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Workflows of every shape, the same for the same seed. */
final class RandomWorkflows {

    static final Instant DUE = Instant.parse("2026-11-23T02:00:00Z");

    private final SplittableRandom random;

    RandomWorkflows(SplittableRandom random) {
        this.random = random;
    }

    /**
     * A connected graph of jobs named j0, j1 and so on, in which upstreams have lower numbers; with a schedule if it has one root, on
     * demand if it has several.
     */
    List<JobDefinition> jobs(int most) {
        int count = 2 + random.nextInt(most - 1);
        int roots = random.nextBoolean() ? 1 : 1 + random.nextInt(Math.min(3, count - 1));
        List<JobDefinition> jobs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Job job = Job.named("j" + i).placement(Placement.QUEUED);
            if (i < roots) {
                if (roots == 1) {
                    job.cron("0 0 2 * * ?");
                } else {
                    job.manual();
                }
            } else {
                follow(job, i, roots, count);
            }
            if (random.nextInt(12) == 0) {
                job.enabled(false);
            }
            jobs.add(job.build());
        }
        return jobs;
    }

    private void follow(Job job, int number, int roots, int count) {
        List<String> after = new ArrayList<>();
        // The last job follows every root, so that the graph is connected.
        for (int up = 0; up < number; up++) {
            boolean needed = number == count - 1 && up < roots;
            if (needed || random.nextInt(number) < 2) {
                after.add("j" + up);
            }
        }
        if (after.isEmpty()) {
            after.add("j" + random.nextInt(number));
        }
        job.after(pick(TriggerRule.values()), after.toArray(new String[0]));
        if (random.nextInt(4) == 0) {
            String upstream = after.get(random.nextInt(after.size()));
            job.when(upstream, "/count", pick("> 0", "== 0", "exists", "absent", "!= 1"));
        }
        if (roots == 1 && random.nextInt(6) == 0) {
            job.cron(pick("0 0 3 * * ?", "0 0 4 1 * ?"));
        }
    }

    /** What becomes of each job if it runs. */
    Map<String, Outcome> outcomes(List<JobDefinition> jobs) {
        Map<String, Outcome> outcomes = new HashMap<>();
        for (JobDefinition job : jobs) {
            outcomes.put(job.name(), random.nextInt(3) > 0 ? Outcome.SUCCEEDED : pick(Outcome.values()));
        }
        return outcomes;
    }

    static WorkflowStart start(List<JobDefinition> jobs, boolean scheduled) {
        Map<String, WorkflowStart.Identity> identities = new HashMap<>();
        jobs.forEach(job -> identities.put(job.name(), new WorkflowStart.Identity(job.name() + "~0000abcd", 7)));
        return new WorkflowStart("w1", DUE, scheduled, identities);
    }

    @SafeVarargs
    final <T> T pick(T... values) {
        return values[random.nextInt(values.length)];
    }
}
