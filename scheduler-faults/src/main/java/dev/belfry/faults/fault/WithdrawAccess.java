package dev.belfry.faults.fault;

import dev.belfry.core.record.Paths;
import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.machine.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/** The right to write one part of the tree is withdrawn from everybody, and given back after a while. */
record WithdrawAccess(String name) implements Fault {
    private static final List<String> PARTS =
            List.of(Paths.HEARTBEATS, Paths.LEDGER, Paths.JOURNAL, Paths.ASSIGNMENTS, Paths.AGENTS);

    private static final List<ACL> READ_ONLY = List.of(new ACL(Perms.READ | Perms.ADMIN, ZooDefs.Ids.ANYONE_ID_UNSAFE));

    @Override
    public Struck strike(Cluster cluster, Random random) throws IOException {
        String part = PARTS.get(random.nextInt(PARTS.size()));
        Map<String, List<ACL>> before = new LinkedHashMap<>();
        try (Vandal vandal = Vandal.connect(cluster)) {
            vandal.does(client -> {
                for (String path : ZKUtil.listSubTreeBFS(client, Vandal.absolute(part))) {
                    List<ACL> was = replaced(client, path, READ_ONLY);
                    if (!was.isEmpty()) {
                        before.put(path, was);
                    }
                }
            });
            Waiting.pass(Duration.ofSeconds(12));
            vandal.does(client -> {
                for (Map.Entry<String, List<ACL>> entry : before.entrySet()) {
                    replaced(client, entry.getKey(), entry.getValue());
                }
            });
            return Struck.now("writes below " + part);
        }
    }

    /** What it was before; nothing if the znode is gone by now. */
    private static List<ACL> replaced(ZooKeeper client, String path, List<ACL> by)
            throws KeeperException, InterruptedException {
        try {
            List<ACL> was = client.getACL(path, new Stat());
            client.setACL(path, new ArrayList<>(by), -1); // its check asks the list for null
            return was;
        } catch (KeeperException.NoNodeException e) {
            return List.of();
        }
    }
}
