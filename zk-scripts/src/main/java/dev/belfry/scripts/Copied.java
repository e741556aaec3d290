package dev.belfry.scripts;

import java.time.Instant;
import java.util.List;
import org.apache.zookeeper.data.ACL;

/**
 * One znode as a backup holds it.
 *
 * @param path below the root of the namespace
 * @param data its content; no bytes for none
 * @param acl who may do what with it
 * @param modified the ensemble's clock at its last change
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are handed over, never compared
record Copied(String path, byte[] data, List<ACL> acl, Instant modified) {

    Copied {
        acl = List.copyOf(acl);
    }

    static Copied of(Node node) {
        return new Copied(node.path(), node.data(), node.acl(), node.modified());
    }
}
