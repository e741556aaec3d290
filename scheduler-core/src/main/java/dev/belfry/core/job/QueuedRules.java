package dev.belfry.core.job;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What must hold between the keys that are about waiting in a queue. */
final class QueuedRules {

    private QueuedRules() {}

    /** Refuses what only a queued job can have. */
    static void refuse(Placement placement, Values values) {
        String word = Scalars.nameOf(placement);
        String expected = "placement: queued, or no such key";
        Complaint unqueued = Complaint.of("a " + word + " job fires at its instant without waiting in a queue")
                .expecting(expected);
        JobRules.refuse(unqueued, values, JobForm.PRIORITY);
        JobRules.refuse(unqueued, values, JobForm.TIMEOUTS, PolicyForms.QUEUE);
        for (Key<?, ?> key : List.of(
                JobForm.QUEUE, JobForm.CONCURRENCY, JobForm.POOL, JobForm.RATE, JobForm.COST, JobForm.BACKUP_AFTER)) {
            JobRules.refuse(unqueued, values, key);
        }
        Complaint unlimited = Complaint.of("a " + word + " job repeats what was lost with its agent without limit")
                .expecting(expected);
        JobRules.refuse(unlimited, values, JobForm.RETRY, RetryForm.LOST);
        Complaint unmeasured = Complaint.of("a " + word
                        + " job fires without asking whether its agent has cpu or memory to spare; only slots count")
                .expecting(expected);
        JobRules.refuse(unmeasured, values, JobForm.REQUIRES, RequirementsForm.RESOURCES, RequirementsForm.CPU);
        JobRules.refuse(unmeasured, values, JobForm.REQUIRES, RequirementsForm.RESOURCES, RequirementsForm.MEMORY);
    }

    /** Checks a queued job. */
    static void check(Values values) {
        checkPools(values);
        if (values.sound(JobForm.SHARDS) && values.get(JobForm.SHARDS).count() > ShardLayout.MOST_QUEUED) {
            Complaint many = Complaint.of("a queued job has at most " + ShardLayout.MOST_QUEUED
                            + " shards: what becomes of the tasks of a run is kept in one place")
                    .expecting("fewer shards, or several runs with parameters of their own");
            JobRules.refuse(many, values, JobForm.SHARDS);
        }
        boolean once = values.sound(JobForm.RECOVERY) && values.get(JobForm.RECOVERY) == Recovery.SKIP;
        if (once) {
            JobRules.refuse(
                    Complaint.of(
                                    "with recovery: skip a task runs at most once, so it has no second attempt beside the first")
                            .expecting("recovery: rerun, or no such key"),
                    values,
                    JobForm.BACKUP_AFTER);
        }
        if (values.sound(JobForm.STRATEGY) && values.find(JobForm.STRATEGY) == Strategy.BROADCAST) {
            Complaint everywhere = Complaint.of(
                            "with strategy: broadcast there is a task for every agent, on that agent")
                    .expecting("no such key");
            JobRules.refuse(everywhere, values, JobForm.SHARDS);
            JobRules.refuse(everywhere, values, JobForm.REQUIRES, RequirementsForm.SPREAD);
            JobRules.refuse(everywhere, values, JobForm.BACKUP_AFTER);
        }
    }

    private static void checkPools(Values values) {
        if (!values.sound(JobForm.POOL) || !(values.node(JobForm.POOL) instanceof Node.Sequence written)) {
            return;
        }
        List<String> pools = values.get(JobForm.POOL);
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < pools.size(); i++) {
            if (!seen.add(pools.get(i))) {
                values.reading()
                        .report(
                                written.items().get(i).at(),
                                Paths.item(Paths.key(values.path(), JobForm.POOL.name()), i),
                                Complaint.of("is listed twice"));
            }
        }
    }
}
