package dev.belfry.agent.queue;

import dev.belfry.agent.loop.Attempts;
import dev.belfry.agent.loop.MissingInputs;
import dev.belfry.agent.loop.QueuedWork;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.shard.AttemptEnd;
import dev.belfry.core.value.ResolvedParameters;
import dev.belfry.core.workflow.JobRunId;
import dev.belfry.core.workflow.RunParameters;
import dev.belfry.core.workflow.SubTaskId;
import dev.belfry.core.workflow.WorkflowJob;
import dev.belfry.core.workflow.WorkflowRun;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What the code of a task is given: its parameters, and in a workflow the outputs of the jobs before it. Not thread-safe; owned by the
 * agent's loop.
 */
final class TaskInputs {

    /**
     * What an attempt is given.
     *
     * @param failure how it ends without having begun, if something cannot be had
     */
    record Given(Attempts.Inputs inputs, Optional<AttemptEnd> failure) {}

    private final QueuedWork.Setting setting;
    private final Consumer<TakenTask> advance;

    /** @param advance told of a task of which more is known */
    TaskInputs(QueuedWork.Setting setting, Consumer<TakenTask> advance) {
        this.setting = setting;
        this.advance = advance;
    }

    /** Whether everything is known that the task is to be given; what is not is asked for. */
    boolean known(TakenTask task, JobDefinition job) {
        if (!partsAreKnown(task)) {
            return false;
        }
        Optional<JobRunId> id = Optional.<JobRunId>empty();
        if (!job.upstreams().after().isEmpty()) {
            id = JobRunId.parse(SubTaskId.root(task.entry.runId()))
                    .filter(run -> run.job().equals(job.name()));
        }
        if (id.isEmpty()) {
            return true;
        }
        if (task.upstreams == null) {
            task.upstreams = new UpstreamReads(setting, id.get(), () -> advance.accept(task));
        }
        return task.upstreams.complete() && rootIsKnown(task.upstreams, task, job);
    }

    private boolean partsAreKnown(TakenTask task) {
        Optional<String> split = SubTaskId.reduces(task.entry.runId());
        if (split.isEmpty()) {
            return true;
        }
        if (task.parts == null) {
            task.parts = new PartReads(setting, split.get(), () -> advance.accept(task));
        }
        return task.parts.complete();
    }

    /** A job whose record is damaged for the time being is waited for, as for the task's own. */
    private boolean rootIsKnown(UpstreamReads upstreams, TakenTask task, JobDefinition job) {
        return upstreams.run().isEmpty()
                || !RunParameters.askForRoot(job, own(task, upstreams.run().get(), job))
                || root(upstreams.run().get())
                        .map(root -> !setting.around().unreadable(root.plan().uid()))
                        .orElse(true);
    }

    private static Optional<WorkflowJob> root(WorkflowRun run) {
        return run.jobs().stream()
                .filter(job -> job.plan().upstreams().isEmpty())
                .findFirst();
    }

    /** What the task is given, once that is {@link #known}. */
    Given of(TakenTask task, JobDefinition job) {
        PartReads parts = task.parts;
        Given given = alone(task, job);
        if (parts == null || given.failure().isPresent()) {
            return given;
        }
        Optional<String> problem = parts.problem();
        return problem.isPresent()
                ? new Given(Attempts.Inputs.NONE, problem.map(MissingInputs::noParts))
                : new Given(
                        new Attempts.Inputs(
                                given.inputs().parameters(), given.inputs().upstreams(), Optional.of(parts.results())),
                        Optional.empty());
    }

    private Given alone(TakenTask task, JobDefinition job) {
        UpstreamReads upstreams = task.upstreams;
        if (upstreams == null) {
            return given(RunParameters.alone(job, task.entry.fire().due(), task.entry.parameters()), Map.of());
        }
        if (upstreams.run().isEmpty()) {
            String why = upstreams.problem().orElseThrow();
            return new Given(Attempts.Inputs.NONE, Optional.of(MissingInputs.noWorkflow(why)));
        }
        WorkflowRun run = upstreams.run().get();
        Optional<JobDefinition> root = root(run)
                .flatMap(each -> setting.around().job(each.plan().uid()))
                .map(record -> record.at(run.definedAt()).definition());
        return given(
                RunParameters.within(job, root, run.due(), own(task, run, job), upstreams.outputs()),
                upstreams.texts());
    }

    /** What the workflow run was given, and over it what the run of the job was. */
    private static Map<String, String> own(TakenTask task, WorkflowRun run, JobDefinition job) {
        Map<String, String> own = new TreeMap<>(run.given().reaching(job));
        own.putAll(task.entry.parameters());
        return own;
    }

    private static Given given(ResolvedParameters parameters, Map<String, String> outputs) {
        return new Given(
                new Attempts.Inputs(parameters.values(), outputs),
                parameters.problems().isEmpty()
                        ? Optional.empty()
                        : Optional.of(MissingInputs.unresolved(parameters.problems())));
    }
}
