package dev.belfry.faults.fault;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.record.Paths;
import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.machine.Waiting;
import dev.belfry.faults.witness.Jobs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/**
 * Somebody writes what nobody can read into a znode of each kind, one after the other. What Belfry repairs is left to it; a
 * definition, the epoch, the list of drains and what the journals hold have no other copy, and are put back by hand after 3 s. While
 * its definition cannot be read a job stands still: so it is not that of the job that may be late by nothing.
 */
record Garbage(String name) implements Fault {
    private static final byte[] RUBBISH = "\u0001garbage".getBytes(StandardCharsets.UTF_8);
    private static final Duration REST = Duration.ofSeconds(3);

    @Override
    public Struck strike(Cluster cluster, Random random) throws IOException {
        String job = uid(cluster, Jobs.SECOND);
        Incarnation incarnation = cluster.incarnation(Whom.AGENT.of(cluster, random))
                .orElseThrow(() -> new IOException("an agent is not registered"));
        List<String> repaired = new ArrayList<>(List.of(
                Paths.ASSIGNMENTS,
                Paths.ledgers(job, 1) + "/" + random.nextInt(Jobs.SHARDS),
                Paths.agent(incarnation.name()),
                Paths.heartbeat(incarnation.name()),
                Paths.handover(incarnation.name())));
        try (Vandal vandal = Vandal.connect(cluster)) {
            vandal.does(client -> client.getChildren(Vandal.absolute(Paths.ASSIGNMENTS), false)
                    .forEach(bucket -> repaired.add(Paths.ASSIGNMENTS + "/" + bucket)));
            String checkpoint = Paths.checkpoint(Paths.ledgers(uid(cluster, Jobs.LONG), 1) + "/0");
            vandal.does(client -> {
                if (client.exists(Vandal.absolute(checkpoint), false) != null) {
                    repaired.add(checkpoint);
                }
            });
            for (String path : repaired) {
                vandal.does(client -> client.setData(Vandal.absolute(path), RUBBISH, -1));
                Waiting.pass(Duration.ofMillis(random.nextInt(1_000)));
            }
            String command = Vandal.absolute(Paths.command("rubbish"));
            vandal.does(client -> client.create(command, RUBBISH, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT));
            List<String> single = new ArrayList<>(List.of(Paths.job(Jobs.LONG), Paths.EPOCH, Paths.DRAINS));
            for (String journal : List.of(Paths.journal(incarnation.name()), Paths.MASTER_JOURNAL)) {
                vandal.does(client -> first(client, journal).ifPresent(single::add));
            }
            for (String path : single) {
                byte[][] right = new byte[1][];
                vandal.does(client -> right[0] = client.getData(Vandal.absolute(path), false, null));
                vandal.does(client -> client.setData(Vandal.absolute(path), RUBBISH, -1));
                Waiting.pass(REST);
                vandal.does(client -> client.setData(Vandal.absolute(path), right[0], -1));
                Waiting.pass(REST);
            }
            vandal.does(client -> client.delete(command, -1));
            return Struck.now(repaired.size() + 1 + single.size() + " znodes");
        }
    }

    private static String uid(Cluster cluster, String job) {
        return cluster.client().job(job).orElseThrow().record().uid();
    }

    /** The oldest entry of a journal: nobody writes it any more. */
    private static Optional<String> first(ZooKeeper client, String journal)
            throws KeeperException, InterruptedException {
        return client.getChildren(Vandal.absolute(journal), false).stream()
                .sorted()
                .map(entry -> journal + "/" + entry)
                .findFirst();
    }
}
