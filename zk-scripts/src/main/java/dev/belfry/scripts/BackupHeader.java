package dev.belfry.scripts;

import java.time.Instant;
import java.util.List;
import org.apache.zookeeper.data.ACL;

/**
 * What the first line of a backup says.
 *
 * @param namespace whose copy it is
 * @param taken when it was begun, by the clock of the machine that took it
 * @param zxid every transaction up to this one is in it, later ones may be
 * @param above ACL of the znode that all namespaces share
 * @param root ACL of the namespace's root
 */
record BackupHeader(String namespace, Instant taken, long zxid, List<ACL> above, List<ACL> root) {

    /** The version of the form in which files are written, and the newest that is read. */
    static final int FORMAT = 1;

    BackupHeader {
        above = List.copyOf(above);
        root = List.copyOf(root);
    }
}
