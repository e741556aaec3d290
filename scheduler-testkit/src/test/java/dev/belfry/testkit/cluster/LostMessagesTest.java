package dev.belfry.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.store.Faults;
import dev.belfry.testkit.store.SiteCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Every place that asks the store anything and switches on the answer, each with the request lost before it is executed
 * and with the reply lost after: the cluster goes on, and everything due has one outcome.
 */
@ExtendWith(QuietLogs.class)
class LostMessagesTest {
    private static final long SEED = 7;
    private static final Duration HEALED = Duration.ofSeconds(40);
    /** Longer than it takes to elect a master and read the queue, so that not the first write of each is lost. */
    private static final long AGAIN_NANOS = Duration.ofSeconds(7).toNanos();

    /** Not the product's: the recipe of the election, the client library, and whoever damages things. */
    private static final Set<String> NOT_OURS = Set.of("close", "election", "ping", Safety.ROGUE, Dispatcher.SITE);

    @Test
    void everyCallSiteSurvivesALostRequestAndALostReply() {
        Set<String> sites = CallSites.ofTheProduct();
        TreeMap<String, Lives.Life> lives = livesBySite();
        assertThat(lives.keySet())
                .as("sites of the sources, and sites that some life comes to")
                .containsExactlyInAnyOrderElementsOf(sites);
        TreeMap<String, SiteCounts> met = new TreeMap<>();
        List<String> broken = new ArrayList<>();
        lives.forEach((site, life) -> {
            for (boolean before : new boolean[] {true, false}) {
                try {
                    SiteCounts row = run(life, site, before).ensemble().faults().count(site);
                    met.merge(site, row, SiteCounts::plus);
                } catch (RuntimeException | AssertionError e) {
                    broken.add(site + (before ? ", request lost: " : ", reply lost: ") + e);
                }
            }
        });
        SimClusterTest.print(met.values());
        assertThat(broken).isEmpty();
        assertThat(met.values())
                .as("each site has lost a request and a reply")
                .allSatisfy(row -> assertThat(row.lostBefore() > 0 && row.lostAfter() > 0)
                        .as(row.site())
                        .isTrue());
    }

    /** Every site that some life comes to, with the first that does. */
    private static TreeMap<String, Lives.Life> livesBySite() {
        TreeMap<String, Lives.Life> lives = new TreeMap<>();
        for (Lives.Life life : Lives.all()) {
            SimCluster cluster = new SimCluster(SEED, ClusterOptions.DEFAULT);
            life.play().accept(cluster);
            for (SiteCounts row : cluster.ensemble().faults().counts()) {
                if (row.sent() > 0 && !NOT_OURS.contains(row.site())) {
                    lives.putIfAbsent(row.site(), life);
                }
            }
        }
        return lives;
    }

    /** A life in which {@code site} loses a message every few seconds, if it has one to lose; then it is left in peace. */
    private static SimCluster run(Lives.Life life, String site, boolean before) {
        SimCluster cluster = new SimCluster(SEED, ClusterOptions.DEFAULT);
        boolean[] over = {false};
        if (!site.isEmpty()) {
            lose(cluster, site, before, over);
        }
        life.play().accept(cluster);
        over[0] = true;
        cluster.ensemble().faults().stop();
        cluster.behave(Behaviour.PROMPT);
        cluster.run(HEALED);
        cluster.checkLiveness(cluster.now().minusSeconds(8));
        return cluster;
    }

    /** Sees to a loss, and once a request has met it to the next; the request of one may end with its session, and lose nothing. */
    private static void lose(SimCluster cluster, String site, boolean before, boolean[] over) {
        Faults faults = cluster.ensemble().faults();
        if (over[0]) {
            return;
        }
        if (!faults.awaits(site)) {
            if (before) {
                faults.loseRequest(site);
            } else {
                faults.loseReply(site);
            }
        }
        cluster.scheduler().after(AGAIN_NANOS, "lose", () -> lose(cluster, site, before, over));
    }
}
