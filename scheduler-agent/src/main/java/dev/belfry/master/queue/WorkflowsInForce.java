package dev.belfry.master.queue;

import dev.belfry.core.cluster.PlannedJob;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.JobProblem;
import dev.belfry.core.job.Upstreams;
import dev.belfry.core.queue.WorkflowBeginning;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.workflow.BackfillId;
import dev.belfry.core.workflow.BackfillRun;
import dev.belfry.core.workflow.RunGiven;
import dev.belfry.core.workflow.Workflow;
import dev.belfry.core.workflow.WorkflowChecks;
import dev.belfry.core.workflow.WorkflowGraph;
import dev.belfry.core.workflow.WorkflowStart;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The workflows that the definitions make, at any instant (rule W1).
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class WorkflowsInForce {
    private static final Pattern SHORT_ID = Pattern.compile("[A-Za-z0-9._-]{1,60}");

    /** Whether and how a job begins a workflow. */
    sealed interface Start {

        /** It is part of none; its runs stand for themselves. */
        record Alone() implements Start {}

        /** It runs after others. */
        record Follows(List<String> upstreams) implements Start {}

        /** It is a root, and the workflow cannot run. */
        record Broken(String why) implements Start {}

        record Begins(Workflow workflow, Map<String, WorkflowStart.Identity> jobs) implements Start {}
    }

    private final QueueOffice office;
    /** Names of the jobs that run after others or have others after them, in any version. */
    private final Set<String> members = new HashSet<>();

    private boolean stale = true;

    WorkflowsInForce(QueueOffice office) {
        this.office = office;
    }

    void jobsChanged() {
        stale = true;
    }

    /** What a run of the job that stands for this instant begins. */
    Start start(JobRecord job, Instant at) {
        refresh();
        if (!members.contains(job.name())) {
            return new Start.Alone();
        }
        Upstreams upstreams = job.at(at).definition().upstreams();
        if (!upstreams.after().isEmpty()) {
            return new Start.Follows(upstreams.after());
        }
        Map<String, JobRecord> records = new TreeMap<>();
        for (JobRecord record : office.jobs()) {
            if (members.contains(record.name()) && PlannedJob.isActive(record, at)) {
                records.put(record.name(), record);
            }
        }
        records.put(job.name(), job);
        List<JobDefinition> definitions = records.values().stream()
                .map(record -> record.at(at).definition())
                .toList();
        Optional<Workflow> workflow = WorkflowGraph.of(definitions).workflow(job.name());
        Set<String> names = workflow.stream()
                .flatMap(found -> found.jobs().stream())
                .map(JobDefinition::name)
                .collect(Collectors.toSet());
        Optional<JobProblem> problem = WorkflowChecks.of(definitions).stream()
                .filter(found -> names.contains(found.job()))
                .findFirst();
        if (problem.isPresent()) {
            return new Start.Broken(problem.get().render());
        }
        return workflow.<Start>map(found -> new Start.Begins(found, identities(found, records, at)))
                .orElse(new Start.Alone());
    }

    private void refresh() {
        if (!stale) {
            return;
        }
        stale = false;
        members.clear();
        for (JobRecord job : office.jobs()) {
            for (JobVersion version : job.versions()) {
                List<String> after = version.definition().upstreams().after();
                if (!after.isEmpty()) {
                    members.add(job.name());
                    members.addAll(after);
                }
            }
        }
    }

    private static Map<String, WorkflowStart.Identity> identities(
            Workflow workflow, Map<String, JobRecord> records, Instant at) {
        Map<String, WorkflowStart.Identity> identities = new HashMap<>();
        for (JobDefinition job : workflow.jobs()) {
            JobRecord record = records.get(job.name());
            if (record != null) {
                identities.put(
                        job.name(),
                        new WorkflowStart.Identity(record.uid(), record.at(at).number()));
            }
        }
        return identities;
    }

    /** The workflow run that a fire begins. */
    static WorkflowBeginning scheduled(
            JobRecord root, Start.Begins start, Instant due, Instant notBefore, Instant now) {
        String id = prefix(root) + "@" + due;
        WorkflowStart begin = new WorkflowStart(id, due, true, start.jobs());
        return WorkflowBeginning.of(start.workflow().begin(begin), notBefore, "schedule", now);
    }

    /** The workflow run that somebody asks for. */
    static WorkflowBeginning asked(
            JobRecord root, Start.Begins start, String command, RunGiven given, String by, Instant now) {
        Instant due = Instant.ofEpochMilli(now.toEpochMilli());
        String known = SHORT_ID.matcher(command).matches() ? command : Paths.hash(command);
        WorkflowStart begin = new WorkflowStart(prefix(root) + "!" + known, due, false, start.jobs(), given);
        return WorkflowBeginning.of(start.workflow().begin(begin), Instant.EPOCH, by, now);
    }

    /** The workflow run of an instant that a backfill begins: by the definitions in force when it was asked for. */
    static WorkflowBeginning filled(BackfillRun backfill, Start.Begins start, Instant due, Instant now) {
        RunGiven given = new RunGiven(Map.of(), Optional.of(backfill.job().asOf()));
        WorkflowStart begin = new WorkflowStart(backfill.id().workflowRun(due), due, false, start.jobs(), given);
        return WorkflowBeginning.of(
                start.workflow().begin(begin), Instant.EPOCH, backfill.asked().by(), now);
    }

    private static String prefix(JobRecord root) {
        return BackfillId.prefix(root.uid());
    }
}
