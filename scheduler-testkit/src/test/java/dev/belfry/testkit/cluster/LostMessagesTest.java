package dev.belfry.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.command.Command;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Recovery;
import dev.belfry.testkit.store.SiteCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every place that asks the store anything and switches on the answer, each with the request lost before it is executed
 * and with the reply lost after: the cluster goes on, and everything due has one outcome.
 */
class LostMessagesTest {
    private static final Duration HEALED = Duration.ofSeconds(30);

    /** The simulated store's own requests: an election is the recipe's business, a close is not answered. */
    private static final List<String> NOT_OURS = List.of("close", "election", "ping");

    private QuietLogs logs;

    @BeforeEach
    void keepQuiet() {
        logs = new QuietLogs();
    }

    @AfterEach
    void beHeardAgain() {
        logs.close();
    }

    @Test
    void everyCallSiteSurvivesALostRequestAndALostReply() {
        SimCluster plain = run("", true);
        TreeSet<String> sites = new TreeSet<>();
        plain.ensemble().faults().counts().forEach(row -> sites.add(row.site()));
        sites.removeAll(NOT_OURS);
        assertThat(sites).contains("ledger-flush", "table-write", "epoch-write", "register", "hand-over", "heartbeat");

        TreeMap<String, SiteCounts> met = new TreeMap<>();
        List<String> broken = new ArrayList<>();
        for (String site : sites) {
            for (boolean before : new boolean[] {true, false}) {
                try {
                    SiteCounts row = run(site, before).ensemble().faults().count(site);
                    met.merge(site, row, Seeds::sum);
                } catch (RuntimeException | AssertionError e) {
                    broken.add(site + (before ? ", request lost: " : ", reply lost: ") + e);
                }
            }
        }
        SimClusterTest.print(List.copyOf(met.values()));
        assertThat(broken).isEmpty();
        assertThat(met.values())
                .as("each site has lost a request and a reply")
                .allSatisfy(row -> assertThat(row.lostBefore() > 0 && row.lostAfter() > 0)
                        .as(row.site())
                        .isTrue());
    }

    /** A life with everything in it, in which {@code site} loses a message whenever it has one to lose. */
    private static SimCluster run(String site, boolean before) {
        SimCluster cluster = new SimCluster(7, ClusterOptions.DEFAULT);
        cluster.behave(Behaviour.MIXED);
        arm(cluster, Duration.ZERO, site, before);
        for (String agent : List.of("a0", "a1", "a2")) {
            cluster.start(agent);
        }
        apply(cluster, 4, 1_000);
        cluster.operator()
                .apply(Job.named("all")
                        .handler(SimCluster.HANDLER)
                        .every(Duration.ofSeconds(2))
                        .placement(Placement.BROADCAST)
                        .parameter(SimCluster.PERIOD, "2000")
                        .build());
        cluster.operator()
                .apply(Job.named("once")
                        .handler(SimCluster.HANDLER)
                        .every(Duration.ofSeconds(2))
                        .recovery(Recovery.SKIP)
                        .shards(2)
                        .parameter(SimCluster.PERIOD, "2000")
                        .build());
        cluster.run(Duration.ofSeconds(6));
        arm(cluster, Duration.ZERO, site, before);
        cluster.ensemble().faults().loseReply("ledger-flush");
        cluster.run(Duration.ofSeconds(2));
        new Fault.Kill("a0", Duration.ofSeconds(4)).inflict(cluster);
        cluster.run(Duration.ofSeconds(2));
        arm(cluster, Duration.ZERO, site, before);
        cluster.ensemble().faults().loseReply("table-write");
        cluster.run(Duration.ofSeconds(8));
        new Fault.Leave("a1", Duration.ofSeconds(3), Duration.ofSeconds(12)).inflict(cluster);
        arm(cluster, Duration.ZERO, site, before);
        for (Command.Kind kind : List.of(Command.Kind.TRIGGER, Command.Kind.PAUSE, Command.Kind.RESUME)) {
            cluster.operator().command(kind, "once");
        }
        cluster.run(Duration.ofSeconds(6));
        apply(cluster, 3, 2_000);
        new Fault.KillMaster(Duration.ofSeconds(3)).inflict(cluster);
        arm(cluster, Duration.ofSeconds(6), site, before);
        cluster.run(Duration.ofSeconds(14));
        cluster.ensemble().faults().stop();
        cluster.behave(Behaviour.PROMPT);
        cluster.run(HEALED);
        cluster.checkLiveness(cluster.now().minusSeconds(8));
        return cluster;
    }

    private static void arm(SimCluster cluster, Duration delay, String site, boolean before) {
        if (!site.isEmpty()) {
            cluster.scheduler().after(delay.toNanos(), "arm", () -> {
                if (before) {
                    cluster.ensemble().faults().loseRequest(site);
                } else {
                    cluster.ensemble().faults().loseReply(site);
                }
            });
        }
    }

    private static void apply(SimCluster cluster, int shards, int period) {
        cluster.operator()
                .apply(Job.named("work")
                        .handler(SimCluster.HANDLER)
                        .every(Duration.ofMillis(period))
                        .shards(shards)
                        .parameter(SimCluster.PERIOD, Integer.toString(period))
                        .build());
    }
}
