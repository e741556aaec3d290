package dev.belfry.console.up;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.AgentState;
import dev.belfry.agent.client.ClientException;
import dev.belfry.agent.client.Journal;
import dev.belfry.console.local.ChildJvm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Tells every few seconds how the cluster of {@code belfry up} does, and kills one agent if that was asked for. */
final class ClusterWatch {
    /** Time between two lines of progress. */
    private static final Duration PACE = Duration.ofSeconds(3);

    private final BelfryClient client;
    private final LocalCluster cluster;
    private final Example example;
    private final Progress progress;
    private final Set<String> reportedDead = new HashSet<>();

    ClusterWatch(BelfryClient client, LocalCluster cluster, Example example, Progress progress) {
        this.client = client;
        this.cluster = cluster;
        this.example = example;
        this.progress = progress;
    }

    /**
     * Watches until Ctrl-C or the end.
     *
     * @param running for how long; without end if null
     * @param kill when an agent is killed; never if null
     */
    void watch(@Nullable Duration running, @Nullable Duration kill) {
        long start = System.nanoTime();
        Duration killAt = kill;
        while (!progress.isInterrupted()) {
            Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
            if (killAt != null && elapsed.compareTo(killAt) >= 0) {
                killAt = null;
                killOne();
            }
            if (running != null && elapsed.compareTo(running) >= 0) {
                return;
            }
            report();
            Duration sleep = PACE;
            if (running != null && running.minus(elapsed).compareTo(sleep) < 0) {
                sleep = running.minus(elapsed);
            }
            if (killAt != null && killAt.minus(elapsed).compareTo(sleep) < 0) {
                sleep = killAt.minus(elapsed);
            }
            progress.pause(sleep);
        }
    }

    /** Kills an agent that owns shards and is not the master, if there is one. */
    private void killOne() {
        List<String> masters = client.agents().found().stream()
                .filter(AgentState::master)
                .map(AgentState::id)
                .toList();
        cluster.agents().stream()
                .filter(ChildJvm::alive)
                .min(Comparator.comparing(agent -> masters.contains(agent.name())))
                .ifPresent(victim -> {
                    victim.kill();
                    progress.say("killed " + victim.name() + " (pid " + victim.pid() + ") with SIGKILL; it owned "
                            + owned().getOrDefault(victim.name(), 0) + " shards");
                });
    }

    private Map<String, Integer> owned() {
        Map<String, Integer> owned = new TreeMap<>();
        client.shards().table().forEach((shard, row) -> owned.merge(row.owner().agentId(), 1, Integer::sum));
        return owned;
    }

    private void report() {
        try {
            List<AgentState> live = client.agents().found();
            Map<String, Integer> owned = owned();
            String master = live.stream()
                    .filter(AgentState::master)
                    .map(AgentState::id)
                    .findFirst()
                    .orElse("none");
            Tally tally = Tally.of(client.journal());
            List<String> shares = new ArrayList<>();
            live.forEach(agent -> shares.add(agent.id() + " " + owned.getOrDefault(agent.id(), 0)));
            progress.say("master " + master + " | shards " + (shares.isEmpty() ? "-" : String.join(", ", shares))
                    + " | fires " + tally.fires() + " (" + tally.text() + ")");
            example.status().forEach(status -> progress.say("  " + status));
        } catch (ClientException e) {
            progress.say("no answer from ZooKeeper: " + e.getMessage());
        }
        for (ChildJvm agent : cluster.agents()) {
            if (!agent.alive() && reportedDead.add(agent.name())) {
                progress.say(agent.name() + " is gone; its log is " + agent.log());
            }
        }
    }

    /** What happened, in one line. */
    void summary() {
        try {
            Journal journal = client.journal();
            Tally tally = Tally.of(journal);
            progress.say("summary: " + tally.fires() + " fires (" + tally.text() + "); " + tally.rerun()
                    + " run again after their agent was lost; " + tally.shardsMoved()
                    + " shards moved; terms of office "
                    + journal.table().stream()
                            .mapToLong(entry -> entry.term())
                            .max()
                            .orElse(0)
                    + "; lateness p50 " + tally.quantile(0.5).toMillis() + " ms, p99 "
                    + tally.quantile(0.99).toMillis() + " ms");
        } catch (ClientException e) {
            progress.say("no summary: " + e.getMessage());
        }
    }
}
