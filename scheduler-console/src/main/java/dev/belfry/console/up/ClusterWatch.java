package dev.belfry.console.up;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.AgentState;
import dev.belfry.agent.client.ClientException;
import dev.belfry.agent.client.JobState;
import dev.belfry.agent.client.Journal;
import dev.belfry.console.local.ChildJvm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells how the cluster of {@code belfry up} does when that changes, and kills one agent if that was asked for. */
final class ClusterWatch {
    /** Time between two looks at the cluster. */
    private static final Duration PACE = Duration.ofSeconds(3);
    /** The longest time without a line. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final BelfryClient client;
    private final LocalCluster cluster;
    private final Example example;
    private final Progress progress;
    private final Runnable beside;
    private final Supplier<Optional<Journal>> everything;
    private final Cadence cadence = new Cadence(SILENCE);
    private final long start = System.nanoTime();
    /** Processes that have ended, by the agent's id. */
    private final Map<String, End> ends = new HashMap<>();

    /** Agents that have been seen registered, and whose end has not been told. */
    private final Set<String> registered = new HashSet<>();

    /** The end of an agent's process: what it was, and when it was seen, counted from the start. */
    private record End(String fate, Duration at) {}

    /** What there is beside the cluster: what else has something to say, and all that has happened, if that is kept. */
    record Beside(Runnable report, Supplier<Optional<Journal>> everything) {}

    /** @param beside asked to report whenever the cluster is looked at, and for the rest at the end */
    ClusterWatch(BelfryClient client, LocalCluster cluster, Example example, Progress progress, Beside beside) {
        this.client = client;
        this.cluster = cluster;
        this.example = example;
        this.progress = progress;
        this.beside = beside.report();
        this.everything = beside.everything();
    }

    /** Waits until every agent whose process runs is registered and one of them is master, for so long at most. */
    void awaitAgents(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!progress.isInterrupted() && !cluster.allEnded() && System.nanoTime() - deadline < 0 && !registered()) {
            progress.pause(Duration.ofMillis(100));
        }
    }

    private boolean registered() {
        List<AgentState> found = client.agents().found();
        Set<String> ids = found.stream().map(AgentState::id).collect(Collectors.toSet());
        return found.stream().anyMatch(AgentState::master)
                && cluster.agents().stream()
                        .filter(ChildJvm::alive)
                        .map(ChildJvm::name)
                        .allMatch(ids::contains);
    }

    /**
     * Watches until Ctrl-C or the end, or until no agent runs any more.
     *
     * @param running for how long; without end if null
     * @param kill when an agent is killed; never if null
     * @param idle asked now and then whether it is time to end
     */
    void watch(@Nullable Duration running, @Nullable Duration kill, BooleanSupplier idle) {
        Duration killAt = kill;
        while (!progress.isInterrupted()) {
            Duration elapsed = elapsed();
            if (killAt != null && elapsed.compareTo(killAt) >= 0) {
                killAt = null;
                killOne();
            }
            if (running != null && elapsed.compareTo(running) >= 0) {
                return;
            }
            report();
            if (cluster.allEnded() || isIdle(idle)) {
                return;
            }
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

    private boolean isIdle(BooleanSupplier idle) {
        try {
            return idle.getAsBoolean();
        } catch (ClientException e) {
            return false; // told with the report
        }
    }

    /** Everything that has happened. */
    Journal journal() {
        return everything.get().orElseGet(client::journal);
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Kills an agent that owns shards and is not the master, if there is one. */
    private void killOne() {
        List<String> masters = client.agents().found().stream()
                .filter(AgentState::master)
                .map(AgentState::id)
                .toList();
        Map<String, Integer> owned = owned();
        Optional<ChildJvm> victim = cluster.agents().stream()
                .filter(ChildJvm::alive)
                .min(Comparator.<ChildJvm, Boolean>comparing(agent -> masters.contains(agent.name()))
                        .thenComparing(agent -> !owned.containsKey(agent.name())));
        if (victim.isEmpty()) {
            progress.say("no agent is left to kill");
            return;
        }
        ChildJvm agent = victim.get();
        agent.kill();
        ends.put(agent.name(), new End("killed", elapsed()));
        progress.say("killed " + agent.name() + " (pid " + agent.pid() + ") with SIGKILL; it owned "
                + owned.getOrDefault(agent.name(), 0) + " shards");
    }

    private Map<String, Integer> owned() {
        Map<String, Integer> owned = new TreeMap<>();
        client.shards().table().forEach((shard, row) -> owned.merge(row.owner().agentId(), 1, Integer::sum));
        return owned;
    }

    private void report() {
        beside.run();
        for (ChildJvm agent : cluster.agents()) {
            if (!agent.alive() && !ends.containsKey(agent.name())) {
                ends.put(agent.name(), new End("ended", elapsed()));
                progress.say(agent.name() + " (pid " + agent.pid() + ") has ended, exit code " + agent.exitCode()
                        + "; its log is " + agent.log());
            }
        }
        try {
            ClusterView view = look();
            Set<String> gone = new HashSet<>(ends.keySet());
            view.agents().forEach(agent -> {
                registered.add(agent.id());
                gone.remove(agent.id());
            });
            gone.stream()
                    .filter(registered::remove)
                    .forEach(id -> progress.say("the session of " + id + " has ended; "
                            + (view.agents().isEmpty() ? "no agent is left" : "the others take its shards")));
            if (cadence.due(progress.isTerminal() ? String.join("\n", view.lines()) : view.gist(), elapsed())) {
                view.lines().forEach(progress::say);
            }
        } catch (ClientException e) {
            String text = "no answer from ZooKeeper: " + e.getMessage();
            if (cadence.due(text, elapsed())) {
                progress.say(text);
            }
        }
    }

    private ClusterView look() {
        List<ClusterView.Member> members = new ArrayList<>();
        for (AgentState agent : client.agents().found()) {
            End end = ends.get(agent.id());
            members.add(
                    end == null
                            ? new ClusterView.Member(agent.id(), agent.master(), "", 0)
                            : new ClusterView.Member(agent.id(), agent.master(), end.fate(), secondsLeft(agent, end)));
        }
        return new ClusterView(members, owned(), Tally.of(client.journal()), example.status());
    }

    /** Until when its session ends, rounded up: the server has heard of it when it ended, at the latest. */
    private long secondsLeft(AgentState agent, End end) {
        Duration left = agent.facts().sessionTimeout().minus(elapsed().minus(end.at()));
        return left.plusMillis(999).toSeconds();
    }

    /** What happened, in one line, and a line for each outcome that has reasons. */
    void summary() {
        try {
            Journal journal = journal();
            Tally tally = Tally.of(journal);
            progress.say("summary: " + tally.fires() + " fires (" + tally.text() + ")" + tally.rerunText()
                    + "; " + tally.shardsMoved() + " shards moved; terms of office "
                    + journal.table().stream()
                            .mapToLong(entry -> entry.term())
                            .max()
                            .orElse(0)
                    + "; lateness p50 " + tally.quantile(0.5).toMillis() + " ms, p99 "
                    + tally.quantile(0.99).toMillis() + " ms");
            tally.extent().ifPresent(line -> progress.say("  " + line));
            tally.reasonLines().forEach(line -> progress.say("  " + line));
            if (!tally.failing().isEmpty()) {
                Map<String, String> names = client.jobs().found().stream()
                        .collect(Collectors.toMap(job -> job.record().uid(), JobState::name, (one, other) -> one));
                tally.failingLines(uid -> names.getOrDefault(uid, uid)).forEach(line -> progress.say("  " + line));
            }
        } catch (ClientException e) {
            progress.say("no summary: " + e.getMessage());
        }
    }
}
