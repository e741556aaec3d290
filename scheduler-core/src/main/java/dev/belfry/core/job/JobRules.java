package dev.belfry.core.job;

import dev.belfry.core.schedule.DelayTrigger;
import dev.belfry.core.schedule.ManualTrigger;
import dev.belfry.core.schedule.Trigger;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What must hold between the keys of a job. */
final class JobRules {

    /** The most bytes of a stored definition: with its versions and the rest of the record it stays below 64 kB. */
    static final int MOST_BYTES = 48 * 1024;

    private static final Complaint UNOWNED = Complaint.of(
                    "only a sticky job has owners that are assigned ahead of time")
            .expecting("placement: sticky, or no such key");

    private JobRules() {}

    static void check(Values values) {
        checkTriggers(values);
        checkUpstreams(values);
        WhenForm.check(values);
        if (!values.reading().stored()) {
            HandlerParameters.check(values);
        }
        if (!values.sound(JobForm.PLACEMENT)) {
            return;
        }
        Placement placement = values.get(JobForm.PLACEMENT);
        if (placement != Placement.QUEUED) {
            QueuedRules.refuse(placement, values);
            refuse(
                    Complaint.of("a " + Scalars.nameOf(placement)
                                    + " job fires from its owners' own clocks, so it cannot wait for other jobs")
                            .expecting("placement: queued, or no such key"),
                    values,
                    JobForm.AFTER);
        }
        checkStrategy(placement, values);
        if (placement != Placement.STICKY) {
            refuse(UNOWNED, values, JobForm.REJOIN_GRACE);
        }
        if (placement == Placement.QUEUED) {
            QueuedRules.check(values);
        }
        if (placement == Placement.BROADCAST) {
            Complaint everywhere = Complaint.of("a broadcast job runs on every agent, and these are its shards")
                    .expecting("no such key");
            refuse(everywhere, values, JobForm.SHARDS);
            refuse(everywhere, values, JobForm.REQUIRES, RequirementsForm.SPREAD);
        }
    }

    /** Refuses a key that has no effect with the job's placement, if it is there. */
    static void refuse(Complaint complaint, Values values, Key<?, ?>... keys) {
        if (values.node(keys) != null) {
            values.report(complaint, keys);
        }
    }

    private static void checkStrategy(Placement placement, Values values) {
        if (placement == Placement.BROADCAST) {
            refuse(UNOWNED, values, JobForm.STRATEGY);
            return;
        }
        if (!values.has(JobForm.STRATEGY) || !values.sound(JobForm.STRATEGY)) {
            return;
        }
        Strategy strategy = values.get(JobForm.STRATEGY);
        if (!strategy.fits(placement)) {
            String words = String.join(
                    " | ", Strategy.of(placement).stream().map(Scalars::nameOf).toList());
            values.report(
                    Complaint.of("is " + Scalars.nameOf(strategy) + ", which no " + Scalars.nameOf(placement)
                                    + " job can have")
                            .expecting("with placement: " + Scalars.nameOf(placement) + " " + words),
                    JobForm.STRATEGY);
        }
    }

    private static void checkTriggers(Values values) {
        Node node = values.node(JobForm.TRIGGER);
        if (node == null) {
            if (!values.has(JobForm.AFTER)) {
                values.report(Complaint.of("trigger is missing")
                        .expecting("cron, every, delay, at or manual; trigger: manual for a job that runs on demand"));
            }
            return;
        }
        List<Trigger> triggers = values.find(JobForm.TRIGGER);
        if (triggers == null || !values.sound(JobForm.TRIGGER)) {
            return;
        }
        String path = Paths.key(values.path(), JobForm.TRIGGER.name());
        TriggerRules.checkAll(triggers, node, path, values.reading());
        if (values.has(JobForm.AFTER) && triggers.stream().allMatch(ManualTrigger.class::isInstance)) {
            values.report(
                    Complaint.of("a manual trigger and after exclude each other: nothing would ever start the job")
                            .expecting("no trigger, so that the job runs when its upstreams settle"),
                    JobForm.TRIGGER);
        }
        if (values.has(JobForm.AFTER) && triggers.stream().anyMatch(DelayTrigger.class::isInstance)) {
            values.report(
                    Complaint.of(
                                    "delay and after exclude each other: a job that runs after others has no pace of its own")
                            .expecting("cron, every or at, before which the job does not run, or no trigger"),
                    JobForm.TRIGGER);
        }
    }

    private static void checkUpstreams(Values values) {
        if (values.has(JobForm.RULE) && !values.has(JobForm.AFTER)) {
            values.report(
                    Complaint.of("there are no upstreams to judge").expecting("after, a list of jobs"), JobForm.RULE);
        }
        if (!values.sound(JobForm.AFTER) || !(values.node(JobForm.AFTER) instanceof Node.Sequence written)) {
            return;
        }
        List<String> after = values.get(JobForm.AFTER);
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < after.size(); i++) {
            boolean itself = after.get(i).equals(values.find(JobForm.NAME));
            if (itself || !seen.add(after.get(i))) {
                values.reading()
                        .report(
                                written.items().get(i).at(),
                                Paths.item(Paths.key(values.path(), JobForm.AFTER.name()), i),
                                Complaint.of(itself ? "a job cannot run after itself" : "is listed twice"));
            }
        }
    }

    /** Whether the definition can be stored; reports it if not. */
    static boolean fits(JobDefinition job, Values values) {
        int bytes = DefinitionJson.encode(job).getBytes(StandardCharsets.UTF_8).length;
        if (bytes <= MOST_BYTES) {
            return true;
        }
        values.report(Complaint.of(String.format(Locale.ROOT, "the definition takes %,d bytes as stored", bytes))
                .expecting(String.format(
                        Locale.ROOT, "at most %,d; parameters, shard parameters and calendars take most", MOST_BYTES)));
        return false;
    }
}
