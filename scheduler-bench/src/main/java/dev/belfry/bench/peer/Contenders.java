package dev.belfry.bench.peer;

import dev.belfry.bench.machine.ClassPaths;
import dev.belfry.bench.peer.Contender.Abilities;
import dev.belfry.bench.peer.Contender.Program;
import dev.belfry.bench.store.PostgresStore;
import dev.belfry.bench.store.Store;
import dev.belfry.bench.store.ZooKeeperStore;
import dev.belfry.bench.worker.BelfryWorker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** All schedulers that can be measured. */
public final class Contenders {
    /** Their names, in the order in which they are measured. */
    public static final List<String> NAMES = List.of(Contender.BELFRY, "elasticjob", "db-scheduler", "quartz");

    private static final String PACKAGE = "dev.belfry.bench.peer.";
    private static final String POSTGRES_DRIVER = "org.postgresql:postgresql:42.7.14";
    private static final String POOL = "com.zaxxer:HikariCP:7.0.2";

    private final Artifacts artifacts = new Artifacts();

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
        return switch (name) {
            case "belfry" -> belfry();
            case "elasticjob" -> elasticJob();
            case "db-scheduler" -> dbScheduler();
            case "quartz" -> quartz();
            default -> throw new IOException("there is no such scheduler; there are " + NAMES);
        };
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
                        ZooKeeperStore.configuration()));
    }

    private Contender elasticJob() throws IOException {
        List<Path> jars = artifacts.resolve(
                "elasticjob",
                List.of(
                        "org.apache.shardingsphere.elasticjob:elasticjob-lite-core:3.0.4",
                        "org.slf4j:slf4j-simple:1.7.36"));
        return new Contender(
                "elasticjob",
                Store.Kind.ZOOKEEPER,
                new Abilities(false, true, false),
                program("elasticjob", "ElasticJobWorker", jars),
                List.of(),
                List.of(
                        "elasticjob-lite-core 3.0.4; monitorExecution and misfire on, failover off (its defaults in the Java"
                                + " API), session 10 s; due is taken as the last second of its cron expression before the"
                                + " start, because job code is not told, so lateness is at least what is shown",
                        ZooKeeperStore.configuration()));
    }

    private Contender dbScheduler() throws IOException {
        List<Path> jars = artifacts.resolve(
                "db-scheduler",
                List.of(
                        "com.github.kagkarlsson:db-scheduler:16.12.0",
                        POOL,
                        POSTGRES_DRIVER,
                        "org.slf4j:slf4j-simple:1.7.36"));
        return new Contender(
                "db-scheduler",
                Store.Kind.POSTGRES,
                new Abilities(true, false, true),
                program("db-scheduler", "DbSchedulerWorker", jars),
                PeerSource.commands(PeerSource.read("db-scheduler.sql")),
                List.of(
                        "db-scheduler 16.12.0; lock-and-fetch (0.5, 4.0), 50 threads, polling interval 100 ms, priorities off"
                                + " and no index for them, HikariCP 7.0.2 with 60 connections; a custom task that is"
                                + " rescheduled to its last instant and a period; instants more than 1 s late are left out,"
                                + " as Belfry's misfire policy does",
                        PostgresStore.configuration()));
    }

    private Contender quartz() throws IOException {
        List<Path> jars = artifacts.resolve(
                "quartz",
                List.of("org.quartz-scheduler:quartz:2.5.2", POOL, POSTGRES_DRIVER, "org.slf4j:slf4j-simple:2.0.16"));
        return new Contender(
                "quartz",
                Store.Kind.POSTGRES,
                new Abilities(true, false, true),
                program("quartz", "QuartzWorker", jars),
                PeerSource.commands(entry(jars, "org/quartz/impl/jdbcjobstore/tables_postgres.sql")),
                List.of(
                        "Quartz 2.5.2, JDBC cluster (JobStoreTX); 50 threads, batches of 50 triggers acquired within the lock,"
                                + " HikariCP 7.0.2 with 60 connections; simple triggers that ignore misfires, because looking for"
                                + " them (threshold 1 s) left less time for fires",
                        PostgresStore.configuration()));
    }

    private Program program(String name, String worker, List<Path> jars) throws IOException {
        return new Program(PeerSource.compile(worker, jars, artifacts.home(name).resolve("agent")), PACKAGE + worker);
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
