package dev.belfry.agent.client;

import dev.belfry.agent.client.ClientException.Kind;
import dev.belfry.agent.loop.Loop;
import dev.belfry.core.command.Command;
import dev.belfry.core.cost.Assumptions;
import dev.belfry.core.cost.Budget;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ownership.Drains;
import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.queue.DeadLetter;
import dev.belfry.core.queue.DeclaredRules;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.workflow.BackfillRun;
import dev.belfry.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A client without a thread: everything happens on the {@link Loop} that it is given, so that a simulation may be its
 * thread. Every answer is a future that is completed on the loop, exceptionally with {@link ClientException} or
 * {@link CorruptRecordException}.
 *
 * <p>Thread-safe: questions may be asked from any thread.
 */
public final class ClientLoop {
    private final Loop loop;
    private final Requests requests;
    private final RunFollower follower;

    /** @param store a view whose executor is {@code loop} */
    public ClientLoop(Loop loop, Store store) {
        this(loop, store, "");
    }

    /**
     * @param store a view whose executor is {@code loop}
     * @param address where the store is, for messages; may be empty
     */
    public ClientLoop(Loop loop, Store store, String address) {
        this.loop = loop;
        this.requests = new Requests(loop, store, address);
        this.follower = new RunFollower(requests);
    }

    /** Whether the namespace exists: whether its root does. */
    public CompletableFuture<Boolean> namespaceExists(Duration patience) {
        return on(patience, deadline -> new Reader(requests, deadline).rootExists());
    }

    /** Begins; once, before anything else. */
    public void start() {
        loop.execute(() -> requests.store().sessions(requests));
    }

    private <T> CompletableFuture<T> on(Duration patience, Function<Deadline, CompletableFuture<T>> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                var unused = question.apply(requests.deadline(patience)).whenComplete((value, failed) -> {
                    if (failed != null) {
                        answer.completeExceptionally(unwrapped(failed));
                    } else {
                        answer.complete(value);
                    }
                });
            } catch (ClientException | CorruptRecordException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private static Throwable unwrapped(Throwable failed) {
        Throwable cause = failed.getCause();
        return failed instanceof CompletionException && cause != null ? unwrapped(cause) : failed;
    }

    /** Waits for a session with a connection. */
    public CompletableFuture<Boolean> connected(Duration patience) {
        return on(patience, deadline -> requests.session(deadline).thenApply(session -> true));
    }

    /** Applies a definition; see {@code BelfryClient.apply}. */
    public CompletableFuture<Applied> apply(JobDefinition definition, Author author, Duration patience) {
        return apply(List.of(definition), author, patience).get(0);
    }

    /**
     * Applies definitions, many at a time; see {@code BelfryClient.apply}.
     *
     * @param patience for which each of them is tried, from the moment at which its turn has come
     * @return an answer for each, in order
     */
    public List<CompletableFuture<Applied>> apply(List<JobDefinition> definitions, Author author, Duration patience) {
        List<JobDefinition> all = List.copyOf(definitions);
        List<CompletableFuture<Applied>> answers =
                all.stream().map(definition -> new CompletableFuture<Applied>()).toList();
        var unused = workflowRefusals(all, patience)
                .whenComplete((refused, failed) ->
                        loop.execute(() -> start(all, author, patience, answers, refused, failed)));
        return answers;
    }

    private void start(
            List<JobDefinition> all,
            Author author,
            Duration patience,
            List<CompletableFuture<Applied>> answers,
            @Nullable Map<String, String> refusals,
            @Nullable Throwable failed) {
        if (failed != null && !JobBatch.rejected(JobBatch.cause(failed))) {
            answers.forEach(answer -> answer.completeExceptionally(JobBatch.cause(failed)));
            return;
        }
        // Whoever may not read the jobs may not write them either: writing says so job by job.
        Map<String, String> refused = refusals == null ? Map.of() : refusals;
        List<JobDefinition> allowed = new ArrayList<>();
        List<CompletableFuture<Applied>> theirs = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            String job = all.get(i).name();
            String why = refused.get(job);
            if (why != null) {
                answers.get(i).complete(new Applied.Refused(job, why));
            } else {
                allowed.add(all.get(i));
                theirs.add(answers.get(i));
            }
        }
        new ApplyRun(requests, patience).start(allowed, author, theirs);
    }

    /**
     * Which of these definitions would break a workflow, all of them taken together with the jobs that are there, and why, by job;
     * what {@link #apply(List, Author, Duration) applying} them refuses.
     */
    public CompletableFuture<Map<String, String>> workflowRefusals(List<JobDefinition> definitions, Duration patience) {
        return on(patience, deadline -> new WorkflowDesk(requests, deadline).refusals(definitions));
    }

    /** The budget of the namespace; {@link Budget#NONE} if it has none. */
    public CompletableFuture<Budget> budget(Duration patience) {
        return on(patience, deadline -> new BudgetDesk(requests, deadline).read());
    }

    /** Makes {@code budget} the one of the namespace; {@link Budget#NONE} removes it. */
    public CompletableFuture<Boolean> setBudget(Budget budget, Duration patience) {
        return on(patience, deadline -> new BudgetDesk(requests, deadline).write(budget));
    }

    /** Which of these definitions would break the budget of the namespace, all of them taken together. */
    public CompletableFuture<BudgetVerdict> judge(List<JobDefinition> definitions, Duration patience) {
        return on(patience, deadline -> new BudgetDesk(requests, deadline).judge(definitions));
    }

    /** What the cost model reckons with in a cluster of these agents, from {@code now} on. */
    public static Assumptions assumptions(List<AgentState> agents, Instant now) {
        return BudgetDesk.assumptions(agents, now);
    }

    /**
     * Waits until the change with this zxid is in force.
     *
     * @return the incarnations that have not applied it in time; none if it is in force
     */
    public CompletableFuture<List<String>> inForce(long zxid, Duration patience) {
        return on(patience, deadline -> new InForce(requests, zxid, deadline).await());
    }

    /**
     * Sends a command and waits for its result. A job that others run after is not deleted: that fails with their names.
     *
     * @return the command, without a result if no master has consumed it in time; it stays durable
     */
    public CompletableFuture<Command> send(Command command, Duration patience) {
        if (!CommandSender.isId(command.id())) {
            return CompletableFuture.failedFuture(new ClientException(
                    Kind.REJECTED,
                    "not a key: '" + command.id() + "'; 1 to 100 letters, digits, '.', '_', '~' or '-'"));
        }
        return on(patience, deadline -> {
            CommandSender sender = new CommandSender(requests, deadline);
            return command.kind() == Command.Kind.DELETE
                    ? new WorkflowDesk(requests, deadline)
                            .followers(command.target())
                            .thenCompose(followers -> {
                                refuse(command.target(), followers);
                                return sender.send(command);
                            })
                    : sender.send(command);
        });
    }

    private static void refuse(String job, List<String> followers) {
        if (!followers.isEmpty()) {
            throw new ClientException(
                    Kind.REJECTED,
                    "job '" + job + "' is not deleted: " + String.join(", ", followers)
                            + (followers.size() == 1 ? " runs" : " run")
                            + " after it; take it out of their after, or delete them first");
        }
    }

    /** An id for a command that nobody else has. */
    public CompletableFuture<String> newId() {
        return on(
                Duration.ZERO,
                deadline -> CompletableFuture.completedFuture(
                        String.format("%08x%08x", loop.random(1L << 32), loop.random(1L << 32))));
    }

    /** The jobs, deleted ones included, by the hash of their names. */
    public CompletableFuture<Readings<JobState>> jobs(Duration patience) {
        return fresh(patience, Reader::jobs);
    }

    /** One job. */
    public CompletableFuture<Optional<JobState>> job(String name, Duration patience) {
        return fresh(patience, reader -> reader.job(name));
    }

    /** The agents that are registered, by incarnation. */
    public CompletableFuture<Readings<AgentState>> agents(Duration patience) {
        return fresh(patience, Reader::agents);
    }

    /** The ids of the agents that operators have drained, registered or not. */
    public CompletableFuture<SortedSet<String>> drained(Duration patience) {
        return fresh(patience, reader -> reader.drains().thenApply(Drains::agents));
    }

    /** Who is master. */
    public CompletableFuture<Epoch> epoch(Duration patience) {
        return fresh(patience, Reader::epoch);
    }

    /** The assignment table, bucket by bucket: while it is being written buckets may be of different generations. */
    public CompletableFuture<TableState> table(Duration patience) {
        return fresh(patience, Reader::table);
    }

    /** The ledgers of one layout of a job, by shard. */
    public CompletableFuture<Ledgers> ledgers(String jobUid, int layout, Duration patience) {
        return fresh(patience, reader -> reader.ledgers(jobUid, layout));
    }

    /** The ledger at a path. */
    public CompletableFuture<Optional<LedgerRecord>> ledger(String path, Duration patience) {
        return fresh(patience, reader -> reader.ledger(path));
    }

    /** The whole journal. */
    public CompletableFuture<Journal> journal(Duration patience) {
        return fresh(patience, Reader::journal);
    }

    /** Commands, consumed ones included as long as they are kept, by id. */
    public CompletableFuture<Readings<CommandState>> commands(Duration patience) {
        return fresh(patience, Reader::commands);
    }

    /** The runs that have failed for good and are kept, oldest first. */
    public CompletableFuture<Readings<DeadLetter>> deadLetters(Duration patience) {
        return on(patience, deadline -> new BackfillReader(requests, deadline).deadLetters());
    }

    /** The backfills that are under way or kept, by id. */
    public CompletableFuture<Readings<BackfillRun>> backfills(Duration patience) {
        return on(patience, deadline -> new BackfillReader(requests, deadline).backfills());
    }

    /** The workflow runs that are kept, by id. */
    public CompletableFuture<Readings<WorkflowRunState>> workflowRuns(Duration patience) {
        return on(patience, deadline -> new WorkflowDesk(requests, deadline).runs());
    }

    /** One workflow run; empty if there is none, or if it is not kept any more. */
    public CompletableFuture<Optional<WorkflowRunState>> workflowRun(String id, Duration patience) {
        return on(patience, deadline -> new WorkflowDesk(requests, deadline).run(id));
    }

    private <T> CompletableFuture<T> fresh(Duration patience, Function<Reader, CompletableFuture<T>> question) {
        return on(patience, deadline -> {
            Reader reader = new Reader(requests, deadline);
            return reader.latest().thenCompose(synced -> question.apply(reader));
        });
    }

    /** Follows the registrations of agents; {@link AgentWatch} says how. */
    public AgentWatch watchAgents(AgentWatch.Listener listener) {
        AgentWatch watch = new AgentWatch(loop, requests, listener);
        loop.execute(watch::start);
        return watch;
    }

    // --- the queue

    /** Everything that the queue consists of. */
    public CompletableFuture<QueueState> queue(Duration patience) {
        return on(
                patience,
                deadline -> requests.sync("get-sync", deadline)
                        .thenCompose(synced -> new QueueReader(requests, deadline).state()));
    }

    /** What is declared of the rules of the queue. */
    public CompletableFuture<DeclaredRules> queueRules(Duration patience) {
        return on(patience, deadline -> new RulesDesk(requests, deadline).read());
    }

    /** Changes what is declared of the rules of the queue, by what is there; answers what is declared then. */
    public CompletableFuture<DeclaredRules> changeQueueRules(UnaryOperator<DeclaredRules> change, Duration patience) {
        return on(patience, deadline -> new RulesDesk(requests, deadline).change(change));
    }

    /**
     * The result of a queued run that lies there, once it has one; empty if it cannot be known any more. A future that is
     * cancelled is followed no more.
     */
    public CompletableFuture<Optional<RunResult>> follow(RunPlace place) {
        CompletableFuture<Optional<RunResult>> answer = new CompletableFuture<>();
        loop.execute(() -> follower.follow(place, answer));
        return answer;
    }

    /**
     * The result of a queued run, once it has one; empty if neither a segment nor the journal knows it. A future that is
     * cancelled is followed no more.
     *
     * @param patience for which it is looked for; it is followed for as long as it takes
     */
    public CompletableFuture<Optional<RunResult>> follow(String runId, Duration patience) {
        CompletableFuture<Optional<RunResult>> answer = new CompletableFuture<>();
        loop.execute(() -> follower.follow(runId, requests.deadline(patience), answer));
        return answer;
    }

    /** Tells those who still follow runs that nobody will tell them. */
    public void close() {
        loop.execute(follower::close);
    }

    /** The version with which the newest definition of a job came: later ones only paused or resumed it. */
    public static JobVersion declaration(JobRecord job) {
        return JobWriter.declaration(job);
    }
}
