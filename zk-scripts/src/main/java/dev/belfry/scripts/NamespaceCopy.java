package dev.belfry.scripts;

import dev.belfry.core.record.Paths;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/**
 * Copies what lasts of a namespace into a backup. While others write there the parts are not of one moment, so the order
 * counts: definitions before the ledgers that are made before them, ledgers before the journal, so that no fire is recorded
 * as done that the journal does not know; the epoch last, so that no record is of a term above its own.
 */
final class NamespaceCopy {
    private static final List<String> ORDER = List.of(Paths.JOBS, Paths.LEDGER, Paths.JOURNAL, Paths.COMMANDS);

    private NamespaceCopy() {}

    static List<ACL> acl(Tree tree, String absolute) throws KeeperException {
        return whole(absolute, tree.ask(zk -> zk.getACL(absolute, new Stat())));
    }

    static void of(Tree tree, String root, BackupWriter writer) throws KeeperException {
        List<String> present = tree.ask(zk -> zk.getChildren(root, false)).stream()
                .sorted()
                .map(name -> "/" + name)
                .toList();
        List<String> order = new ArrayList<>(ORDER);
        present.stream()
                .filter(path -> !order.contains(path) && !path.equals(Paths.MASTER))
                .forEach(order::add);
        order.add(Paths.MASTER);
        order.retainAll(present);
        for (String part : order) {
            tree.walk(root, part, Tree.Depth.EVERYTHING, node -> add(root, node, writer));
        }
    }

    private static void add(String root, Node node, BackupWriter writer) {
        if (node.ephemeral()) {
            return;
        }
        if (node.denied()) {
            throw new Trouble(
                    Trouble.FINDINGS,
                    "not allowed to read " + root + node.path()
                            + "; give the credentials of an operator with --user and --password-file");
        }
        whole(root + node.path(), node.acl());
        try {
            writer.add(Copied.of(node));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** To those who may only read, ZooKeeper shows {@code user:x} in place of the ids of others. */
    private static List<ACL> whole(String absolute, List<ACL> acl) {
        for (ACL entry : acl) {
            if (entry.getId().getScheme().equals("digest")
                    && entry.getId().getId().endsWith(":x")) {
                throw new Trouble(
                        Trouble.FINDINGS,
                        "not allowed to see the whole ACL of " + absolute
                                + "; give the credentials of an operator with --user and --password-file");
            }
        }
        return acl;
    }
}
