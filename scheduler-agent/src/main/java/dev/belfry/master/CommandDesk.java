package dev.belfry.master;

import dev.belfry.agent.loop.Loop;
import dev.belfry.agent.loop.Mirror;
import dev.belfry.core.command.Command;
import dev.belfry.core.command.Command.Kind;
import dev.belfry.core.command.CommandCodec;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ownership.Drains;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.schedule.Durations;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.CancelledRun;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.version.RunRequest;
import dev.belfry.master.queue.QueueDesk;
import dev.belfry.store.Commit;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes commands, one at a time: in one multi the epoch, the effect on the job, and the command's result.
 *
 * <p>Since the result is written at the version of the command that was read, a command has its effect once, whatever
 * becomes of replies and masters.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class CommandDesk implements Mirror.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(CommandDesk.class);

    /** Consumed commands kept. */
    private static final int KEEP = 500;

    private static final Duration KEEP_TIME = Duration.ofHours(24);

    /** What the desk needs of the office around it. */
    interface Owner {
        /** A transaction that checks the epoch. */
        Transaction.Builder transaction(String site);

        /** No lease in the namespace is longer. */
        Duration longestLease();

        boolean knowsAgent(String agentId);

        void drainsChanged();

        QueueDesk queue();

        void fenced();
    }

    private record Waiting(Command command, int version) {}

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final JobBook jobs;
    private final OfficeClock present;
    private final Owner owner;
    private final Mirror mirror;
    private final RunCommands runs;
    private final DrainDesk drains;
    private final Map<String, Waiting> waiting = new LinkedHashMap<>();
    private final Map<String, Instant> consumed = new LinkedHashMap<>();

    private boolean busy;
    private boolean closed;

    CommandDesk(Loop loop, Store store, Session session, JobBook jobs, OfficeClock present, Owner owner) {
        this.loop = loop;
        this.store = store;
        this.session = session;
        this.jobs = jobs;
        this.present = present;
        this.owner = owner;
        this.runs = new RunCommands(jobs, owner::queue);
        this.drains = new DrainDesk(loop, store, session, this::drainsRead);
        this.mirror = new Mirror(store, session, Paths.COMMANDS, 1, this);
    }

    void start() {
        drains.read();
        mirror.start();
    }

    void close() {
        closed = true;
        drains.close();
        mirror.close();
    }

    boolean drainsKnown() {
        return drains.isKnown();
    }

    Drains drains() {
        return drains.drains();
    }

    private void drainsRead() {
        owner.drainsChanged();
        next();
    }

    @Override
    public void present(Znode znode) {
        String id = Paths.name(znode.path());
        try {
            Command command = CommandCodec.decode(znode.path(), znode.data());
            if (command.result().isEmpty()) {
                waiting.put(id, new Waiting(command, znode.version()));
            } else {
                waiting.remove(id);
                consumed.put(id, command.result().get().at());
            }
        } catch (CorruptRecordException e) {
            waiting.remove(id);
            LOG.error("command ignored: {} Every other command is consumed.", e.getMessage());
        }
    }

    @Override
    public void absent(String path) {
        waiting.remove(Paths.name(path));
        consumed.remove(Paths.name(path));
    }

    @Override
    public void settled() {
        next();
        clean();
    }

    @Override
    public void refused(String path, String why) {
        LOG.error("cannot read {}: {}; check its ACL", path, why);
    }

    /** Takes up the next command, if there is one and everything that it takes is known. */
    void next() {
        if (closed || busy || waiting.isEmpty() || !mirror.caughtUp() || !jobs.caughtUp() || !drainsKnown()) {
            return;
        }
        Waiting first = waiting.values().iterator().next();
        if (runs.concerns(first.command()) && !owner.queue().isLoaded()) {
            return;
        }
        busy = true;
        Optional<RunCommands.Handled> handled = runs.byDesk(first.command());
        Optional<String> queued = handled.isPresent() ? Optional.empty() : runs.toCancel(first.command());
        Effect effect = handled.map(RunCommands.Handled::effect)
                .or(() -> queued.map(RunCommands::cancelled))
                .orElseGet(() -> effect(first.command()));
        Command done =
                first.command().done(new Command.Result(effect.accepted(), effect.text(), now(), effect.runId()));
        Transaction.Put consumed =
                new Transaction.Put(Paths.command(done.id()), CommandCodec.encode(done), first.version());
        if (handled.isPresent() && effect.accepted()) {
            handled.get().writing().accept(consumed, () -> done(first, effect));
            return;
        }
        if (queued.isPresent()) {
            owner.queue().cancel(queued.get(), RunCommands.why(), consumed, () -> done(first, effect));
            return;
        }
        Transaction.Builder transaction = owner.transaction("command-consume");
        effect.writes().forEach(transaction::write);
        transaction.write(consumed);
        store.commit(session, transaction.build(), answer -> answered(first, effect, answer));
    }

    private void done(Waiting command, Effect effect) {
        busy = false;
        waiting.remove(command.command().id());
        LOG.info(
                "command {}: kind={} target={} by={}; {}",
                effect.accepted() ? "done" : "refused",
                command.command().kind(),
                command.command().target(),
                command.command().by(),
                effect.text());
        effect.drains().ifPresent(changed -> {
            drains.written(changed);
            owner.drainsChanged();
        });
        next();
    }

    private void answered(Waiting command, Effect effect, Commit answer) {
        if (closed) {
            return;
        }
        if (answer instanceof Commit.Applied) {
            done(command, effect);
        } else if (answer instanceof Commit.Fenced) {
            owner.fenced();
        } else if (answer instanceof Commit.Conflict) {
            // The job, the drains or the command changed meanwhile; what is followed will show it.
            busy = false;
            drains.read();
            jobs.compare();
            mirror.compare();
        } else if (answer instanceof Commit.Rejected rejected) {
            LOG.error("command cannot be consumed: {}", rejected.why());
            loop.after(session.timeout().toNanos(), () -> {
                busy = false;
                next();
            });
        }
        // Of unknown result: the connection is gone, and the office with it; the next one finds out.
    }

    // --- effects

    private Effect effect(Command command) {
        return switch (command.kind()) {
            case DRAIN, UNDRAIN -> drains.effect(command.target(), command.kind() == Kind.DRAIN, owner::knowsAgent);
            case RERUN, FORGET, BACKFILL, UNKNOWN ->
                Effect.refused("this master does not know that kind of command; upgrade it");
            case TRIGGER, CANCEL, PAUSE, RESUME, DELETE -> onJob(command);
        };
    }

    private Effect onJob(Command command) {
        Optional<String> problem = jobs.problem(command.target());
        if (problem.isPresent()) {
            return Effect.refused("the definition of '" + command.target() + "' cannot be read: " + problem.get());
        }
        Optional<JobBook.Entry> found = jobs.find(command.target());
        if (found.isPresent() && found.get().job().deleted() && command.kind() == Kind.DELETE) {
            return Effect.none("job '" + command.target() + "' was deleted already");
        }
        if (found.isEmpty() || found.get().job().deleted()) {
            return Effect.refused("no job '" + command.target() + "'; see 'belfry get jobs'");
        }
        JobRecord job = found.get().job();
        Author author = new Author(Author.Origin.OPERATOR, command.by(), command.reason());
        Duration delay = owner.longestLease().plusSeconds(1);
        return switch (command.kind()) {
            case TRIGGER ->
                runs.isQueued(job)
                        ? runs.trigger(command, job)
                        : trigger(command, job, author, found.get().version());
            case CANCEL -> cancel(command, job, author, found.get().version());
            case PAUSE, RESUME ->
                pause(
                        command.kind() == Kind.PAUSE,
                        job,
                        author,
                        delay,
                        found.get().version());
            default -> delete(job, delay, found.get().version());
        };
    }

    private Instant now() {
        return Instant.ofEpochMilli(present.now().toEpochMilli());
    }

    private Effect trigger(Command command, JobRecord job, Author author, int version) {
        Optional<Effect> refusal = RunCommands.refusal(command, job);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        String runId = RunCommands.runId(command, job);
        JobRecord changed = job.with(new RunRequest(runId, now(), command.parameters(), author));
        return write(job, JobRecordCodec.encode(changed), version, "run " + runId + " requested", runId);
    }

    private Effect cancel(Command command, JobRecord job, Author author, int version) {
        if (runs.isQueued(job)) {
            return runs.nothingToCancel(command, job);
        }
        Optional<FireId> fire = CancelTarget.find(job, command.parameters().getOrDefault(Command.RUN, ""));
        if (fire.isEmpty()) {
            return Effect.refused("job '" + job.name() + "' has no run '"
                    + command.parameters().get(Command.RUN)
                    + "'; name it by its id or by the instant at which it was due, such as 2026-12-01T00:00:00Z");
        }
        String runId = fire.get().runId(job.uid());
        if (fire.get().due().isAfter(now())) {
            return Effect.refused("run " + runId + " is not due yet; pause the job to let nothing be due");
        }
        if (job.cancelled(fire.get())) {
            return Effect.none("run " + runId + " was cancelled already");
        }
        JobRecord changed = job.with(new CancelledRun(fire.get(), now(), author));
        String text = "run " + runId + " cancelled wherever it has no outcome yet";
        return write(job, JobRecordCodec.encode(changed), version, text, runId);
    }

    private Effect pause(boolean pause, JobRecord job, Author author, Duration delay, int version) {
        JobVersion newest = job.newest();
        if (newest.paused() == pause) {
            return Effect.none("job '" + job.name() + "' was " + (pause ? "paused" : "not paused") + " already");
        }
        JobVersion next = new JobVersion(
                newest.number() + 1, now().plus(delay), now(), newest.layout(), newest.definition(), pause, author);
        String text = "job '" + job.name() + "' " + (pause ? "paused" : "resumed") + " as version " + next.number()
                + ", in force within " + Durations.format(delay);
        return write(job, JobRecordCodec.encode(job.with(next), delay), version, text, "");
    }

    private Effect delete(JobRecord job, Duration delay, int version) {
        JobRecord changed = job.deletedAt(now().plus(delay));
        return write(
                job, JobRecordCodec.encodeDeleted(changed, delay), version, "job '" + job.name() + "' deleted", "");
    }

    private static Effect write(JobRecord job, byte[] data, int version, String text, String runId) {
        return new Effect(
                true,
                text,
                runId,
                List.of(new Transaction.Put(Paths.job(job.name()), data, version)),
                Optional.empty());
    }

    // --- housekeeping

    /**
     * Deletes consumed commands that are old or too many; a repeated id is then a new command. When they were consumed was
     * written by any master: a clock of one machine that is wrong must not forget them too early.
     */
    private void clean() {
        Instant oldest = now().minus(KEEP_TIME);
        List<String> old = consumed.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .skip(KEEP)
                .map(Map.Entry::getKey)
                .toList();
        consumed.entrySet().stream()
                .filter(entry -> entry.getValue().isBefore(oldest) || old.contains(entry.getKey()))
                .map(Map.Entry::getKey)
                .limit(50)
                .toList()
                .forEach(this::forget);
    }

    private void forget(String id) {
        consumed.remove(id);
        Transaction transaction = owner.transaction("command-forget")
                .delete(Paths.command(id), -1)
                .build();
        store.commit(session, transaction, answer -> {});
    }
}
