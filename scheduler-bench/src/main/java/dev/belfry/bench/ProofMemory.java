package dev.belfry.bench;

import dev.belfry.console.history.HistoryAddress;
import dev.belfry.console.history.Past;
import dev.belfry.console.local.LocalZooKeeper;
import dev.belfry.console.proof.Evidence;
import dev.belfry.console.proof.Proof;
import dev.belfry.console.proof.Prover;
import dev.belfry.console.proof.QueueEvidence;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.history.Batch;
import dev.belfry.history.FireRow;
import dev.belfry.history.HistoryRow;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.SegmentKind;
import dev.belfry.store.zk.ZkSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/**
 * How much heap and time the audit and the proof of a long history take. Makes the history itself, in an H2 file; nothing is in
 * ZooKeeper but the namespace. To be run with a small heap.
 */
public final class ProofMemory {
    private static final String NAMESPACE = "bench";
    private static final int JOBS = 10;
    private static final int SHARDS = 10;
    private static final int BATCH = 1_000;
    private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");

    private final int fires;
    private final List<JobRecord> jobs = new ArrayList<>();

    private ProofMemory(int fires) {
        this.fires = fires;
        for (int i = 0; i < JOBS; i++) {
            JobDefinition definition = Job.named("job-" + i)
                    .cron("0 * * * * ?")
                    .zone("UTC")
                    .shards(SHARDS)
                    .handler("bench")
                    .build();
            JobVersion version = new JobVersion(
                    1, BEGAN, BEGAN, 1, definition, false, new Author(Author.Origin.OPERATOR, "bench", ""));
            jobs.add(new JobRecord("job-" + i, "job-" + i + "~1", List.of(version), List.of(), Optional.empty()));
        }
    }

    /** Argument: rows, 100 for each minute of the history; three millions unless given. */
    public static void main(String[] arguments) throws Exception {
        int rows = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3_000_000;
        Path home = Files.createTempDirectory("belfry-proof-");
        LocalZooKeeper servers = new LocalZooKeeper(home.resolve("zookeeper"), home.resolve("logs"));
        servers.start(1, LocalZooKeeper.freePort());
        try {
            skeleton(servers.connectString());
            new ProofMemory(rows / JOBS / SHARDS)
                    .run(
                            new HistoryAddress("jdbc:h2:file:" + home.resolve("history"), "belfry", ""),
                            ZkSettings.builder(servers.connectString(), NAMESPACE)
                                    .build());
        } finally {
            servers.stop();
        }
        System.exit(0);
    }

    private static void skeleton(String connect) throws Exception {
        ZooKeeper zookeeper = new ZooKeeper(connect, 30_000, event -> {});
        try {
            List<String> paths = new ArrayList<>(List.of("/belfry", "/belfry/" + NAMESPACE));
            Paths.skeleton().forEach(path -> paths.add("/belfry/" + NAMESPACE + path));
            for (String path : paths) {
                try {
                    zookeeper.create(path, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
                } catch (KeeperException.NodeExistsException there) {
                    // Listed twice.
                }
            }
        } finally {
            zookeeper.close();
        }
    }

    private void run(HistoryAddress address, ZkSettings settings) {
        long began = System.nanoTime();
        try (HistoryStore store = address.open(NAMESPACE)) {
            fill(store);
        }
        said("written", began);
        try (Past past = Past.open(address, settings, NAMESPACE)) {
            began = System.nanoTime();
            System.out.println("audit: " + past.audit(List.of()).rows() + " rows");
            said("audited", began);
            began = System.nanoTime();
            Proof proof = prove(past);
            System.out.println("proof: due " + proof.due() + ", holds " + proof.holds() + ", " + proof.outcomes());
            said("proved", began);
        }
    }

    /** That it ends in a small heap is what is shown; what is left after a collection says what is held. */
    private static void said(String what, long began) {
        double seconds = (System.nanoTime() - began) / 1e9;
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        System.out.printf(
                Locale.ROOT,
                "%s in %.1f s; heap after a collection %d MiB of %d MiB%n",
                what,
                seconds,
                (runtime.totalMemory() - runtime.freeMemory()) >> 20,
                runtime.maxMemory() >> 20);
    }

    private void fill(HistoryStore store) {
        List<HistoryRow> rows = new ArrayList<>();
        long entry = 0;
        for (int fire = 0; fire < fires; fire++) {
            Instant due = BEGAN.plus(Duration.ofMinutes(fire));
            entry++;
            for (int i = 0; i < JOBS * SHARDS; i++) {
                String uid = jobs.get(i / SHARDS).uid();
                FireEntry line = new FireEntry(
                        FireEntry.Kind.FINAL,
                        uid,
                        1,
                        Integer.toString(i % SHARDS),
                        FireId.scheduled(due),
                        due,
                        1,
                        1,
                        1_048_576L + fire,
                        due.plusMillis(2),
                        due.plusMillis(30),
                        Outcome.SUCCEEDED,
                        "");
                rows.add(new FireRow("agent-" + i % 4 + "~1", entry, i, uid.replace("~1", ""), line).row());
            }
            if (rows.size() >= BATCH || fire == fires - 1) {
                store.append(new Batch("bench", SegmentKind.EVENTS, rows, List.of()));
                rows.clear();
            }
        }
    }

    private Proof prove(Past past) {
        Instant until = BEGAN.plus(Duration.ofMinutes(fires));
        Map<String, LedgerRecord> ledgers = new HashMap<>();
        LedgerRecord ledger = new LedgerRecord(
                "agent-0~1", 1, 1, until, List.of(), List.of(), List.of(), Optional.empty(), Optional.empty());
        for (int shard = 0; shard < SHARDS; shard++) {
            ledgers.put(Integer.toString(shard), ledger);
        }
        Past.Streamed read = past.streamed(BEGAN, until);
        read.altered().forEach(System.out::println);
        return Prover.prove(
                new Evidence(
                        jobs,
                        (uid, layout) -> ledgers,
                        read.lines(),
                        List.of(),
                        key -> true,
                        QueueEvidence.NONE,
                        until),
                BEGAN,
                until);
    }
}
