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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;

/**
 * Somebody writes what nobody can read into a znode of each kind, one after the other. What Belfry repairs is left to it; a
 * definition, the epoch and the list of drains have no other copy, and are put back by hand after 3 s. A definition put back so
 * counts as written then: what was due before it owes to nobody. So it is not that of the job that may leave nothing out.
 */
record Garbage(String name) implements Fault {
    private static final byte[] RUBBISH = "\u0001garbage".getBytes(StandardCharsets.UTF_8);
    private static final Duration REST = Duration.ofSeconds(3);

    @Override
    public Struck strike(Cluster cluster, Random random) throws IOException {
        String job = cluster.client().job(Jobs.SECOND).orElseThrow().record().uid();
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
            for (String path : repaired) {
                vandal.does(client -> client.setData(Vandal.absolute(path), RUBBISH, -1));
                Waiting.pass(Duration.ofMillis(random.nextInt(1_000)));
            }
            String command = Vandal.absolute(Paths.command("rubbish"));
            vandal.does(client -> client.create(command, RUBBISH, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT));
            Map<String, byte[]> right = new LinkedHashMap<>();
            for (String path : List.of(Paths.job(Jobs.LONG), Paths.EPOCH, Paths.DRAINS)) {
                vandal.does(client -> right.put(path, client.getData(Vandal.absolute(path), false, null)));
                vandal.does(client -> client.setData(Vandal.absolute(path), RUBBISH, -1));
                Waiting.pass(REST);
                vandal.does(client -> client.setData(Vandal.absolute(path), right.get(path), -1));
                Waiting.pass(REST);
            }
            vandal.does(client -> client.delete(command, -1));
            return Struck.now(repaired.size() + 1 + right.size() + " znodes");
        }
    }
}
