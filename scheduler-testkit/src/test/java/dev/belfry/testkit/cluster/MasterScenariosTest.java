package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.cluster;
import static dev.belfry.testkit.cluster.Scenes.every;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static dev.belfry.testkit.cluster.Scenes.owner;
import static dev.belfry.testkit.cluster.Scenes.owners;
import static dev.belfry.testkit.cluster.Scenes.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.command.Command;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.record.Paths;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Masters that follow one another, with plans under way and registrations that are not what they seem. */
@ExtendWith(QuietLogs.class)
class MasterScenariosTest {
    @Test
    void planOfADeposedMasterIsRefused() {
        AtomicReference<String> awaited = new AtomicReference<>("");
        AtomicReference<Runnable> then = new AtomicReference<>(() -> {});
        SimCluster cluster = cluster(
                3,
                OverheardStore.by((session, site) -> {
                    if (site.equals(awaited.get())) {
                        awaited.set("");
                        then.get().run();
                    }
                }),
                every("work", 1_000, 8));
        SimAgent old = cluster.master().orElseThrow();
        long term = cluster.term();
        long deposed = session(cluster);
        then.set(() -> {
            new Fault.Cut(old.id(), Fault.Way.OUT, Duration.ofSeconds(3)).inflict(cluster);
            Rogue.deleteLatch(cluster, deposed);
            // The new master stands still before it has read the table: only the epoch is in the old plan's way.
            awaited.set("master-vector");
            then.set(() -> cluster.master().orElseThrow().pause());
        });
        awaited.set("table-write");
        cluster.start("a3");
        assertThat(cluster.runUntil(Duration.ofSeconds(5), () -> cluster.term() > term))
                .isTrue();
        SimAgent fresh = cluster.master().orElseThrow();
        cluster.run(Duration.ofMillis(200));
        long versions = cluster.tableVersions();
        assertThat(fresh.process().paused()).isTrue();
        for (int server = 0; server < 3; server++) {
            cluster.ensemble().heal(old.process().name(), "s" + server);
        }
        cluster.run(Duration.ofSeconds(1));
        assertThat(cluster.tableVersions()).isEqualTo(versions);
        fresh.resume();
        heals(cluster, Duration.ofSeconds(25));
    }

    @Test
    void candidateThatHasLostItsLatchDoesNotTakeOfficeBeforeItsSuccessor() {
        AtomicReference<Runnable> atEpoch = new AtomicReference<>(() -> {});
        List<Long> candidates = new ArrayList<>();
        SimCluster cluster = cluster(
                2,
                OverheardStore.by((session, site) -> {
                    if (site.equals("epoch-write")) {
                        candidates.add(session.id());
                        atEpoch.get().run();
                    }
                }),
                every("work", 1_000, 6));
        candidates.clear();
        long term = cluster.term();
        // Each of the next two stands still with its epoch on the way; the first loses its latch meanwhile.
        atEpoch.set(() -> {
            new Fault.Cut(
                            of(cluster, candidates.get(candidates.size() - 1)).id(),
                            Fault.Way.OUT,
                            Duration.ofSeconds(30))
                    .inflict(cluster);
            if (candidates.size() == 1) {
                Rogue.deleteLatch(cluster, candidates.get(0));
            }
        });
        Rogue.deleteLatch(cluster, session(cluster));
        assertThat(cluster.runUntil(Duration.ofSeconds(3), () -> candidates.size() == 2))
                .isTrue();
        atEpoch.set(() -> {});
        heal(cluster, of(cluster, candidates.get(0)));
        cluster.run(Duration.ofMillis(500));
        assertThat(cluster.term()).as("its epoch came too late").isEqualTo(term);
        heal(cluster, of(cluster, candidates.get(1)));
        cluster.run(Duration.ofMillis(500));
        assertThat(cluster.term()).isGreaterThan(term);
        assertThat(session(cluster)).isEqualTo(candidates.get(1));
        heals(cluster, Duration.ofSeconds(20));
    }

    private static SimAgent of(SimCluster cluster, long session) {
        return cluster.agents().stream()
                .filter(agent -> agent.agent()
                        .session()
                        .filter(own -> own.id() == session)
                        .isPresent())
                .findFirst()
                .orElseThrow();
    }

    private static void heal(SimCluster cluster, SimAgent agent) {
        for (int server = 0; server < 3; server++) {
            cluster.ensemble().heal(agent.process().name(), "s" + server);
        }
    }

    @Test
    void newMasterReadsTheTableAndThenTheAgentsBeforeItPlans() {
        Map<Long, List<String>> asked = new TreeMap<>();
        SimCluster cluster = cluster(
                12,
                OverheardStore.by((session, site) -> asked.computeIfAbsent(session.id(), id -> new ArrayList<>())
                        .add(site)),
                every("work", 1_000, 9));
        long term = cluster.term();
        // An agent comes and is granted all that it is to have in the last moments of the old term.
        SimAgent late = cluster.start("a3");
        assertThat(cluster.runUntil(
                        Duration.ofSeconds(5),
                        () -> owners(cluster).values().stream()
                                        .filter(owner -> owner.agentId().equals(late.id()))
                                        .count()
                                == 2))
                .isTrue();
        Map<ShardKey, Incarnation> before = owners(cluster);
        asked.clear();
        Rogue.deleteLatch(cluster, session(cluster));
        assertThat(cluster.runUntil(Duration.ofSeconds(3), () -> cluster.term() > term))
                .isTrue();
        List<String> master = asked.get(session(cluster));
        cluster.run(Duration.ofSeconds(1));
        assertThat(owners(cluster)).isEqualTo(before);
        cluster.start("a4");
        cluster.run(Duration.ofSeconds(3));
        List<String> steps =
                List.of("epoch-write", "master-vector", "master-bucket", "mirror-list/agents", "table-write");
        assertThat(master.stream().filter(steps::contains).distinct()).isEqualTo(steps);
        assertThat(master.lastIndexOf("master-bucket"))
                .as("the whole table is read before the agents")
                .isLessThan(master.indexOf("mirror-list/agents"));
        heals(cluster, Duration.ofSeconds(20));
    }

    @Test
    void generationIsNeverIssuedTwiceThoughPlansAreLeftHalfWritten() {
        AtomicReference<Runnable> atWrite = new AtomicReference<>(() -> {});
        SimCluster cluster = cluster(13, OverheardStore.by((session, site) -> {
            if (site.equals("table-write")) {
                atWrite.get().run();
            }
        }));
        int[] writes = {0};
        // The second part of the first plan never leaves its master; the reply to the first is lost.
        atWrite.set(() -> {
            if (++writes[0] == 1) {
                cluster.ensemble().faults().loseReply("table-write");
            } else if (writes[0] == 2) {
                SimAgent master = cluster.master().orElseThrow();
                cluster.scheduler().after(1, "kill", master::kill);
                new Fault.Cut(master.id(), Fault.Way.BOTH, Duration.ofSeconds(1)).inflict(cluster);
            }
        });
        long term = cluster.term();
        cluster.operator().apply(every("large", 3_600_000, 3_000).build());
        boolean planned = cluster.runUntil(
                Duration.ofSeconds(30),
                () -> cluster.term() > term && cluster.rows().size() == 3_000);
        assertThat(planned).isTrue();
        Map<Long, List<Generation>> byTerm = cluster.rows().values().stream()
                .map(Tenancy::since)
                .distinct()
                .collect(Collectors.groupingBy(Generation::term, TreeMap::new, Collectors.toList()));
        assertThat(byTerm).as("parts of one table in the names of two masters").hasSizeGreaterThan(1);
        // The newest rows go, and with them every trace of the greatest generation in the table.
        long greatest = greatest(cluster);
        cluster.operator().command(Command.Kind.DELETE, "large");
        assertThat(cluster.runUntil(Duration.ofSeconds(40), () -> cluster.rows().isEmpty()))
                .isTrue();
        Rogue.deleteLatch(cluster, session(cluster));
        cluster.operator().apply(every("large", 3_600_000, 5).build());
        assertThat(cluster.runUntil(Duration.ofSeconds(40), () -> cluster.rows().size() == 5))
                .isTrue();
        assertThat(cluster.rows().values())
                .allSatisfy(row -> assertThat(row.since().value()).isGreaterThan(greatest));
    }

    private static long greatest(SimCluster cluster) {
        return cluster.rows().values().stream()
                .mapToLong(row -> row.since().value())
                .max()
                .orElseThrow();
    }

    @Test
    void registrationInTheHandsOfAnotherSessionCountsForNothing() {
        SimCluster cluster = cluster(14, every("work", 1_000, 6));
        Incarnation dead = owner(cluster);
        String path = Paths.agent(dead.name());
        byte[] said = cluster.ensemble().peek(path).orElseThrow().data();
        cluster.agent(dead.agentId()).orElseThrow().kill();
        assertThat(cluster.runUntil(
                        Duration.ofSeconds(12),
                        () -> cluster.ensemble().peek(path).isEmpty()))
                .isTrue();
        Rogue.commit(cluster, transaction -> transaction.createEphemeral(path, said));
        cluster.run(Duration.ofSeconds(1));
        assertThat(cluster.ensemble().peek(path)).isPresent();
        cluster.run(Duration.ofSeconds(6));
        assertThat(owners(cluster).values()).doesNotContain(dead);
        heals(cluster, Duration.ofSeconds(15));
    }
}
