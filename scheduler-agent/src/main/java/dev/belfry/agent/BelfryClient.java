package dev.belfry.agent;

import dev.belfry.agent.client.AgentState;
import dev.belfry.agent.client.AgentWatch;
import dev.belfry.agent.client.Applied;
import dev.belfry.agent.client.BudgetVerdict;
import dev.belfry.agent.client.ClientException;
import dev.belfry.agent.client.ClientLoop;
import dev.belfry.agent.client.ClientThread;
import dev.belfry.agent.client.CommandState;
import dev.belfry.agent.client.JobState;
import dev.belfry.agent.client.Journal;
import dev.belfry.agent.client.Ledgers;
import dev.belfry.agent.client.QueueState;
import dev.belfry.agent.client.Readings;
import dev.belfry.agent.client.RunPlace;
import dev.belfry.agent.client.RunResult;
import dev.belfry.agent.client.TableState;
import dev.belfry.agent.client.WorkflowRunState;
import dev.belfry.agent.submit.SubmitOptions;
import dev.belfry.core.command.Command;
import dev.belfry.core.command.Command.Kind;
import dev.belfry.core.cost.Budget;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.queue.DeadLetter;
import dev.belfry.core.queue.DeclaredRules;
import dev.belfry.core.version.Author;
import dev.belfry.core.workflow.BackfillOrder;
import dev.belfry.core.workflow.BackfillRun;
import dev.belfry.store.StoreConnection;
import dev.belfry.store.zk.ZkConnection;
import dev.belfry.store.zk.ZkSettings;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what is in a namespace, applies definitions and sends commands. It runs no job and owns no shard.
 *
 * <p>Every method blocks until it has its answer or {@link #patience} has passed. It throws {@link ClientException} when the
 * store cannot be reached in time or refuses, and {@link dev.belfry.core.record.CorruptRecordException} when the one record
 * asked for cannot be read; methods that read many records list those in {@link Readings#problems}.
 *
 * <p>Thread-safe. Threads: one of its own and those of the connection, all daemons. Futures are completed on the common pool.
 *
 * <p>Longer than the house limit: one short method for each question that can be asked.
 */
public final class BelfryClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BelfryClient.class);
    private static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(15);
    /** For the loop to answer once its own deadline has passed. */
    private static final Duration SLACK = Duration.ofSeconds(10);

    private final StoreConnection connection;
    private final ClientThread thread;
    private final ClientLoop loop;
    private final Duration patience;
    private @Nullable SubmitDesk desk;
    private boolean closed;

    private BelfryClient(StoreConnection connection, Duration patience) {
        this.connection = connection;
        this.patience = patience;
        this.thread = ClientThread.over(connection);
        this.loop = thread.client();
    }

    /** A client of the namespace of {@code settings}. It connects in the background. */
    public static BelfryClient connect(ZkSettings settings) {
        return new BelfryClient(ZkConnection.open(settings), DEFAULT_PATIENCE);
    }

    /**
     * A client without identity.
     *
     * @param zookeeper {@code host:port}, several separated by commas
     */
    public static BelfryClient connect(String zookeeper, String namespace) {
        return connect(ZkSettings.builder(zookeeper, namespace).build());
    }

    /**
     * A client over a connection, which it closes when it is closed.
     *
     * @param patience how long a method tries before it gives up
     */
    public static BelfryClient over(StoreConnection connection, Duration patience) {
        return new BelfryClient(connection, patience);
    }

    /** How long a method tries before it gives up. */
    public Duration patience() {
        return patience;
    }

    /** Waits for a connection. */
    public void awaitConnected() {
        answer(loop.connected(patience), patience);
    }

    /** Whether the namespace exists. One that does not reads as if it were empty. */
    public boolean namespaceExists() {
        return answer(loop.namespaceExists(patience), patience);
    }

    /**
     * The namespaces of the ensemble, sorted; empty if there is none, or if this client may not see them. The methods above and
     * below go to its own alone.
     */
    public List<String> namespaces() {
        return connection.namespaces(patience);
    }

    // --- definitions

    /**
     * Applies definitions: creates those jobs that do not exist, gives the others a new version if they differ. Many are
     * written together, and yet each by itself is applied or not; two of the same name are applied in their order. A change
     * is in force for what is due from {@link Applied.Changed#from} on, which is late enough for every agent to know it.
     *
     * @param author who applies them, and why; code replaces only what code declared
     * @return one answer for each definition, in order; {@link Applied.Refused} also for what the store refuses of one of them
     * @throws ClientException if some have no answer in time, when all others have theirs, or if the store refuses every one.
     *     Each is tried for as long as {@link #patience} says. Applying the same again does no harm
     */
    public List<Applied> apply(List<JobDefinition> definitions, Author author) {
        return apply(definitions, author, applied -> {});
    }

    /**
     * The same, where every answer is told as soon as it and those before it are there. Definitions that would break the budget
     * of the namespace, all of them taken together, are refused; see {@link #judge}. So are those that would break a workflow: of one
     * in which anything is wrong beside what is there no job is written.
     *
     * @param told called by the calling thread, with each answer of the jobs; not with what the store refuses
     */
    public List<Applied> apply(List<JobDefinition> definitions, Author author, Consumer<Applied> told) {
        ApplyAnswers answers = new ApplyAnswers(definitions.size());
        BudgetVerdict verdict;
        try {
            verdict = judge(definitions);
        } catch (ClientException e) {
            definitions.forEach(definition -> answers.failed(definition.name(), e));
            return answers.all();
        }
        verdict.problems().forEach(problem -> LOG.warn("costs cannot be told: {}", problem));
        Iterator<CompletableFuture<Applied>> futures =
                loop.apply(verdict.allowed(definitions), author, patience).iterator();
        for (JobDefinition definition : definitions) {
            try {
                // What went before it in the window may have taken as long as it may take itself.
                Applied applied =
                        verdict.refusal(definition).orElseGet(() -> answer(futures.next(), patience.multipliedBy(2)));
                answers.add(applied);
                told.accept(applied);
            } catch (ClientException e) {
                answers.failed(definition.name(), e);
            }
        }
        return answers.all();
    }

    /** Applies one definition; see {@link #apply(List, Author)}. */
    public Applied apply(JobDefinition definition, Author author) {
        return apply(List.of(definition), author).get(0);
    }

    /**
     * Waits until every agent that is registered has applied a change of a definition. What is due before the change's own
     * instant ({@link Applied.Changed#from}) is due under the version before it all the same.
     *
     * @param zxid of the change, from {@link Applied} or {@link JobState}
     * @param atMost how long; with zero the answer is how things stand
     * @return incarnations that have not applied it in time; none if all have
     */
    public List<String> awaitInForce(long zxid, Duration atMost) {
        return answer(loop.inForce(zxid, atMost), atMost);
    }

    // --- the budget

    /** The budget of the namespace; {@link Budget#NONE} if it has none. */
    public Budget budget() {
        return answer(loop.budget(patience), patience);
    }

    /** Makes {@code budget} the one of the namespace, whatever it was; {@link Budget#NONE} removes it. */
    public void setBudget(Budget budget) {
        answer(loop.setBudget(budget, patience), patience);
    }

    /**
     * Which of these definitions would break the budget of the namespace, all of them taken together; without a budget none.
     * What is in force is read, not locked: two who apply at once may exceed it together.
     */
    public BudgetVerdict judge(List<JobDefinition> definitions) {
        return answer(loop.judge(definitions, patience), patience);
    }

    // --- commands

    /**
     * Sends a command and waits for the master to consume it.
     *
     * @param key makes a repeat the same command; empty for one of its own
     * @param parameters of a triggered run; the run to be cancelled under {@link Command#RUN}; empty for any other kind
     * @param asker who asks, and why
     * @return the command with its result; without one if there was no master in time: it is durable, and the next master
     *     consumes it
     */
    public Command send(Kind kind, String target, Optional<String> key, Map<String, String> parameters, Asker asker) {
        String id = key.orElseGet(() -> answer(loop.newId(), patience));
        Command command = new Command(id, kind, target, parameters, asker.by(), asker.reason(), Optional.empty());
        return answer(loop.send(command, patience), patience);
    }

    /**
     * Who asks for something, and why.
     *
     * @param by a user name
     * @param reason may be empty
     */
    public record Asker(String by, String reason) {}

    /** Has a job run once, now; the root of a workflow with all that follows it: the result names the workflow run. */
    public Command trigger(String job, Optional<String> key, Map<String, String> parameters, Asker asker) {
        return send(Kind.TRIGGER, job, key, parameters, asker);
    }

    /**
     * Cancels a run on every shard: what runs is told to stop, what waits ends, and nothing of it is tried again.
     *
     * @param run its id, {@code <job uid>@<instant>} or as the trigger answered it, or the instant at which it was due
     */
    public Command cancel(String job, String run, Asker asker) {
        return send(Kind.CANCEL, job, Optional.empty(), Map.of(Command.RUN, run), asker);
    }

    /**
     * Cancels a workflow run as a whole: what has begun is cancelled, and what has not begun does not begin any more.
     *
     * @param workflowRun its id, as {@link #workflowRuns} or the trigger of its root told it
     */
    public Command cancelWorkflow(String workflowRun, Asker asker) {
        return send(Kind.CANCEL, workflowRun, Optional.empty(), Map.of(Command.RUN, workflowRun), asker);
    }

    /**
     * Lets a workflow run go on. Without a job: from the jobs that failed, timed out, were lost or cancelled, once the run has ended.
     * With a job: that one runs again, whatever its upstreams say, and everything that follows it is decided again. Anything else that
     * succeeded is not run again.
     *
     * @param workflowRun its id
     * @param job the job that is to run again; empty for those that failed
     */
    public Command rerun(String workflowRun, Optional<String> job, Asker asker) {
        return send(
                Kind.RERUN,
                workflowRun,
                Optional.empty(),
                job.map(name -> Map.of(Command.JOB, name)).orElse(Map.of()),
                asker);
    }

    /**
     * Has instants of a job's schedule run, whenever they are or were. Whoever asks has counted them, and chosen which are to run:
     * {@link dev.belfry.core.workflow.Backfill#expand} does both.
     *
     * @param key a name for this request: a repeat with the same key is the same backfill
     */
    public Command backfill(String job, BackfillOrder order, Optional<String> key, Asker asker) {
        return send(Kind.BACKFILL, job, key, order.parameters(), asker);
    }

    /** Runs one that has failed for good again, under a new id, which the result has; it is no dead letter any more. */
    public Command rerunDeadLetter(String run, Asker asker) {
        return send(Kind.RERUN, run, Optional.empty(), Map.of(), asker);
    }

    /** Lets go of a run that has failed for good. */
    public Command forget(String run, Asker asker) {
        return send(Kind.FORGET, run, Optional.empty(), Map.of(), asker);
    }

    /** Stops a backfill: nothing more of it is queued, and what is under way of it is cancelled. */
    public Command cancelBackfill(String backfill, Asker asker) {
        return send(Kind.CANCEL, backfill, Optional.empty(), Map.of(Command.RUN, backfill), asker);
    }

    /** Lets nothing of a job be due any more until it is resumed. */
    public Command pause(String job, Asker asker) {
        return send(Kind.PAUSE, job, Optional.empty(), Map.of(), asker);
    }

    /** Ends a pause. */
    public Command resume(String job, Asker asker) {
        return send(Kind.RESUME, job, Optional.empty(), Map.of(), asker);
    }

    /**
     * Deletes a job.
     *
     * @throws ClientException also if other jobs run after it, with their names; nothing was sent then
     */
    public Command delete(String job, Asker asker) {
        return send(Kind.DELETE, job, Optional.empty(), Map.of(), asker);
    }

    /** Has an agent hand over everything and take nothing, also after a restart. */
    public Command drain(String agentId, Asker asker) {
        return send(Kind.DRAIN, agentId, Optional.empty(), Map.of(), asker);
    }

    /** Lets an agent take shards again. */
    public Command undrain(String agentId, Asker asker) {
        return send(Kind.UNDRAIN, agentId, Optional.empty(), Map.of(), asker);
    }

    // --- the queue

    /**
     * Submits a run of a job with {@code placement: queued}. Many may be submitted without waiting for answers: they are written
     * together.
     *
     * @param parameters of this run, over those of the definition
     * @return the run, once it is durable. Fails with {@link ClientException}: {@link ClientException.Kind#REJECTED} if there is
     *     no such job or something about the run is wrong, {@link ClientException.Kind#FULL} if the queue has no room, {@link
     *     ClientException.Kind#INDETERMINATE} if it may be durable or not. What is called refused never runs. A job that was
     *     changed within the last two seconds may be judged as it was before
     */
    public CompletableFuture<RunHandle> submit(String job, Map<String, String> parameters, SubmitOptions options) {
        return desk().submit(job, parameters, options);
    }

    /** Submits a run of a job for each of these parameters; answers in their order. Each is durable, or not, by itself. */
    public List<CompletableFuture<RunHandle>> submitAll(
            String job, List<Map<String, String>> parameters, SubmitOptions options) {
        return parameters.stream().map(each -> submit(job, each, options)).toList();
    }

    private synchronized SubmitDesk desk() {
        if (closed) {
            throw new ClientException(ClientException.Kind.UNAVAILABLE, "the client is closed; nothing was submitted");
        }
        if (desk == null) {
            desk = new SubmitDesk(this, thread, connection, patience);
        }
        return desk;
    }

    /**
     * Waits for the outcome of a queued run, whoever submitted it.
     *
     * @return empty if there is none in time, or if neither the queue nor the journal knows the run
     */
    public Optional<RunResult> await(String runId, Duration atMost) {
        return await(loop.follow(runId, patience), atMost);
    }

    CompletableFuture<Optional<RunResult>> follow(RunPlace place) {
        // Whatever is done with the answer is no matter of the client's thread.
        return loop.follow(place).thenApplyAsync(result -> result);
    }

    Optional<RunResult> await(RunPlace place, Duration atMost) {
        return await(loop.follow(place), atMost);
    }

    private Optional<RunResult> await(CompletableFuture<Optional<RunResult>> outcome, Duration atMost) {
        try {
            return answer(
                    outcome.copy().completeOnTimeout(Optional.empty(), atMost.toMillis(), TimeUnit.MILLISECONDS),
                    atMost);
        } finally {
            outcome.cancel(false);
        }
    }

    /** Everything that waits in the queue or is with an agent. */
    public QueueState queue() {
        return answer(loop.queue(patience), patience);
    }

    /** What was applied of the rules of the queue; {@link DeclaredRules#NONE} if nothing was. */
    public DeclaredRules queueRules() {
        return answer(loop.queueRules(patience), patience);
    }

    /**
     * Changes what is declared of the rules of the queue.
     *
     * @param change what becomes of what is there; called again if somebody else writes meanwhile, on the client's thread
     * @return what is declared then. The master has it in force a moment later
     */
    public DeclaredRules changeQueueRules(UnaryOperator<DeclaredRules> change) {
        return answer(loop.changeQueueRules(change, patience), patience);
    }

    // --- what is

    /** The jobs, deleted ones included as long as they are kept, by the hash of their names. */
    public Readings<JobState> jobs() {
        return answer(loop.jobs(patience), patience);
    }

    /** One job; empty if there never was one of that name. */
    public Optional<JobState> job(String name) {
        return answer(loop.job(name, patience), patience);
    }

    /** The agents that are registered: ids, addresses, labels, capacity, load, since when. */
    public Readings<AgentState> agents() {
        return answer(loop.agents(patience), patience);
    }

    /** The ids of the agents that operators have drained, registered or not. */
    public SortedSet<String> drained() {
        return answer(loop.drained(patience), patience);
    }

    /** Has {@code listener} told who is registered, now and whenever that changes, until the answer is closed. */
    public AgentWatch watchAgents(AgentWatch.Listener listener) {
        return loop.watchAgents(listener);
    }

    /** Who is master; {@link Epoch#NONE} if nobody ever was. */
    public Epoch epoch() {
        return answer(loop.epoch(patience), patience);
    }

    /** Which incarnation owns which shard; buckets of the table that cannot be read are named and left out. */
    public TableState shards() {
        return answer(loop.table(patience), patience);
    }

    /**
     * The ledgers of one layout of a job, by shard: numbers, or agent ids for a broadcast job, whose layout is 0. Shards of
     * which nothing has been recorded have none; those that cannot be read are named.
     */
    public Ledgers ledgers(String jobUid, int layout) {
        return answer(loop.ledgers(jobUid, layout, patience), patience);
    }

    /** Everything that the journal still lists. */
    public Journal journal() {
        return answer(loop.journal(patience), patience);
    }

    /** Commands, those consumed included as long as they are kept. */
    public Readings<CommandState> commands() {
        return answer(loop.commands(patience), patience);
    }

    /** The workflow runs that are under way, and the last of those that have ended, by id. */
    public Readings<WorkflowRunState> workflowRuns() {
        return answer(loop.workflowRuns(patience), patience);
    }

    /** The runs that have failed for good and are kept, oldest first. */
    public Readings<DeadLetter> deadLetters() {
        return answer(loop.deadLetters(patience), patience);
    }

    /** The backfills that are under way, and the last of those that are over. */
    public Readings<BackfillRun> backfills() {
        return answer(loop.backfills(patience), patience);
    }

    /** One workflow run; empty if there is none of this id, or if it is not kept any more. */
    public Optional<WorkflowRunState> workflowRun(String id) {
        return answer(loop.workflowRun(id, patience), patience);
    }

    private static <T> T answer(CompletableFuture<T> future, Duration patience) {
        try {
            return future.get(patience.plus(SLACK).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("unexpected failure of a client", e.getCause());
        } catch (TimeoutException e) {
            throw new ClientException(
                    ClientException.Kind.INDETERMINATE,
                    "no answer within " + patience.plus(SLACK).toSeconds() + " s; the client may have been closed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientException(ClientException.Kind.INDETERMINATE, "interrupted while waiting for an answer");
        }
    }

    /** Closes the connection. What is under way fails. Idempotent. */
    @Override
    public void close() {
        SubmitDesk open;
        synchronized (this) {
            open = closed ? null : desk;
            closed = true;
        }
        if (open != null) {
            open.close();
        }
        thread.endFollowing();
        connection.close();
        thread.close();
    }
}
