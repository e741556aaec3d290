package dev.belfry.bench.workload;

import dev.belfry.bench.evidence.Fire;
import dev.belfry.bench.evidence.FireLog;
import dev.belfry.bench.machine.ChildProcess;
import dev.belfry.bench.peer.Contender;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an agent does that was stopped in the middle of its work for longer than its session, and wakes: whether it goes on with
 * work that another has begun meanwhile.
 */
public final class StalledAgent implements Workload {
    private static final List<String> OPTIONS = List.of("-Xmx256m");
    private static final int SHARDS = 6;
    private final Load load;
    private final Duration into;
    private final Duration stall;

    /**
     * @param load whose period is longer than its code and what follows together
     * @param into how long after the fire is due the agent is stopped, so that all its shards have started
     */
    StalledAgent(Load load, Duration into, Duration stall) {
        this.load = load;
        this.into = into;
        this.stall = stall;
    }

    /** Arguments: see {@link Options}. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Bench.run(List.of(usual()), Options.parse(words));
    }

    /** Stopped for 15 s with a session of 6 s. */
    static StalledAgent usual() {
        return new StalledAgent(
                Load.everySecond(2, 1, SHARDS)
                        .every(Duration.ofMinutes(1))
                        .lasting(Duration.ofSeconds(20))
                        .losing(Load.Losses.USUAL),
                Duration.ofSeconds(2),
                Duration.ofSeconds(15));
    }

    @Override
    public String name() {
        return "stalled-agent";
    }

    @Override
    public boolean timed() {
        return false;
    }

    @Override
    public void repeat(Bench bench) throws InterruptedException {
        String point = "stopped for " + stall.toSeconds() + " s";
        for (Contender contender : bench.contenders()) {
            bench.attempt(contender, point, () -> measure(bench, contender, point));
        }
    }

    private boolean measure(Bench bench, Contender contender, String point) throws IOException, InterruptedException {
        Load asked = contender.abilities().shards() ? load : load.unsharded();
        try (Cluster cluster = Cluster.start(contender, asked, OPTIONS)) {
            Instant due = asked.next(Instant.now().plus(bench.options().warmUp()));
            Pause.until(due.plus(into.dividedBy(2)));
            String victim = BelfryRecord.victim(cluster, false);
            Pause.until(due.plus(into));
            Instant stopped = Instant.now();
            ChildProcess.Stopped stop = cluster.stop(victim);
            Pause.until(stopped.plus(stall));
            Instant woken = Instant.now();
            stop.close();
            // The work that was stopped, begun anew if need be, is over by then.
            Pause.until(woken.plus(load.body()).plusSeconds(2));
            bench.keep(contender, point, judged(cluster, victim, new Stall(due, stopped, woken)));
            return true;
        }
    }

    private record Stall(Instant due, Instant stopped, Instant woken) {
        /** Whether an attempt was under way when its agent was stopped. */
        boolean cuts(Fire fire) {
            long at = FireLog.micros(stopped);
            return fire.start() <= at && (fire.ended() == 0 || fire.ended() > at);
        }
    }

    private static SortedMap<String, Double> judged(Cluster cluster, String victim, Stall stall) throws IOException {
        Map<Fire.Shard, Fire> old = new HashMap<>();
        double begun = 0;
        for (Fire fire : cluster.fires(victim)) {
            if (fire.due() == FireLog.micros(stall.due())) {
                begun += fire.start() > FireLog.micros(stall.woken()) ? 1 : 0;
                if (stall.cuts(fire)) {
                    old.put(fire.of(), fire);
                }
            }
        }
        Map<Fire.Shard, Fire> anew = new HashMap<>();
        for (String agent : cluster.everyone()) {
            for (Fire fire : agent.equals(victim) ? List.<Fire>of() : cluster.fires(agent)) {
                // A scheduler that does not tell when the fire was due is taken at its word that this is the same work.
                if (fire.start() > FireLog.micros(stall.stopped()) && old.containsKey(fire.of())) {
                    anew.merge(fire.of(), fire, (one, other) -> one.start() < other.start() ? one : other);
                }
            }
        }
        if (old.isEmpty()) {
            throw new IOException(victim + " had nothing under way when it was stopped");
        }
        SortedMap<String, Double> metrics = new TreeMap<>();
        metrics.put("under_way", (double) old.size());
        metrics.put("taken_over", (double) anew.size());
        metrics.put("begun_after_waking", begun);
        metrics.putAll(Aftermath.seconds(
                "elsewhere", anew.values().stream().mapToLong(fire -> fire.start() - FireLog.micros(stall.stopped()))));
        metrics.putAll(stopping(old, FireLog.micros(stall.woken())));
        metrics.putAll(sideBySide(old, anew, FireLog.micros(stall.woken())));
        return metrics;
    }

    /** How soon after waking the code was told to stop. */
    private static SortedMap<String, Double> stopping(Map<Fire.Shard, Fire> old, long woken) {
        SortedMap<String, Double> metrics = new TreeMap<>();
        List<Fire> told =
                old.values().stream().filter(fire -> fire.cancelled() != 0).toList();
        metrics.put("not_cancelled", (double) (old.size() - told.size()));
        metrics.putAll(
                Aftermath.quantiles("cancelled", "ms", 1e3, told.stream().mapToLong(fire -> fire.cancelled() - woken)));
        return metrics;
    }

    /** For how long both were at work: the time in which one of them was stopped is no work. */
    private static SortedMap<String, Double> sideBySide(
            Map<Fire.Shard, Fire> old, Map<Fire.Shard, Fire> anew, long woken) {
        double longest = 0;
        double twice = 0;
        double notSmaller = 0;
        for (Map.Entry<Fire.Shard, Fire> shard : anew.entrySet()) {
            Fire before = old.getOrDefault(shard.getKey(), shard.getValue());
            Fire after = shard.getValue();
            long both = Math.min(end(before), end(after)) - Math.max(woken, after.start());
            longest = Math.max(longest, both / 1e6);
            twice += before.cancelled() == 0 && before.ended() != 0 ? 1 : 0;
            notSmaller += before.token() >= after.token() ? 1 : 0;
        }
        SortedMap<String, Double> metrics = new TreeMap<>();
        metrics.put("side_by_side_s", longest);
        metrics.put("to_the_end_twice", twice);
        if (anew.values().stream().anyMatch(fire -> fire.token() != 0)) {
            metrics.put("token_not_smaller", notSmaller);
        }
        return metrics;
    }

    /** What has not ended goes on. */
    private static long end(Fire fire) {
        return fire.ended() == 0 ? FireLog.now() : fire.ended();
    }
}
