package dev.belfry.bench.report;

import dev.belfry.bench.peer.Contender;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What Belfry has to show.
 *
 * @param limit of the median
 * @param least whether the median is to be the limit at least; otherwise at most
 */
public record Target(String workload, String point, String metric, double limit, boolean least, String sentence) {

    private static final List<Target> FIRES = List.of(
            new Target(
                    "fire-cost",
                    "code of 0 ms",
                    "fire_operations",
                    12,
                    "ZooKeeper operations for one fire of 3 agents × 6 shards, code that returns at once: at most 12"),
            new Target(
                    "fire-cost",
                    "code of 200 ms",
                    "fire_operations",
                    12,
                    "ZooKeeper operations for one fire of 3 agents × 6 shards, code of 200 ms: at most 12"),
            new Target(
                    "sustained-fires",
                    "together 10000/s",
                    "lost",
                    0,
                    "10,000 fires a second by 2 agents, all due together: none lost"),
            new Target(
                    "sustained-fires",
                    "together 10000/s",
                    "late_p99_ms",
                    100,
                    "10,000 fires a second by 2 agents, all due together: p99 at most 100 ms late"),
            new Target(
                    "same-instant",
                    "100 jobs",
                    "late_p50_ms",
                    2,
                    "100 jobs due at the same instant: p50 at most 2 ms late"),
            new Target(
                    "same-instant",
                    "100 jobs",
                    "late_p99_ms",
                    10,
                    "100 jobs due at the same instant: p99 at most 10 ms late"),
            new Target("idle-agent", "500 jobs", "threads", 39, "threads of an agent with 500 idle jobs: under 40"),
            new Target(
                    "idle-agent", "10000 jobs", "threads", 39, "threads of an agent with 10,000 idle jobs: under 40"),
            new Target("idle-agent", "500 jobs", "register_s", 1, "500 jobs registered within 1 s"),
            new Target("idle-agent", "10000 jobs", "register_s", 10, "10,000 jobs registered within 10 s"),
            new Target(
                    "leave-join",
                    "1 of 20 leaves",
                    "moved_percent",
                    5,
                    "200 shards on 20 agents, one leaves: at most 5 % move"),
            new Target(
                    "leave-join",
                    "1 joins 19",
                    "moved_percent",
                    5,
                    "200 shards on 19 agents, one joins: at most 5 % move"),
            new Target(
                    "killed-agent",
                    "1000 shards every 10 s",
                    "takeover_p99_ms",
                    300,
                    "an agent of three is killed, 1,000 shards: p99 fires elsewhere within 300 ms of the end of its session"),
            new Target(
                    "killed-agent",
                    "1000 shards every 10 s; the master",
                    "takeover_p99_ms",
                    300,
                    "the same when it is the master"),
            new Target(
                    "killed-agent",
                    "1000 shards every 10 s",
                    "due_lost",
                    0,
                    "an agent of three is killed, 1,000 shards: every fire ran or is recorded with its reason"),
            new Target(
                    "killed-agent",
                    "100 shards every second",
                    "due_lost",
                    0,
                    "an agent of three is killed, 100 shards: every fire ran or is recorded with its reason"),
            new Target(
                    "killed-agent",
                    "12 shards; their code under way",
                    "due_lost",
                    0,
                    "an agent is killed in the middle of its work: every fire ran or is recorded with its reason"),
            new Target(
                    "killed-master",
                    "200 fires/s",
                    "more_over",
                    0,
                    "the master is killed: no more fires over 100 ms late than in as long a time of quiet"),
            new Target("killed-master", "200 fires/s", "moved", 0, "the master is killed: no shard moves"),
            new Target("killed-master", "200 fires/s", "due_lost", 0, "the master is killed: no fire is lost"),
            new Target(
                    "stalled-agent",
                    "stopped for 15 s",
                    "cancelled_max_ms",
                    100,
                    "an agent wakes after 15 s: its attempts are cancelled within 100 ms"),
            new Target(
                    "stalled-agent",
                    "stopped for 15 s",
                    "not_cancelled",
                    0,
                    "an agent wakes after 15 s: no attempt of it goes on"),
            new Target(
                    "stalled-agent",
                    "stopped for 15 s",
                    "begun_after_waking",
                    0,
                    "an agent wakes after 15 s: it begins no attempt of what was taken over"),
            new Target(
                    "stalled-agent",
                    "stopped for 15 s",
                    "token_not_smaller",
                    0,
                    "an agent wakes after 15 s: its token is the smaller"),
            new Target(
                    "store-down",
                    "down for 24 s",
                    "refire_max_s",
                    12.4,
                    "ZooKeeper down for 24 s: everything fires again within session time-out + tick + 1.1 L of its return, 12.4 s"),
            new Target(
                    "store-down",
                    "down for 24 s",
                    "due_lost",
                    0,
                    "ZooKeeper down for 24 s: every fire ran or is recorded with its reason"),
            new Target(
                    "pure-parts",
                    "next fire 0/5 * * * * ? UTC",
                    "ns",
                    999,
                    "next fire of a cron expression: under 1 µs"),
            new Target(
                    "pure-parts",
                    "next fire 0 0 12 L * ? Europe/Berlin",
                    "ns",
                    999,
                    "next fire of the dearest expression measured: under 1 µs"),
            new Target(
                    "pure-parts",
                    "next fire 0 0 12 L * ? Europe/Berlin",
                    "kept_bytes",
                    500,
                    "a cron expression keeps at most 500 B"));

    /** All of them. */
    static final List<Target> ALL =
            Stream.concat(FIRES.stream(), RunTargets.ALL.stream()).toList();

    /** One whose median is to be no greater than the limit. */
    Target(String workload, String point, String metric, double limit, String sentence) {
        this(workload, point, metric, limit, false, sentence);
    }

    /** One whose median is to be no less than the limit. */
    static Target atLeast(String workload, String point, String metric, double limit, String sentence) {
        return new Target(workload, point, metric, limit, true, sentence);
    }

    /** Whether a target is met. */
    public enum State {
        MISSED,
        NOT_MEASURED,
        MET
    }

    /**
     * A target and what was measured.
     *
     * @param measured of Belfry; empty if the run did not get so far
     */
    public record Verdict(Target target, State state, Optional<Spread> measured) {

        /** One line for people. */
        public String text() {
            String what = measured.map(Spread::text).orElse(state == State.MISSED ? "not reached" : "not measured");
            return state.name().replace('_', ' ') + ": " + target.sentence() + "; measured: " + what;
        }
    }

    /** Those about the workloads that were measured, the missed ones first. */
    static List<Verdict> verdicts(List<Results> measured) {
        List<Verdict> verdicts = new ArrayList<>();
        for (Results results : measured) {
            ALL.stream()
                    .filter(target -> target.workload.equals(results.raw().workload()))
                    .forEach(target -> verdicts.add(target.verdict(results)));
        }
        // The sort is stable: within a state they stay in the order of the workloads.
        verdicts.sort(Comparator.comparing(Verdict::state));
        return verdicts;
    }

    private Verdict verdict(Results results) {
        if (!results.systems().contains(Contender.BELFRY)) {
            return new Verdict(this, State.NOT_MEASURED, Optional.empty());
        }
        Optional<Spread> measured = results.of(new Results.Row(Contender.BELFRY, point), metric);
        boolean met = measured.filter(spread -> least ? spread.median() >= limit : spread.median() <= limit)
                .isPresent();
        return new Verdict(this, met ? State.MET : State.MISSED, measured);
    }
}
