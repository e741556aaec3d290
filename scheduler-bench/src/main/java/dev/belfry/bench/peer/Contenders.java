package dev.belfry.bench.peer;

import dev.belfry.bench.machine.ClassPaths;
import dev.belfry.bench.peer.Contender.Abilities;
import dev.belfry.bench.peer.Contender.OneOffs;
import dev.belfry.bench.peer.Contender.Program;
import dev.belfry.bench.store.PostgresStore;
import dev.belfry.bench.store.Store;
import dev.belfry.bench.store.ZooKeeperStore;
import dev.belfry.bench.worker.BelfryOneOffs;
import dev.belfry.bench.worker.BelfryWorker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** All schedulers that can be measured. */
public final class Contenders {
    private static final String PACKAGE = "dev.belfry.bench.peer.";
    private static final String POSTGRES_DRIVER = "org.postgresql:postgresql:42.7.14";
    private static final String POOL = "com.zaxxer:HikariCP:7.0.2";

    private static final int FED_AT_ONCE = 250;
    /** It holds the lock of the whole cluster for as long as it writes a batch. */
    private static final int FED_TO_QUARTZ = 10;

    private static final List<Peer> PEERS = List.of(
            new Peer(
                    "elasticjob",
                    Store.Kind.ZOOKEEPER,
                    new Abilities(false, true, false),
                    List.of("ElasticJobWorker"),
                    List.of(
                            "org.apache.shardingsphere.elasticjob:elasticjob-lite-core:3.0.4",
                            "org.slf4j:slf4j-simple:1.7.36"),
                    Tables.none(),
                    List.of(),
                    "elasticjob-lite-core 3.0.4; monitorExecution and misfire on, failover off (its defaults in the Java"
                            + " API), session 10 s; due is taken as the last second of its cron expression before the"
                            + " start, because job code is not told, so lateness is at least what is shown"),
            new Peer(
                    "db-scheduler",
                    Store.Kind.POSTGRES,
                    new Abilities(true, false, true),
                    List.of("DbSchedulerWorker", "DbSchedulerOneOffs"),
                    List.of(
                            "com.github.kagkarlsson:db-scheduler:16.12.0",
                            POOL,
                            POSTGRES_DRIVER,
                            "org.slf4j:slf4j-simple:1.7.36"),
                    jars -> PeerSource.read("db-scheduler.sql"),
                    List.of(
                            new OneOffs(
                                    "db-scheduler",
                                    PACKAGE + "DbSchedulerOneOffs",
                                    true,
                                    FED_AT_ONCE,
                                    "db-scheduler 16.12.0; lock-and-fetch (0.5, 4.0), 50 threads, polling interval 100 ms,"
                                            + " priorities off and no index for them, HikariCP 7.0.2 with 60 connections;"
                                            + " one-time tasks"),
                            new OneOffs(
                                    "db-scheduler as it comes",
                                    PACKAGE + "DbSchedulerOneOffs",
                                    false,
                                    FED_AT_ONCE,
                                    "db-scheduler 16.12.0 with its defaults (10 threads, polling interval 10 s, fetch),"
                                            + " HikariCP 7.0.2 with 20 connections; one-time tasks")),
                    "db-scheduler 16.12.0; lock-and-fetch (0.5, 4.0), 50 threads, polling interval 100 ms, priorities off"
                            + " and no index for them, HikariCP 7.0.2 with 60 connections; a custom task that is"
                            + " rescheduled to its last instant and a period; instants more than 1 s late are left out,"
                            + " as Belfry's misfire policy does; one revived after a loss counts as due at the last instant"
                            + " before"),
            new Peer(
                    "quartz",
                    Store.Kind.POSTGRES,
                    new Abilities(true, false, true),
                    List.of("QuartzWorker", "QuartzNextFire", "QuartzOneOffs"),
                    List.of(
                            "org.quartz-scheduler:quartz:2.5.2",
                            POOL,
                            POSTGRES_DRIVER,
                            "org.slf4j:slf4j-simple:2.0.16"),
                    Tables.in("org/quartz/impl/jdbcjobstore/tables_postgres.sql"),
                    List.of(
                            new OneOffs(
                                    "quartz",
                                    PACKAGE + "QuartzOneOffs",
                                    true,
                                    FED_TO_QUARTZ,
                                    "Quartz 2.5.2, JDBC cluster (JobStoreTX); 50 threads, batches of 50 triggers acquired within the"
                                            + " lock, idle wait 1 s (the least that it allows), recovery asked for, HikariCP 7.0.2"
                                            + " with 60 connections; a trigger that fires once for each run, of one durable job")),
                    "Quartz 2.5.2, JDBC cluster (JobStoreTX); 50 threads, batches of 50 triggers acquired within the lock,"
                            + " HikariCP 7.0.2 with 60 connections; simple triggers that ignore misfires, because looking for"
                            + " them (threshold 1 s) left less time for fires"));

    /** Their names, in the order in which they are measured. */
    public static final List<String> NAMES = Stream.concat(
                    Stream.of(Contender.BELFRY), PEERS.stream().map(Peer::name))
            .toList();

    private final Artifacts artifacts = new Artifacts();

    /**
     * One that has to be resolved.
     *
     * @param sources resources that are compiled, that of the agent first
     * @param libraries {@code group:artifact:version}
     */
    private record Peer(
            String name,
            Store.Kind store,
            Abilities abilities,
            List<String> sources,
            List<String> libraries,
            Tables tables,
            List<OneOffs> oneOffs,
            String configuration) {}

    /** Where the tables are that a peer needs. */
    private interface Tables {
        /** SQL, from the peer's libraries or elsewhere. */
        String sql(List<Path> jars) throws IOException;

        static Tables none() {
            return jars -> "";
        }

        /** In a file within one of the libraries. */
        static Tables in(String name) {
            return jars -> entry(jars, name);
        }
    }

    /** Those of {@code names} that can be resolved; of the others it says aloud that they are missing, and why. */
    public List<Contender> resolve(Set<String> names) {
        List<Contender> found = new ArrayList<>();
        for (String name : NAMES) {
            if (names.contains(name)) {
                try {
                    found.add(resolve(name));
                } catch (IOException e) {
                    System.out.println("NOT MEASURED: " + name + ": " + e.getMessage());
                }
            }
        }
        return found;
    }

    private Contender resolve(String name) throws IOException {
        if (name.equals(Contender.BELFRY)) {
            return belfry();
        }
        Peer peer = PEERS.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IOException("there is no such scheduler; there are " + NAMES));
        List<Path> jars = artifacts.resolve(name, peer.libraries());
        List<Path> classPath =
                PeerSource.compile(peer.sources(), jars, artifacts.home(name).resolve("agent"));
        return new Contender(
                name,
                peer.store(),
                peer.abilities(),
                new Program(classPath, PACKAGE + peer.sources().get(0)),
                PeerSource.commands(peer.tables().sql(jars)),
                List.of(
                        peer.configuration(),
                        peer.store() == Store.Kind.ZOOKEEPER
                                ? ZooKeeperStore.configuration()
                                : PostgresStore.configuration()),
                peer.oneOffs());
    }

    private static Contender belfry() {
        return new Contender(
                Contender.BELFRY,
                Store.Kind.ZOOKEEPER,
                new Abilities(true, true, true),
                new Program(ClassPaths.own(), BelfryWorker.class.getName()),
                List.of(),
                List.of(
                        "this build; every setting at its default but 16 slots an agent; instants more than 1 s late are run once for"
                                + " all (misfire threshold 1 s)",
                        ZooKeeperStore.configuration()),
                List.of(new OneOffs(
                        Contender.BELFRY,
                        BelfryOneOffs.class.getName(),
                        true,
                        FED_AT_ONCE,
                        "this build; every setting at its default but 50 slots an agent, and agents do not tell the load of the machine, which is filled on purpose; the master is a process without"
                                + " handlers")));
    }

    private static String entry(List<Path> jars, String name) throws IOException {
        for (Path jar : jars) {
            try (ZipFile zip = new ZipFile(jar.toFile())) {
                ZipEntry entry = zip.getEntry(name);
                if (entry != null) {
                    return new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
                }
            }
        }
        throw new IOException("none of " + jars + " has " + name);
    }
}
