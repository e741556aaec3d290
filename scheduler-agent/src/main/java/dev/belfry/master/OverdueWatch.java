package dev.belfry.master;

import dev.belfry.agent.loop.Loop;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.assign.Unplaced;
import dev.belfry.core.clock.LedgerAhead;
import dev.belfry.core.ledger.LedgerCodec;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.overdue.Cause;
import dev.belfry.core.overdue.OverdueEvent;
import dev.belfry.core.overdue.RaisedRecord;
import dev.belfry.core.overdue.Stretch;
import dev.belfry.core.overdue.Telling;
import dev.belfry.core.overdue.WaitingStory;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.RunRequest;
import dev.belfry.master.queue.ScheduledTasks;
import dev.belfry.store.Commit;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds fires, and runs that were asked for, that have no outcome although their tolerance is over, and raises an event of each
 * once.
 *
 * <p>It goes round all jobs, with a pause of {@link #PAUSE} between two rounds. The ledger of a shard is read only if a fire
 * may be overdue by what is known of the shard: once for a fire that comes rarely, once a round for one that comes more
 * often than rounds do. At most {@link #READS} reads follow each other without a {@link #BREATH}, so that there are never
 * more than 500 a second, however many shards there are. An event is raised once the store has taken it down, in a
 * transaction that checks the epoch.
 *
 * <p>Not thread-safe; owned by the master's loop.
 *
 * <p>Longer than the house limit: what makes a fire overdue, and what ends that, stands side by side.
 */
final class OverdueWatch {
    private static final Logger LOG = LoggerFactory.getLogger(OverdueWatch.class);

    static final Duration PAUSE = Duration.ofSeconds(10);
    static final int READS = 50;
    static final Duration BREATH = Duration.ofMillis(100);
    /** Layouts looked at in one event of the loop. */
    private static final int LOOKS = 200;

    /** What the watch needs of the office around it. */
    interface Owner {
        Collection<JobBook.Entry> jobs();

        AssignmentTable table();

        /** The live registrations, with what operators drain marked as draining. */
        Collection<AgentFacts> agents();

        /** The scheduled fires that the queue has now; empty while that is not known. */
        Optional<ScheduledTasks> queued();

        /** Whether an incarnation is registered, though its record may be unreadable. */
        boolean registered(String incarnation);

        /** The shards that the last plan left without an owner. */
        List<Unplaced> unplaced();

        /** The present by the ensemble's clock. */
        Instant now();

        long term();

        /** A transaction that checks the epoch. */
        Transaction.Builder transaction(String site);

        /** The event is taken down: nobody else raises it. */
        void raise(OverdueEvent event);

        /** Whether the event is taken down is not known; the record at {@code path} names it if it is. */
        void doubt(OverdueEvent event, String path);

        void fenced();
    }

    private final Loop loop;
    private final Store store;
    private final Session session;
    private final Owner owner;
    private final RaisedBook raised;
    /** By layout and shard: what is settled, as far as ledgers were read in this term. */
    private final Map<LayoutKey, Map<String, LayoutLook.Known>> settled = new HashMap<>();

    private final AheadLog ahead = new AheadLog();
    private final Deque<LayoutLook> todo = new ArrayDeque<>();
    /** As it stood when the round began. */
    private Optional<ScheduledTasks> queued = Optional.empty();

    private Loop.Timer timer = () -> {};
    private int spent;
    private boolean closed;

    OverdueWatch(Loop loop, Store store, Session session, Owner owner) {
        this.loop = loop;
        this.store = store;
        this.session = session;
        this.owner = owner;
        this.raised = new RaisedBook(store, session, owner::transaction);
    }

    void start() {
        timer = loop.after(PAUSE.toNanos(), () -> raised.loadAll(this::round));
    }

    void close() {
        closed = true;
        timer.cancel();
        raised.close();
    }

    // --- a round

    private void round() {
        Set<LayoutKey> present = new HashSet<>();
        Instant now = owner.now();
        List<AheadLog.Layout> known = new ArrayList<>();
        queued = owner.queued();
        for (JobBook.Entry entry : owner.jobs()) {
            JobRecord job = entry.job();
            if (!job.closed()) {
                LayoutLook.of(job, now).forEach(look -> {
                    present.add(look.key());
                    reached(look).ifPresent(known::add);
                    todo.add(look);
                });
            }
        }
        settled.keySet().retainAll(present);
        compare(known, now);
        next();
    }

    /** How far the ledgers of a layout are, if one of them was read. */
    private Optional<AheadLog.Layout> reached(LayoutLook look) {
        if (look.queued()) {
            return Optional.empty();
        }
        return settled.getOrDefault(look.key(), Map.of()).values().stream()
                .map(LayoutLook.Known::upTo)
                .max(Instant::compareTo)
                .map(upTo -> new AheadLog.Layout(look.job.name(), upTo, next(look, upTo)));
    }

    /** What is due after that; asked only where it may be told, since there may be many jobs. */
    private static Optional<Instant> next(LayoutLook look, Instant upTo) {
        boolean told = LedgerAhead.of(upTo, look.now).isPresent() && !look.fires.delayed();
        return told ? look.due.next(upTo) : Optional.empty();
    }

    /** Ledgers that are ahead of our clock may be right, and it wrong: the stamp of a heartbeat tells. */
    private void compare(List<AheadLog.Layout> known, Instant now) {
        Optional<AgentFacts> witness = owner.agents().stream().findFirst();
        if (AheadLog.ahead(known, now).isEmpty() || witness.isEmpty()) {
            if (ahead.told()) {
                ahead.look(known, now);
            }
            return;
        }
        heard(witness.get(), at -> ahead.look(known, at.isAfter(now) ? at : now));
    }

    private void next() {
        int looked = 0;
        while (!closed && !todo.isEmpty()) {
            if (spent >= READS || looked++ >= LOOKS) {
                timer = loop.after(BREATH.toNanos(), () -> {
                    spent = 0;
                    next();
                });
                return;
            }
            LayoutLook look = todo.remove();
            if (look.queued() && !lookInQueue(look)) {
                continue;
            }
            Deque<LayoutLook.Shard> unread = look.queued() ? new ArrayDeque<>() : unread(look);
            if (!unread.isEmpty()) {
                read(look, unread);
                return;
            }
            boolean open = raised.known(Paths.overdue(look.job.uid()))
                    .causeOf(look.key())
                    .isPresent();
            if (open || !look.overdue.isEmpty()) {
                spent++;
                judge(look); // nothing can be overdue now: perhaps that is to be told
                return;
            }
        }
        if (!closed) {
            start();
        }
    }

    /** Nothing has to be read of what the queue has; whether it is known. */
    private boolean lookInQueue(LayoutLook look) {
        boolean known = true;
        for (LayoutLook.Shard shard : look.shards(owner.table(), owner.agents())) {
            int number = Integer.parseInt(shard.ref().shard());
            Optional<LedgerRecord> ledger = queued.flatMap(tasks -> tasks.ledger(look.job, number));
            if (ledger.isPresent()) {
                LayoutLook.Shard held = shard.ownedBy(queued.flatMap(tasks -> tasks.holder(look.job, number)));
                settled.computeIfAbsent(look.key(), key -> new HashMap<>())
                        .put(shard.ref().shard(), look.read(held, ledger));
            }
            known &= ledger.isPresent();
        }
        return known;
    }

    private Deque<LayoutLook.Shard> unread(LayoutLook look) {
        Deque<LayoutLook.Shard> unread = new ArrayDeque<>();
        for (LayoutLook.Shard shard : look.shards(owner.table(), owner.agents())) {
            LayoutLook.Known known =
                    known(look, shard).orElse(new LayoutLook.Known(shard.since(), Set.of(), Instant.MIN));
            if (look.mayBeOverdue(shard, known)) {
                unread.add(shard);
            }
        }
        return unread;
    }

    private Optional<LayoutLook.Known> known(LayoutLook look, LayoutLook.Shard shard) {
        return Optional.ofNullable(
                settled.getOrDefault(look.key(), Map.of()).get(shard.ref().shard()));
    }

    /** Reads some ledgers at once, and then the others. */
    private void read(LayoutLook look, Deque<LayoutLook.Shard> unread) {
        int some = Math.min(unread.size(), Math.max(1, READS - spent));
        spent += some;
        int[] open = {some};
        for (int i = 0; i < some; i++) {
            LayoutLook.Shard shard = unread.remove();
            store.read(session, "overdue-ledger", shard.ref().ledgerPath(), answer -> {
                if (closed) {
                    return;
                }
                take(look, shard, answer);
                if (--open[0] == 0) {
                    goOn(look, unread);
                }
            });
        }
    }

    private void goOn(LayoutLook look, Deque<LayoutLook.Shard> unread) {
        if (unread.isEmpty()) {
            judge(look);
            return;
        }
        timer = loop.after(BREATH.toNanos(), () -> {
            spent = 0;
            read(look, unread);
        });
    }

    private void take(LayoutLook look, LayoutLook.Shard shard, Read answer) {
        if (answer instanceof Read.Failed) {
            return; // the next round reads it again
        }
        try {
            Optional<LedgerRecord> ledger = answer instanceof Read.Found found
                    ? Optional.of(LedgerCodec.decode(
                            found.znode().path(), found.znode().data()))
                    : Optional.empty();
            settled.computeIfAbsent(look.key(), key -> new HashMap<>())
                    .put(shard.ref().shard(), look.read(shard, ledger));
        } catch (CorruptRecordException e) {
            LOG.debug("ledger not looked at for overdue fires: {}", e.getMessage()); // its owner says it aloud
        }
    }

    // --- what was found

    private void judge(LayoutLook look) {
        String path = Paths.overdue(look.job.uid());
        RaisedRecord known = raised.known(path);
        if (look.overdue.isEmpty()
                && look.overdueRuns.isEmpty()
                && known.of(look.key()).isEmpty()
                && known.causeOf(look.key()).isEmpty()
                && known.runsOf(look.key()).isEmpty()) {
            next();
            return;
        }
        raised.load(path, record -> judge(look, path, record), this::next);
    }

    private void judge(LayoutLook look, String path, RaisedRecord record) {
        List<Stretch> before = record.of(look.key());
        List<Stretch> fresh = look.firesTold ? List.of() : look.fires.fresh(before);
        List<RunRequest> runs = look.freshRuns(record.runsOf(look.key()));
        RaisedRecord kept = record.with(look.key(), look.fires.remembered(before, fresh, settledUpTo(look)))
                .withRuns(look.key(), look.rememberedRuns(record.runsOf(look.key()), known(look)));
        Optional<Cause> cause = record.causeOf(look.key());
        Set<String> reasons = OverdueTelling.reasons(look, owner);
        boolean remind = !look.overdue.isEmpty()
                && cause.filter(known -> known.telling(reasons, look.now) != Telling.MORE)
                        .isPresent();
        if (!fresh.isEmpty() || (remind && !look.firesTold)) {
            look.firesTold = true;
            Telling telling =
                    cause.map(known -> known.telling(reasons, look.now)).orElse(Telling.BEGIN);
            Cause told = with(cause, reasons, look, fresh, telling);
            RaisedRecord next = kept.withCause(look.key(), Optional.of(told));
            listen(OverdueTelling.ofFires(look, fresh, telling, told, owner), event -> raise(event, look, path, next));
        } else if (cause.isPresent()
                && cause.get().rests(look.now)
                && look.overdue.isEmpty()
                && kept.of(look.key()).isEmpty()) {
            raise(
                    OverdueTelling.end(look, cause.get(), owner),
                    look,
                    path,
                    kept.withCause(look.key(), Optional.empty()));
        } else if (!runs.isEmpty()) {
            RunRequest run = runs.get(0);
            look.runsTold.add(run.runId());
            List<String> all = new ArrayList<>(kept.runsOf(look.key()));
            all.add(run.runId());
            listen(
                    OverdueTelling.ofRun(look, run, owner),
                    event -> raise(event, look, path, kept.withRuns(look.key(), all)));
        } else if (!kept.equals(record)) {
            raised.write(path, kept, this::forgotten);
        } else {
            next();
        }
    }

    private static Cause with(
            Optional<Cause> cause, Set<String> reasons, LayoutLook look, List<Stretch> fresh, Telling telling) {
        List<Stretch> meant = fresh.isEmpty() ? look.fires.found() : fresh;
        Instant first = meant.get(0).first();
        Instant last = meant.get(meant.size() - 1).last();
        long count = look.fires.count(fresh);
        return cause.map(known -> known.with(reasons, first, last, count, telling, look.now))
                .orElseGet(() -> Cause.begin(reasons, first, last, Math.max(1, count), look.now));
    }

    private List<Optional<LayoutLook.Known>> known(LayoutLook look) {
        return look.shards(owner.table(), owner.agents()).stream()
                .map(shard -> known(look, shard))
                .toList();
    }

    /** Up to when every shard of a layout is settled, as far as is known. */
    private Instant settledUpTo(LayoutLook look) {
        return look.shards(owner.table(), owner.agents()).stream()
                .map(shard -> known(look, shard).map(LayoutLook.Known::upTo).orElse(shard.since()))
                .min(Instant::compareTo)
                .orElse(Instant.EPOCH);
    }

    /** Asks when the owner of the first shard was last heard of, and makes the event. */
    private void listen(OverdueTelling telling, java.util.function.Consumer<OverdueEvent> then) {
        Optional<AgentFacts> registration = telling.owner();
        if (registration.isEmpty()) {
            then.accept(telling.event(Optional.empty()));
            return;
        }
        AgentFacts facts = registration.get();
        heard(facts, at -> then.accept(telling.event(Optional.of(new WaitingStory.Heard(at, facts.sessionTimeout())))));
    }

    /** Reads when an agent was last heard of, by the ensemble's clock; {@link Instant#EPOCH} if that is not known. */
    private void heard(AgentFacts agent, java.util.function.Consumer<Instant> then) {
        String heartbeat = Paths.heartbeat(agent.incarnation().name());
        store.read(session, "overdue-heartbeat", heartbeat, answer -> {
            if (!closed) {
                then.accept(answer instanceof Read.Found found ? found.znode().modified() : Instant.EPOCH);
            }
        });
    }

    private void raise(OverdueEvent event, LayoutLook look, String path, RaisedRecord kept) {
        RaisedRecord next = kept.writtenFor(event.id());
        if (next.overfull()) {
            LOG.warn(
                    "overdue fires are not told of: {}; events of {} stretches of other fires in {} wait for their end,"
                            + " and no more are raised until some are settled",
                    event.title(),
                    RaisedRecord.MOST_STRETCHES,
                    path);
            next();
            return;
        }
        raised.write(path, next, answer -> {
            if (answer instanceof Commit.Applied) {
                // Taken down is raised, whether or not this office has ended meanwhile.
                if (event.telling() == Telling.END) {
                    LOG.info("overdue no more: {}", event.title());
                } else {
                    LOG.warn("overdue: {}", event.text());
                }
                owner.raise(event);
                if (!closed) {
                    judge(look); // it may have found more than one event speaks of
                }
                return;
            } else if (answer instanceof Commit.Indeterminate || answer instanceof Commit.SessionOver) {
                owner.doubt(event, path);
            }
            forgotten(answer);
        });
    }

    private void forgotten(Commit answer) {
        if (closed) {
            return;
        }
        if (answer instanceof Commit.Fenced) {
            owner.fenced();
        } else if (!(answer instanceof Commit.Indeterminate) && !(answer instanceof Commit.SessionOver)) {
            next();
        }
        // Of unknown result: the connection is gone, and this office with it.
    }
}
