package dev.belfry.core.dispatch;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.assign.Spread;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An agent with what is used of it. One that is gone stays as long as tasks of it have not ended. */
final class AgentRoom {
    final Incarnation incarnation;
    final String id;
    final long hash;
    /** Its bit in sets of agents. */
    final int index;
    /** Its place among all agents in the order of their incarnations. */
    int position;

    @Nullable
    AgentFacts facts;

    boolean duplicate;
    private Needs capacity = Needs.NONE;
    private Needs sticky = Needs.NONE;
    private SortedMap<String, String> groups = new TreeMap<>();
    private double load = -1;
    private double memory = -1;

    private long slots;
    private long cpuMillis;
    private long bytesOfMemory;
    private long inboxBytes;
    final Map<TaskId, Running> running = new LinkedHashMap<>();
    /** The uids of the jobs of which tasks run, by the group of jobs that exclude each other, with their number. */
    private final Map<String, Map<String, Integer>> excluding = new HashMap<>();

    @Nullable
    Reservation reservation;

    AgentRoom(Incarnation incarnation, int index) {
        this.incarnation = incarnation;
        this.index = index;
        this.id = incarnation.agentId();
        this.hash = Hash.of(id);
    }

    void take(AgentState state) {
        facts = state.facts();
        capacity = Needs.of(state.facts().capacity());
        sticky = state.sticky();
        groups = state.groups();
        load(state.load(), state.memory());
    }

    void load(double perProcessor, double memoryShare) {
        load = perProcessor;
        memory = memoryShare;
    }

    void leave() {
        facts = null;
        capacity = Needs.NONE;
        sticky = Needs.NONE;
        groups = new TreeMap<>();
    }

    void started(Running task) {
        count(task, 1);
        running.put(task.dispatch.task().id(), task);
    }

    void ended(Running task) {
        count(task, -1);
        running.remove(task.dispatch.task().id());
    }

    private void count(Running task, int sign) {
        Needs needs = task.dispatch.needs();
        slots += sign * needs.slots();
        cpuMillis += sign * needs.cpuMillis();
        bytesOfMemory += sign * needs.memory();
        inboxBytes += (long) sign * task.dispatch.task().bytes();
        String group = task.group;
        if (group != null) {
            Map<String, Integer> jobs = excluding.computeIfAbsent(group, any -> new HashMap<>());
            jobs.merge(task.job.terms.uid(), sign, (a, b) -> a + b == 0 ? null : a + b);
        }
    }

    Needs used() {
        return new Needs(slots, cpuMillis, bytesOfMemory);
    }

    /** What it has for queued tasks. */
    Needs whole() {
        return capacity.minus(sticky);
    }

    Needs free() {
        return capacity.minus(sticky.plus(used()));
    }

    boolean has(Needs needs) {
        return needs.slots() <= capacity.slots() - sticky.slots() - slots
                && needs.cpuMillis() <= capacity.cpuMillis() - sticky.cpuMillis() - cpuMillis
                && needs.memory() <= capacity.memory() - sticky.memory() - bytesOfMemory;
    }

    /** Whether its inbox takes another entry. */
    boolean takes(int bytes, Rules rules) {
        return running.size() < rules.mostPerAgent() && inboxBytes + bytes <= rules.mostBytes();
    }

    long inboxBytes() {
        return inboxBytes;
    }

    /** Another job of the group of which shards or tasks are here, or null. */
    @Nullable
    String excludedBy(QueuedJob job) {
        String group = job.requires().exclusive();
        if (group == null) {
            return null;
        }
        String owner = groups.get(group);
        if (owner != null && !owner.equals(job.uid())) {
            return owner;
        }
        return excluding.getOrDefault(group, Map.of()).keySet().stream()
                .filter(other -> !other.equals(job.uid()))
                .min(String::compareTo)
                .orElse(null);
    }

    /** Whether its shards, which do not end, exclude a job. */
    boolean isExcludedForGood(QueuedJob job) {
        String group = job.requires().exclusive();
        return group != null && !groups.getOrDefault(group, job.uid()).equals(job.uid());
    }

    /** The free share of its scarcest resource once a task with these needs is on it. */
    double freeShare(Needs needs) {
        double share = share(capacity.slots(), sticky.slots() + slots + needs.slots(), 1);
        share = share(capacity.cpuMillis(), sticky.cpuMillis() + cpuMillis + needs.cpuMillis(), share);
        return share(capacity.memory(), sticky.memory() + bytesOfMemory + needs.memory(), share);
    }

    private static double share(long whole, long used, double least) {
        return whole == 0 ? least : Math.min(least, (double) (whole - used) / whole);
    }

    String valueOf(Spread spread) {
        return facts == null ? "" : spread.valueOf(facts);
    }

    /** What keeps everything off it now, or null. */
    @Nullable
    Shortage closed(Rules rules, long now) {
        AgentFacts present = facts;
        if (present == null || present.draining()) {
            return Shortage.State.DRAINING;
        }
        long until = present.registeredAt().plus(rules.settling()).toEpochMilli();
        if (now < until) {
            return new Shortage.Settling(present.registeredAt().plus(rules.settling()));
        }
        if (load > rules.mostLoad()) {
            return new Shortage.Overloaded(false, load, rules.mostLoad());
        }
        return memory > rules.mostMemory() ? new Shortage.Overloaded(true, memory, rules.mostMemory()) : null;
    }
}
