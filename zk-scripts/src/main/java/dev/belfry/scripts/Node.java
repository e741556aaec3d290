package dev.belfry.scripts;

import java.time.Instant;
import java.util.List;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/**
 * One znode as a tool sees it.
 *
 * @param path below the root of the walk; {@code /} for the root itself
 * @param data its content; empty if it was not asked for or may not be read
 * @param children names, sorted
 * @param acl empty if it was not asked for or may not be read
 * @param denied whether its content or children may not be read with the identity of the tool
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are handed over, never compared
record Node(String path, byte[] data, Stat stat, List<String> children, List<ACL> acl, boolean denied) {

    Node {
        children = children.stream().sorted().toList();
    }

    int size() {
        return stat.getDataLength();
    }

    boolean ephemeral() {
        return stat.getEphemeralOwner() != 0;
    }

    Instant created() {
        return Instant.ofEpochMilli(stat.getCtime());
    }

    Instant modified() {
        return Instant.ofEpochMilli(stat.getMtime());
    }
}
