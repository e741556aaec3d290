package dev.belfry.master;

import dev.belfry.core.command.Command;
import dev.belfry.core.job.DefinitionError;
import dev.belfry.core.job.HandlerParameters;
import dev.belfry.core.job.Placement;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.queue.DeadLetter;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.version.JobRecord;
import dev.belfry.master.queue.BackfillDesk;
import dev.belfry.master.queue.DeadLetterDesk;
import dev.belfry.master.queue.QueueDesk;
import dev.belfry.master.queue.WorkflowDesk;
import dev.belfry.store.Transaction;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Commands about single runs, and what they are for runs in the queue. */
final class RunCommands {
    private final JobBook jobs;
    private final Supplier<QueueDesk> queue;

    RunCommands(JobBook jobs, Supplier<QueueDesk> queue) {
        this.jobs = jobs;
        this.queue = queue;
    }

    /** Whether it takes what is known of the queue. */
    boolean concerns(Command command) {
        return command.kind() == Command.Kind.TRIGGER
                || command.kind() == Command.Kind.CANCEL
                || command.kind() == Command.Kind.RERUN
                || command.kind() == Command.Kind.FORGET
                || command.kind() == Command.Kind.BACKFILL;
    }

    /** Whether runs of the job go through the queue. */
    boolean isQueued(JobRecord job) {
        return job.definition().placement() == Placement.QUEUED;
    }

    static String runId(Command command, JobRecord job) {
        return job.uid() + "!" + command.id();
    }

    /** Why the run that is asked for cannot work; empty if nothing speaks against it. */
    static Optional<Effect> refusal(Command command, JobRecord job) {
        List<DefinitionError> problems = HandlerParameters.problems(job.definition(), command.parameters());
        return problems.isEmpty()
                ? Optional.empty()
                : Optional.of(Effect.refused("the run cannot work: "
                        + problems.stream().map(DefinitionError::render).collect(Collectors.joining("; "))));
    }

    /** A run that somebody asks for: a segment of the master. */
    Effect trigger(Command command, JobRecord job) {
        Optional<Effect> refusal =
                refusal(command, job).or(() -> queue.get().closedBecause().map(Effect::refused));
        if (refusal.isPresent()) {
            return refusal.get();
        }
        String runId = runId(command, job);
        Submission run = new Submission(
                runId,
                job.uid(),
                job.definition().shards().count(),
                Optional.empty(),
                command.parameters(),
                Submission.USUAL,
                command.by());
        return new Effect(
                true, "run " + runId + " requested", runId, queue.get().submission(run), Optional.empty());
    }

    /**
     * What a desk of the queue has made of a command.
     *
     * @param writing if it is accepted, its result has to be handed to this, and what follows once it is written
     */
    record Handled(Effect effect, BiConsumer<Transaction.Write, Runnable> writing) {}

    /** Does what a desk of the queue can do; empty if the command concerns none. */
    Optional<Handled> byDesk(Command command) {
        QueueDesk desks = queue.get();
        return onDeadLetter(command)
                .map(effect -> new Handled(effect, desks.deadLetters()::write))
                .or(() -> onWorkflow(command).map(effect -> new Handled(effect, desks.workflows()::write)))
                .or(() -> onBackfill(command).map(effect -> new Handled(effect, desks.backfills()::write)));
    }

    private Optional<Effect> onDeadLetter(Command command) {
        boolean again = command.kind() == Command.Kind.RERUN;
        if (!again && command.kind() != Command.Kind.FORGET) {
            return Optional.empty();
        }
        DeadLetterDesk letters = queue.get().deadLetters();
        String run = command.target();
        Optional<DeadLetter> letter = letters.find(run);
        if (letter.isEmpty()) {
            return again
                    ? Optional.empty()
                    : Optional.of(Effect.refused(
                            "run '" + run + "' is not among those that have failed; see 'belfry get dead-letters'"));
        }
        if (!again) {
            letters.forget(letter.get());
            return Optional.of(new Effect(true, "run " + run + " forgotten", run, List.of(), Optional.empty()));
        }
        String uid = letter.get().run().jobUid();
        Optional<JobRecord> job = jobs.byUid(uid).filter(one -> !one.deleted());
        Optional<String> refusal = job.isEmpty()
                ? Optional.of("the job of run '" + run + "' was deleted; 'belfry forget' lets the run go")
                : job.filter(this::isQueued).isEmpty()
                        ? Optional.of(
                                "the job of run '" + run
                                        + "' is not queued any more: its shards belong to their owners; 'belfry trigger' runs it")
                        : queue.get().closedBecause();
        if (refusal.isPresent()) {
            return Optional.of(Effect.refused(refusal.get()));
        }
        String runId = uid + "!" + command.id();
        letters.rerun(letter.get(), runId, command.by());
        return Optional.of(
                new Effect(true, "run " + run + " is run again as " + runId, runId, List.of(), Optional.empty()));
    }

    private Optional<Effect> onWorkflow(Command command) {
        WorkflowDesk workflows = queue.get().workflows();
        if (command.concernsWorkflowRun()) {
            Optional<String> job = Optional.ofNullable(command.parameters().get(Command.JOB));
            return Optional.of(effect(
                    command.kind() == Command.Kind.CANCEL
                            ? workflows.cancel(command.target())
                            : workflows.rerun(command.target(), job)));
        }
        if (command.kind() != Command.Kind.TRIGGER) {
            return Optional.empty();
        }
        return jobs.find(command.target())
                .map(JobBook.Entry::job)
                .filter(job -> !job.deleted()
                        && isQueued(job)
                        && jobs.problem(job.name()).isEmpty())
                .flatMap(job -> begin(command, job));
    }

    private Optional<Effect> begin(Command command, JobRecord job) {
        Optional<Effect> refusal =
                refusal(command, job).or(() -> queue.get().closedBecause().map(Effect::refused));
        return refusal.isPresent()
                ? refusal
                : queue.get()
                        .workflows()
                        .begin(job, command.id(), command.parameters(), command.by())
                        .map(RunCommands::effect);
    }

    private Optional<Effect> onBackfill(Command command) {
        BackfillDesk backfills = queue.get().backfills();
        if (command.cancelsBackfill()) {
            return Optional.of(effect(backfills.cancel(command.target(), command.by())));
        }
        if (command.kind() != Command.Kind.BACKFILL) {
            return Optional.empty();
        }
        Optional<JobRecord> job =
                jobs.find(command.target()).map(JobBook.Entry::job).filter(found -> !found.deleted());
        Optional<String> problem = jobs.problem(command.target());
        if (problem.isPresent()) {
            return Optional.of(
                    Effect.refused("the definition of '" + command.target() + "' cannot be read: " + problem.get()));
        }
        return Optional.of(
                job.isEmpty()
                        ? Effect.refused("no job '" + command.target() + "'; see 'belfry get jobs'")
                        : effect(backfills.begin(job.get(), command.id(), command.parameters(), command.by())));
    }

    private static Effect effect(BackfillDesk.Answer answer) {
        return answer.accepted()
                ? new Effect(true, answer.text(), answer.id(), List.of(), Optional.empty())
                : Effect.refused(answer.text());
    }

    private static Effect effect(WorkflowDesk.Answer answer) {
        return answer.accepted()
                ? new Effect(true, answer.text(), answer.workflow(), List.of(), Optional.empty())
                : Effect.refused(answer.text());
    }

    /** The id of the run in the queue that is to be cancelled; empty if there is none of that name without an outcome. */
    Optional<String> toCancel(Command command) {
        if (command.kind() != Command.Kind.CANCEL) {
            return Optional.empty();
        }
        String run = command.parameters().getOrDefault(Command.RUN, "");
        return jobs.find(command.target()).flatMap(found -> {
            String uid = found.job().uid();
            boolean own = run.startsWith(uid + "!") || run.startsWith(uid + "@");
            List<String> names = own ? List.of(run) : List.of(uid + "@" + run, run);
            return names.stream().filter(name -> queue.get().knows(name, uid)).findFirst();
        });
    }

    static Effect cancelled(String runId) {
        return new Effect(
                true, "run " + runId + " cancelled wherever it has no outcome yet", runId, List.of(), Optional.empty());
    }

    /** What the record says of it. */
    static String why() {
        return Reasons.OPERATOR;
    }

    Effect nothingToCancel(Command command, JobRecord job) {
        return Effect.refused("job '" + job.name() + "' has no run '"
                + command.parameters().getOrDefault(Command.RUN, "")
                + "' without an outcome; see 'belfry get runs'");
    }
}
