package dev.belfry.testkit.cluster;

import dev.belfry.agent.client.ClientLoop;
import dev.belfry.core.overdue.OverdueEvent;
import dev.belfry.core.overdue.Telling;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.testkit.store.SimEnsemble;
import dev.belfry.testkit.time.SimClock;
import dev.belfry.testkit.time.SimScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A cluster in one thread and in virtual time: processes with the shipped agent and master loops over a simulated
 * ensemble. Everything random comes from the seed, so the same seed and the same calls give the same run.
 *
 * <p>The invariants of safety are checked throughout; what is found is thrown out of {@link #run}. Not thread-safe.
 */
public final class SimCluster {
    /** The only handler that the agents of a simulation have. */
    public static final String HANDLER = "work";
    /** Parameter that a job's definition states so that its due instants can be checked: its period in ms. */
    public static final String PERIOD = CommittedJobs.PERIOD;

    private static final String READER = "reader";
    private static final Duration ANSWERED = Duration.ofSeconds(10);
    private static final long LOOK_NANOS = 500_000_000;

    private final ClusterOptions options;
    private final SimScheduler scheduler;
    private final SimEnsemble ensemble;
    private final Story story;
    private final Evidence evidence;
    private final Safety safety;
    private final Operator operator;
    private final Map<String, Operator> operators = new TreeMap<>();
    private final Map<String, SimSubmitter> submitters = new TreeMap<>();
    private final Coverage coverage = new Coverage();
    private final List<SimAgent> agents = new ArrayList<>();
    private final List<OverdueEvent> overdue = new ArrayList<>();
    private final List<OverdueEvent> told = new ArrayList<>();
    private final Set<String> toldOf = new HashSet<>();
    private final Map<String, Integer> starts = new TreeMap<>();
    private boolean queuedByHand;
    private Behaviour behaviour = Behaviour.PROMPT;
    private long quietFrom = Long.MAX_VALUE;

    public SimCluster(long seed, ClusterOptions options) {
        this.options = options;
        this.scheduler = new SimScheduler(seed);
        this.story = new Story(scheduler, options.story());
        this.ensemble = new SimEnsemble(scheduler, options.ensemble());
        this.safety = new Safety(this);
        this.evidence = new Evidence(safety);
        ensemble.history(safety);
        this.operator = new Operator(this, Operator.FIRST);
        look();
    }

    private void look() {
        scheduler.after(LOOK_NANOS, "look", () -> {
            safety.look();
            look();
        });
    }

    /** Agents that register from here on do nothing with their inboxes: a test does it in their place. */
    void queuedByHand() {
        queuedByHand = true;
    }

    boolean isQueuedByHand() {
        return queuedByHand;
    }

    /** Starts a process with this agent id; again after a kill, on the same machine. */
    public SimAgent start(String id) {
        return start(id, options.sessionTimeout());
    }

    /** The same with a session time-out of its own. */
    public SimAgent start(String id, Duration sessionTimeout) {
        int nth = starts.merge(id, 1, Integer::sum);
        SimClock clock = agents.stream()
                .filter(agent -> agent.id().equals(id))
                .map(agent -> agent.process().clock())
                .findFirst()
                .orElseGet(() -> new SimClock(scheduler));
        agents.removeIf(agent -> agent.id().equals(id) && !agent.alive());
        SimAgent agent = new SimAgent(this, id, nth == 1 ? id : id + "#" + nth, clock, sessionTimeout);
        agents.add(agent);
        story.add("start " + agent);
        return agent;
    }

    /** Runs for so long. */
    public void run(Duration length) {
        scheduler.runUntil(scheduler.nanos() + length.toNanos());
    }

    /** Runs until {@code condition} holds, at most for {@code most}. Whether it does. */
    public boolean runUntil(Duration most, java.util.function.BooleanSupplier condition) {
        long end = scheduler.nanos() + most.toNanos();
        while (!condition.getAsBoolean()) {
            if (scheduler.nanos() >= end) {
                return false;
            }
            run(Duration.ofMillis(20));
        }
        return true;
    }

    /** Processes that run or may run again, in the order of their start; those that were killed stay until replaced. */
    public List<SimAgent> agents() {
        return Collections.unmodifiableList(agents);
    }

    /** The process with this agent id that was started last. */
    public Optional<SimAgent> agent(String id) {
        return agents.stream().filter(agent -> agent.id().equals(id)).reduce((first, second) -> second);
    }

    /** The process that holds office, by the epoch in the store; empty if it is not among the living. */
    public Optional<SimAgent> master() {
        String holder = safety.table().epoch().incarnation();
        return agents.stream()
                .filter(agent -> agent.alive()
                        && agent.agent().incarnation().filter(holder::equals).isPresent())
                .findFirst();
    }

    /** What user code does from now on. */
    public void behave(Behaviour next) {
        behaviour = next;
    }

    Behaviour behaviour() {
        return behaviour;
    }

    /** From {@code settling} after now on nothing disturbs the cluster any more. */
    void quietens(Duration settling) {
        quietFrom = scheduler.nanos() + settling.toNanos();
    }

    /** Whether nothing disturbed the cluster from then on. */
    boolean isQuietAt(long nanos) {
        return nanos >= quietFrom;
    }

    /** The ids of all agents that there ever were. */
    Set<String> agentIds() {
        return Collections.unmodifiableSet(starts.keySet());
    }

    /** True time, as the simulation knows it. */
    public Instant now() {
        return SimClock.EPOCH.plusNanos(scheduler.nanos());
    }

    public ClusterOptions options() {
        return options;
    }

    public SimScheduler scheduler() {
        return scheduler;
    }

    public SimEnsemble ensemble() {
        return ensemble;
    }

    public Operator operator() {
        return operator;
    }

    /** Another one, made when it is first asked for, that knows nothing of what the others do. */
    public Operator operator(String name) {
        return operators.computeIfAbsent(name, n -> new Operator(this, n));
    }

    /** Somebody who submits runs, started when first asked for. */
    public SimSubmitter submitter(String name) {
        return submitters.computeIfAbsent(name, n -> new SimSubmitter(this, n));
    }

    /** All who were ever asked for, by name. */
    public List<SimSubmitter> submitters() {
        return List.copyOf(submitters.values());
    }

    /**
     * What somebody is told who asks with the shipped client; the cluster goes on meanwhile.
     *
     * @throws IllegalStateException if there is no answer within ten seconds
     */
    public <T> T ask(Function<ClientLoop, CompletableFuture<T>> question) {
        CompletableFuture<T> answer = question.apply(operator(READER).client());
        if (!runUntil(ANSWERED, answer::isDone)) {
            throw new IllegalStateException("no answer within " + ANSWERED);
        }
        return answer.join();
    }

    public Evidence evidence() {
        return evidence;
    }

    void overdue(OverdueEvent event) {
        story.add("overdue: " + event.title());
        if (event.telling() != Telling.MORE) {
            told.add(event);
        }
        if (event.fires() == 0) {
            return;
        }
        String fire = event.jobUid() + "." + event.layout() + "@"
                + event.run().orElse(event.first().toString());
        if (!toldOf.add(fire)) {
            throw new InvariantViolation("overdue-once", "a second event was raised of " + fire);
        }
        overdue.add(event);
    }

    /** Those of the masters' events that people are told of: begins, reminders and ends. */
    public List<OverdueEvent> told() {
        return Collections.unmodifiableList(told);
    }

    /** The events that masters have raised of overdue fires, in order; each fire is in one of them. */
    public List<OverdueEvent> overdue() {
        return Collections.unmodifiableList(overdue);
    }

    /** Which faults have met which steps of the protocol. */
    public Coverage coverage() {
        return coverage;
    }

    public Story story() {
        return story;
    }

    /** The rows of the assignment table as committed. */
    public Map<ShardKey, Tenancy> rows() {
        return safety.table().rows();
    }

    /** The term in force. */
    public long term() {
        return safety.table().epoch().term();
    }

    /** How many versions of the table have been committed. */
    public long tableVersions() {
        return safety.table().versions();
    }

    Safety safety() {
        return safety;
    }

    /**
     * Checks that the cluster lives again and that everything due up to {@code upTo} is accounted for; call it a good
     * while after the last fault.
     *
     * @throws InvariantViolation if not
     */
    public void checkLiveness(Instant upTo) {
        new Liveness(this).check(upTo);
    }
}
