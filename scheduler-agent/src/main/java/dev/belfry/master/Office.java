package dev.belfry.master;

import dev.belfry.agent.loop.Loop;
import dev.belfry.agent.loop.Mirror;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.assign.Change;
import dev.belfry.core.assign.JobSpec;
import dev.belfry.core.assign.Plan;
import dev.belfry.core.assign.PlanInput;
import dev.belfry.core.assign.Unplaced;
import dev.belfry.core.assign.Wait;
import dev.belfry.core.overdue.OverdueEvent;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.ownership.ProofOfLife;
import dev.belfry.core.record.Paths;
import dev.belfry.master.queue.QueueDesk;
import dev.belfry.master.queue.ScheduledTasks;
import dev.belfry.store.Commit;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One term of one master: reads the table, then the agents, plans, and writes what the plan says.
 *
 * <p>Every transaction checks the epoch at the version that this term wrote, and the version of what it writes. One
 * transaction of the table is under way at a time; the next plan is made from what it left.
 *
 * <p>Not thread-safe; owned by the master's loop.
 *
 * <p>Longer than the house limit: the one place in which the parts of a term meet; what each of them does lies elsewhere.
 */
final class Office {
    private static final Logger LOG = LoggerFactory.getLogger(Office.class);

    /** Changes that come within this time are planned together. */
    private static final long GATHER_NANOS = Duration.ofMillis(10).toNanos();
    /** Where there is so much to plan that it takes long, they are gathered for longer: at most this. */
    private static final long LONGEST_GATHER_NANOS = Duration.ofMillis(250).toNanos();

    private final Loop loop;
    private final Session session;
    private final Term term;
    private final OfficeClock present;
    private final Watched watched;
    private final ProofOfLife life;
    private final Map<String, AgentFacts> agents;
    private final Restarts restarts;
    private final Mirror registrations;
    private final StampedClock clock;
    private final Runnable fenced;

    private final TableWriter table;
    private final LostRows lostRows;
    private final JobBook jobs;
    private final Settlements settlements;
    private final CommandDesk commands;
    private final JournalKeeper journals;
    private final LedgerKeeper ledgers;
    private final OverdueWatch overdue;
    private final GoneAgents gone;
    private final HandOvers handOvers;
    private final QueueDesk queue;
    private final ForeignWrites tableGuard;
    private final ForeignWrites epochGuard;

    private boolean ended;
    private boolean agentsReadAfterTable;
    private boolean planning;
    /** How long the last plan took to make. */
    private long planNanos;

    private boolean writing;
    private Loop.Timer timer = () -> {};
    private final UnplacedLog unplaced = new UnplacedLog();
    /** Shards that the last plan left without an owner. */
    private List<Unplaced> leftOut = List.of();

    /** Told of overdue fires; see {@link OverdueWatch.Owner}. */
    interface Alarm {
        void raise(OverdueEvent event);

        void doubt(OverdueEvent event, String path);

        /** See {@link MasterLoop.Listener#lost}. */
        void lost(LostPart part);
    }

    Office(
            Loop loop,
            Store store,
            Session session,
            Incarnation self,
            Epoch epoch,
            Commit.Stamp written,
            OfficeClock present,
            Watched watched,
            Alarm alarm,
            Runnable fenced) {
        this.loop = loop;
        this.session = session;
        this.term = new Term(store, session, self, epoch, written);
        this.present = present;
        this.watched = watched;
        this.life = watched.life();
        this.agents = watched.agents();
        this.restarts = watched.restarts();
        this.registrations = watched.registrations();
        this.clock = watched.clock();
        this.fenced = fenced;
        this.table = new TableWriter(loop, store, session, self, epoch.term(), this::fence);
        this.lostRows = new LostRows(loop, store, session, new LostOwners());
        this.jobs = new JobBook(store, session, this::jobsChanged, this::jobsSettled);
        this.gone = new GoneAgents(loop, store, session, new Gone(alarm));
        this.settlements = new Settlements(store, session, this::fence, gone::isClear);
        this.commands = new CommandDesk(loop, store, session, jobs, present, new CommandDesk.Owner() {
            @Override
            public Transaction.Builder transaction(String site) {
                return fence(site);
            }

            @Override
            public Duration longestLease() {
                return term.longestLease();
            }

            @Override
            public boolean knowsAgent(String agentId) {
                return Office.this.agents.values().stream()
                        .anyMatch(a -> a.incarnation().agentId().equals(agentId));
            }

            @Override
            public void drainsChanged() {
                queue.agentsChanged();
                planSoon();
            }

            @Override
            public QueueDesk queue() {
                return queue;
            }

            @Override
            public void fenced() {
                Office.this.lost();
            }
        });
        this.journals = new JournalKeeper(
                loop,
                store,
                session,
                new JournalKeeper.Owner() {
                    @Override
                    public Set<String> live() {
                        Set<String> live = watched.registered();
                        live.add(queue.journalWriter());
                        return live;
                    }

                    @Override
                    public Transaction.Builder transaction(String site) {
                        return fence(site);
                    }
                },
                JournalKeeper.Bounds.STANDARD);
        this.overdue = new OverdueWatch(loop, store, session, new Overdue(alarm));
        this.handOvers = new HandOvers(store, session, this::planSoon, this::settled);
        QueueSurroundings surroundings = new QueueSurroundings(
                loop, term, watched, present, jobs, table, this::live, this::read, commands::next, this::lost);
        this.queue = new QueueDesk(loop, store, session, surroundings);
        this.ledgers =
                new LedgerKeeper(loop, store, session, jobs::all, jobs::lost, queue::owing, this::now, this::fence);
        this.tableGuard = new ForeignWrites(
                store, session, Paths.ASSIGNMENTS, table, () -> writing || !table.loaded(), this::reload);
        this.epochGuard =
                new ForeignWrites(store, session, Paths.EPOCH, path -> term.version(), term::raising, this::lost);
    }

    private Transaction.Builder fence(String site) {
        return term.fence(site);
    }

    /** Reads the table, then the agents, in that order, in this session. */
    void begin() {
        tableGuard.follow();
        epochGuard.follow();
        table.load(() -> {
            if (ended) {
                return;
            }
            // Registrations known from before the epoch was written do not count: they are read again, after the table.
            agentsReadAfterTable = false;
            awaitingAgents = registrations.compare();
            handOvers.start();
            jobs.start();
            commands.start();
            journals.start();
            ledgers.start();
            overdue.start();
            gone.start();
            queue.start();
        });
    }

    private long awaitingAgents = Long.MAX_VALUE;

    void end() {
        ended = true;
        term.end();
        timer.cancel();
        present.close();
        handOvers.close();
        jobs.close();
        commands.close();
        journals.close();
        ledgers.close();
        overdue.close();
        gone.close();
        queue.close();
        tableGuard.close();
        epochGuard.close();
        table.close();
        lostRows.close();
    }

    private void lost() {
        if (!ended) {
            fenced.run();
        }
    }

    /** An agent has registered, or its registration has gone. */
    void agentChanged(String agentId) {
        gone.changed(agentId);
        agentsChanged();
    }

    /** A registration has come, changed or gone. */
    void agentsChanged() {
        gone.soon();
        queue.agentsChanged();
        planSoon();
    }

    private void jobsChanged() {
        queue.jobsChanged();
        planSoon();
    }

    /** Whether everything about agents, jobs and drains has been read in this term. */
    private boolean read() {
        return agentsReadAfterTable && registrations.caughtUp() && jobs.caughtUp() && commands.drainsKnown();
    }

    private void jobsSettled() {
        commands.next();
        settled();
    }

    /** Something that is followed has been read to its end. */
    void settled() {
        boolean read = awaitingAgents != Long.MAX_VALUE && registrations.applied(awaitingAgents);
        if (!agentsReadAfterTable && read && table.loaded()) {
            agentsReadAfterTable = true;
            // Whoever owns what an earlier master has lost, and lives, is among them: it was granted before this term.
            lostRows.hold(table.emptied(), table.vectorZxid());
        }
        // A command that was there before this office waits for the jobs, which are read after it.
        commands.next();
        queue.agentsChanged();
        planSoon();
    }

    /** The present by the ensemble's clock. */
    private Instant now() {
        return present.now();
    }

    // --- planning

    void planSoon() {
        if (ended || planning) {
            return;
        }
        planning = true;
        // Thousands of jobs that come one after the other are not planned anew with each of them.
        long gather = Math.max(GATHER_NANOS, Math.min(2 * planNanos, LONGEST_GATHER_NANOS));
        loop.after(gather, () -> {
            planning = false;
            long began = loop.nanoTime();
            plan();
            planNanos = loop.nanoTime() - began;
        });
    }

    /** After so long no lease can hold that began before. */
    private long longestWaitNanos() {
        long lease = term.longestLease().toNanos();
        return lease + lease / 10;
    }

    private boolean ready() {
        return !ended
                && !writing
                && table.loaded()
                && agentsReadAfterTable
                && registrations.caughtUp()
                && jobs.caughtUp()
                && commands.drainsKnown()
                && handOvers.caughtUp();
    }

    private void plan() {
        if (!ready() || raiseTimeout()) {
            return;
        }
        tableGuard.look();
        if (table.damaged()) {
            writing = true;
            table.repair(lostRows::hold, this::written);
            return;
        }
        Instant now = now();
        long nanos = loop.nanoTime();
        Set<Incarnation> replaceable = new TreeSet<>();
        long wait = Long.MAX_VALUE;
        for (Incarnation owner : table.incarnations()) {
            if (!registered(owner.name())) {
                life.gone(owner.name(), nanos);
                long left = life.waitNanos(owner.name(), term.longestTimeout(), nanos);
                if (left == 0) {
                    replaceable.add(owner);
                } else {
                    wait = Math.min(wait, left);
                }
            }
        }
        List<JobSpec> specs = jobs.specs(now, settlements);
        Plan plan = Plan.of(PlanInput.of(specs, live(), table.table())
                .withReplaceable(replaceable)
                .withRestarting(restarts.announced(), now)
                .withReleased(handOvers.released(), handOvers.closedForGood()));
        restarts.keepOnly(each -> agents.containsKey(each.name()) || table.names(each.name()));
        life.keepOnly(incarnation -> registered(incarnation)
                || table.names(incarnation)
                || lostRows.awaits(incarnation)
                || gone.awaits(incarnation)
                || queue.awaits(incarnation));
        tellUnplaced(plan);
        rearm(Math.min(wait, graceNanos(specs, now)), now);
        // Not grants of shards whose present owner is not known and may still act, and nothing about jobs that seem to
        // be gone only because their definition cannot be read.
        Plan writable = plan.only(change -> (!grants(change) || !lostRows.holds(change.shard()))
                && !jobs.lost(change.shard().jobUid()));
        if (!writable.isEmpty()) {
            write(writable);
        } else {
            settlements.keep(jobs.all(), now, term.longestLease(), this::recordWritten);
        }
    }

    /** Says which shards stay without an owner; of those that only time keeps so, only where somebody asks. */
    private void tellUnplaced(Plan plan) {
        List<Unplaced> logged = new ArrayList<>(plan.unplaced());
        List<Unplaced> all = new ArrayList<>(plan.unplaced());
        for (Change change : plan.changes()) {
            Optional<String> held = grants(change) ? lostRows.why(change.shard()) : Optional.empty();
            held.map(why -> Unplaced.because(change.shard(), Wait.LOST_ROWS, why))
                    .ifPresent(shard -> {
                        all.add(shard);
                        if (lostRows.waitsForAgents(change.shard())) {
                            logged.add(shard);
                        }
                    });
        }
        unplaced.report(logged, jobs::nameOf);
        leftOut = List.copyOf(all);
    }

    /** The live registrations, with what operators drain marked as draining. */
    private List<AgentFacts> live() {
        List<AgentFacts> live = new ArrayList<>();
        for (AgentFacts agent : agents.values()) {
            boolean drained =
                    commands.drains().agents().contains(agent.incarnation().agentId());
            live.add(drained ? agent.withDraining(true) : agent);
        }
        return live;
    }

    /** A job's record says that more of it is settled, or could not; its change in the store brings the next plan. */
    private void recordWritten(Commit answer) {
        if (!ended && answer instanceof Commit.Fenced) {
            lost();
        } else if (!ended && answer instanceof Commit.Rejected rejected) {
            LOG.error("it cannot be recorded that a layout is settled: {}", rejected.why());
        }
    }

    private boolean registered(String incarnation) {
        return watched.registered(incarnation);
    }

    private static boolean grants(Change change) {
        return change instanceof Change.Grant || change instanceof Change.Settle;
    }

    /** How long until the next rejoin grace of an owner is over that announced its restart. */
    private long graceNanos(List<JobSpec> specs, Instant now) {
        Set<Duration> graces = new TreeSet<>();
        if (!restarts.announced().isEmpty()) {
            specs.stream().map(JobSpec::rejoinGrace).forEach(graces::add);
        }
        return restarts.graceNanos(graces, now);
    }

    /**
     * The timer for what time alone brings: the end of a wait for a lease or for an agent that comes back, or a layout that
     * comes into force.
     */
    private void rearm(long wait, Instant now) {
        timer.cancel();
        long next = wait;
        Instant change = jobs.nextLayoutChange(now, term.longestLease());
        if (change.isBefore(Instant.MAX)) {
            next = Math.min(next, Math.max(1, Duration.between(now, change).toNanos()));
        }
        if (next != Long.MAX_VALUE) {
            timer = loop.after(next, this::planSoon);
        }
    }

    private void write(Plan plan) {
        writing = true;
        LOG.info(
                "plan: term={} changes={} unplaced={}; first: {}",
                term.number(),
                plan.changes().size(),
                plan.unplaced().size(),
                plan.reasons().get(0));
        StampedClock.Sent sent = clock.sending();
        // The rest comes with the next plan, made from what this part left.
        table.write(plan, doubts(), (part, answer) -> {
            if (answer instanceof Commit.Applied applied) {
                clock.stamped(sent, applied.stamps().get(0).modified());
                settlements.written(part);
            }
            written(answer);
        });
    }

    /** The table is not as this master left it. */
    private void reload() {
        if (!ended && !writing && table.loaded()) {
            table.load(this::settled);
        }
    }

    private Function<Change, Optional<Instant>> doubts() {
        Losses losses = new Losses(
                clock.latest(),
                loop.nanoTime(),
                this::registered,
                handOvers.released(),
                (owner, shard, since) -> restarts.hasLetGo(owner, since) && jobs.waitsForRestart(shard.jobUid()),
                life,
                term.longestTimeout(),
                lostRows::overNanos);
        AssignmentTable before = table.table();
        return change -> losses.doubt(change, before.tenancy(change.shard()));
    }

    private void written(Commit answer) {
        writing = false;
        if (ended) {
            return;
        }
        if (answer instanceof Commit.Applied) {
            queue.agentsChanged();
            planSoon();
        } else if (answer instanceof Commit.Fenced) {
            lost();
        } else if (answer instanceof Commit.Conflict conflict) {
            LOG.warn("table is not as it was read: {}; it is read again", conflict);
            table.load(this::settled);
        } else if (answer instanceof Commit.Rejected rejected) {
            LOG.error("the table cannot be written: {}", rejected.why());
            loop.after(session.timeout().toNanos() / 2, this::planSoon);
        } else {
            // Of unknown result, or not sent: the connection is gone, and this office with it.
            writing = true;
        }
    }

    /** Whether the epoch has yet to say how long the sessions of the agents are. */
    private boolean raiseTimeout() {
        return term.raise(
                watched.longestTimeout(term.longestTimeout()),
                () -> {
                    epochGuard.look();
                    planSoon();
                    queue.agentsChanged();
                },
                this::lost);
    }

    /** What the look for agents that do not come back goes by. */
    private final class Gone implements GoneAgents.Owner {
        private final Alarm alarm;

        Gone(Alarm alarm) {
            this.alarm = alarm;
        }

        @Override
        public Collection<JobBook.Entry> jobs() {
            return jobs.all();
        }

        @Override
        public boolean ready() {
            return agentsReadAfterTable && registrations.caughtUp() && jobs.caughtUp();
        }

        @Override
        public boolean registered(String incarnation) {
            return Office.this.registered(incarnation);
        }

        @Override
        public OptionalLong overNanos(String incarnation) {
            long nanos = loop.nanoTime();
            life.gone(incarnation, nanos);
            return life.waitNanos(incarnation, term.longestTimeout(), nanos) > 0
                    ? OptionalLong.empty()
                    : OptionalLong.of(life.overNanos(incarnation, term.longestTimeout(), nanos));
        }

        @Override
        public Set<String> present() {
            return watched.registered().stream()
                    .map(name -> name.substring(0, Math.max(0, name.indexOf('~'))))
                    .collect(Collectors.toSet());
        }

        @Override
        public Instant now() {
            return Office.this.now();
        }

        @Override
        public Instant latest() {
            return clock.latest();
        }

        @Override
        public void settle(String jobUid, String agentId, Instant until) {
            alarm.lost(new LostPart(jobUid, agentId, until, term.longestTimeout(), term.zxid()));
        }

        @Override
        public void settled() {
            planSoon();
        }

        @Override
        public Transaction.Builder fence(String at) {
            return Office.this.fence(at);
        }
    }

    /** Who may own shards whose rows are lost. */
    private final class LostOwners implements LostRows.Owner {

        @Override
        public Set<String> registered() {
            return watched.registered();
        }

        @Override
        public boolean registered(String incarnation) {
            return Office.this.registered(incarnation);
        }

        @Override
        public long leftNanos(String incarnation) {
            return life.waitNanos(incarnation, term.longestTimeout(), loop.nanoTime());
        }

        @Override
        public long longestWaitNanos() {
            return Office.this.longestWaitNanos();
        }

        @Override
        public void cleared() {
            planSoon();
        }
    }

    /** What the watch over overdue fires goes by. */
    private final class Overdue implements OverdueWatch.Owner {
        private final Alarm alarm;

        Overdue(Alarm alarm) {
            this.alarm = alarm;
        }

        @Override
        public Collection<JobBook.Entry> jobs() {
            return jobs.all();
        }

        @Override
        public AssignmentTable table() {
            return table.table();
        }

        @Override
        public Optional<ScheduledTasks> queued() {
            return queue.scheduled();
        }

        @Override
        public Collection<AgentFacts> agents() {
            return live();
        }

        @Override
        public boolean registered(String incarnation) {
            return Office.this.registered(incarnation);
        }

        @Override
        public List<Unplaced> unplaced() {
            return leftOut;
        }

        @Override
        public Instant now() {
            return Office.this.now();
        }

        @Override
        public long term() {
            return term.number();
        }

        @Override
        public Transaction.Builder transaction(String site) {
            return fence(site);
        }

        @Override
        public void raise(OverdueEvent event) {
            alarm.raise(event);
        }

        @Override
        public void doubt(OverdueEvent event, String path) {
            alarm.doubt(event, path);
        }

        @Override
        public void fenced() {
            lost();
        }
    }
}
