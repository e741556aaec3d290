package dev.belfry.testkit.cluster;

import dev.belfry.core.command.Command;
import dev.belfry.core.command.CommandCodec;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.JobVersion;
import dev.belfry.store.Commit;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import dev.belfry.testkit.time.SimClock;
import dev.belfry.testkit.time.SimProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who applies definitions and gives commands: one thing after another, each tried until it is known to be
 * done. A process of its own, subject to lost messages like any other.
 */
public final class Operator implements SessionListener {
    private static final long AGAIN_NANOS = 500_000_000;
    private static final Author AUTHOR = new Author(Author.Origin.OPERATOR, "operator", "");

    /** One step: tries, and calls {@code done} with whether it is known to have its effect. */
    private interface Step {
        void attempt(Session session);
    }

    private final SimProcess process;
    private final Store store;
    private final Duration lease;
    private final Deque<Step> steps = new ArrayDeque<>();
    private @Nullable Session session;
    private boolean busy;
    private long created;
    private long commands;

    Operator(SimCluster cluster) {
        this.process = new SimProcess(cluster.scheduler(), "operator", new SimClock(cluster.scheduler()));
        this.store = cluster.ensemble().connect(process, Duration.ofSeconds(6)).view(process);
        this.lease = cluster.options().sessionTimeout();
        store.sessions(this);
    }

    /** Applies a definition: makes the job, or a new version of it. */
    public void apply(JobDefinition definition) {
        add(current -> {
            String path = Paths.job(definition.name());
            store.read(current, "operator-read", path, read -> {
                if (read instanceof Read.Found found) {
                    replace(current, path, found, definition);
                } else if (read instanceof Read.Missing) {
                    create(current, path, definition);
                } else {
                    again();
                }
            });
        });
    }

    /** Gives a command; it is done once the store has it. */
    public void command(Command.Kind kind, String target) {
        String id = "c" + ++commands;
        Command command = new Command(id, kind, target, Map.of(), "operator", "", Optional.empty());
        Transaction transaction = Transaction.at("operator-command")
                .create(Paths.command(id), CommandCodec.encode(command))
                .build();
        add(current -> store.commit(current, transaction, answer -> settle(answer, true)));
    }

    /** Whether everything asked for has been handed to the store. */
    public boolean idle() {
        return steps.isEmpty();
    }

    private void replace(Session current, String path, Read.Found found, JobDefinition definition) {
        JobRecord job;
        try {
            job = JobRecordCodec.decode(
                    path, found.znode().data(), found.znode().modified());
        } catch (CorruptRecordException e) {
            throw new IllegalStateException(e);
        }
        if (job.deleted()) {
            done();
            return;
        }
        if (job.definition().equals(definition)) {
            done();
            return;
        }
        JobVersion newest = job.newest();
        boolean sameLayout = newest.definition().shards().equals(definition.shards());
        JobVersion next = new JobVersion(
                newest.number() + 1,
                Instant.EPOCH,
                Instant.EPOCH,
                sameLayout ? newest.layout() : newest.layout() + 1,
                definition,
                newest.paused(),
                AUTHOR);
        Transaction.Builder write = Transaction.at("operator-apply")
                .put(
                        path,
                        JobRecordCodec.encode(job.with(next), lease),
                        found.znode().version());
        String ledgers = Paths.ledgers(job.uid(), next.layout());
        parents(
                current,
                List.of(Paths.parent(ledgers), ledgers),
                () -> store.commit(current, write.build(), answer -> settle(answer, false)));
    }

    private void create(Session current, String path, JobDefinition definition) {
        String uid = definition.name() + "-" + ++created;
        int layout = definition.placement() == Placement.BROADCAST ? 0 : 1;
        JobVersion first = new JobVersion(1, Instant.EPOCH, Instant.EPOCH, 1, definition, false, AUTHOR);
        JobRecord job = new JobRecord(definition.name(), uid, List.of(first), List.of(), Optional.empty());
        String ledgers = Paths.ledgers(uid, layout);
        parents(current, List.of(Paths.JOBS, Paths.parent(path), Paths.LEDGER, Paths.parent(ledgers), ledgers), () -> {
            Transaction write = Transaction.at("operator-apply")
                    .create(path, JobRecordCodec.encode(job, Duration.ZERO))
                    .build();
            store.commit(current, write, answer -> settle(answer, false));
        });
    }

    private void parents(Session current, List<String> paths, Runnable then) {
        if (paths.isEmpty()) {
            then.run();
            return;
        }
        Transaction create = Transaction.at("operator-parent")
                .create(paths.get(0), new byte[0])
                .build();
        store.commit(current, create, answer -> {
            boolean exists = answer instanceof Commit.Conflict conflict && conflict.reason() == Commit.Reason.EXISTS;
            if (answer instanceof Commit.Applied || exists) {
                parents(current, paths.subList(1, paths.size()), then);
            } else {
                again();
            }
        });
    }

    private void settle(Commit answer, boolean existsIsDone) {
        boolean exists = answer instanceof Commit.Conflict conflict && conflict.reason() == Commit.Reason.EXISTS;
        if (answer instanceof Commit.Applied || (exists && existsIsDone)) {
            done();
        } else {
            again();
        }
    }

    private void add(Step step) {
        process.execute(() -> {
            steps.add(step);
            next();
        });
    }

    private void next() {
        Session current = session;
        Step step = steps.peek();
        if (!busy && current != null && step != null) {
            busy = true;
            step.attempt(current);
        }
    }

    private void done() {
        steps.remove();
        busy = false;
        next();
    }

    private void again() {
        busy = false;
        process.schedule(AGAIN_NANOS, this::next);
    }

    @Override
    public void opened(Session opened) {
        session = opened;
        next();
    }

    @Override
    public void suspended(Session suspended) {}

    @Override
    public void resumed(Session resumed) {
        next();
    }

    @Override
    public void ended(Session ended) {
        session = null;
    }
}
