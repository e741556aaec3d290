package dev.belfry.bench.store;

import java.util.Map;
import java.util.Set;
import org.apache.zookeeper.ZooDefs.OpCode;

/** Names and kinds of ZooKeeper's operations. */
final class OpNames {
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(OpCode.create, "create"),
            Map.entry(OpCode.create2, "create"),
            Map.entry(OpCode.createContainer, "create"),
            Map.entry(OpCode.createTTL, "create"),
            Map.entry(OpCode.delete, "delete"),
            Map.entry(OpCode.deleteContainer, "delete"),
            Map.entry(OpCode.setData, "setData"),
            Map.entry(OpCode.setACL, "setACL"),
            Map.entry(OpCode.check, "check"),
            Map.entry(OpCode.multi, "multi"),
            Map.entry(OpCode.error, "error"),
            Map.entry(OpCode.exists, "exists"),
            Map.entry(OpCode.getData, "getData"),
            Map.entry(OpCode.getACL, "getACL"),
            Map.entry(OpCode.getChildren, "getChildren"),
            Map.entry(OpCode.getChildren2, "getChildren"),
            Map.entry(OpCode.getEphemerals, "getEphemerals"),
            Map.entry(OpCode.getAllChildrenNumber, "getAllChildrenNumber"),
            Map.entry(OpCode.multiRead, "multiRead"),
            Map.entry(OpCode.sync, "sync"),
            Map.entry(OpCode.ping, "ping"),
            Map.entry(OpCode.auth, "auth"),
            Map.entry(OpCode.sasl, "auth"),
            Map.entry(OpCode.setWatches, "setWatches"),
            Map.entry(OpCode.setWatches2, "setWatches"),
            Map.entry(OpCode.addWatch, "addWatch"),
            Map.entry(OpCode.checkWatches, "checkWatches"),
            Map.entry(OpCode.removeWatches, "removeWatches"),
            Map.entry(OpCode.createSession, "createSession"),
            Map.entry(OpCode.closeSession, "closeSession"));

    static final Set<String> READS = Set.of(
            "exists", "getData", "getACL", "getChildren", "getEphemerals", "getAllChildrenNumber", "multiRead", "sync");

    static final Set<String> WATCHES = Set.of("setWatches", "addWatch", "checkWatches", "removeWatches");

    static final Set<String> WRITES = Set.of("create", "delete", "setData", "setACL");

    private OpNames() {}

    static String of(int code) {
        return NAMES.getOrDefault(code, "op" + code);
    }
}
