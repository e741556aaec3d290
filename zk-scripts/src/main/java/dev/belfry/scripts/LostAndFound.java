package dev.belfry.scripts;

import dev.belfry.core.record.Paths;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/**
 * Where znodes are set aside: {@code /belfry-lost+found/<namespace>/<instant>/<path>}. A znode is copied there and removed
 * from its place in one transaction, so that it is at every instant in one of the two.
 */
final class LostAndFound {
    private static final String TOP = "/belfry-lost+found";
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final Tree tree;
    private final String root;
    private final String place;
    private final List<ACL> rootAcl;

    /** @param root absolute path of the namespace */
    LostAndFound(Tree tree, String root, Instant now) throws KeeperException {
        this.tree = tree;
        this.root = root;
        this.place = TOP + "/" + Paths.name(root) + "/" + STAMP.format(now);
        this.rootAcl = tree.ask(zk -> zk.getACL(root, new Stat()));
    }

    /** Absolute path of what is set aside now. */
    String place() {
        return place;
    }

    /**
     * Sets a znode aside: an orphan with all below it, deepest first; of a malformed one the znode itself, or only its
     * content where others count on its being there.
     *
     * @return what became of it, for people
     */
    String setAside(Finding finding) throws KeeperException {
        List<Node> nodes = new ArrayList<>();
        tree.walk(root, finding.path(), Tree.Depth.EVERYTHING, nodes::add);
        if (nodes.isEmpty()) {
            return "gone meanwhile";
        }
        boolean orphan = finding.kind() == Finding.Kind.ORPHANED;
        boolean delete = orphan || (nodes.size() == 1 && !mayBeEmpty(finding.path()));
        if (!orphan) {
            nodes.subList(1, nodes.size()).clear();
        }
        Collections.reverse(nodes);
        for (Node node : nodes) {
            try {
                move(node, delete);
            } catch (KeeperException e) {
                if (e.code() == Code.BADVERSION || e.code() == Code.NONODE || e.code() == Code.NOTEMPTY) {
                    return node.path() + " was changed meanwhile and left alone (" + e.code() + "); run this again";
                }
                throw e;
            }
        }
        return (delete ? "moved to " : "content moved to ") + place + finding.path();
    }

    private static boolean mayBeEmpty(String path) {
        return ZnodeKinds.of(path).filter(kind -> kind.content().mayBeEmpty()).isPresent();
    }

    private void move(Node node, boolean delete) throws KeeperException {
        String target = place + node.path();
        ensureParents(target);
        int version = node.stat().getVersion();
        List<Op> ops = new ArrayList<>();
        ops.add(
                tree.exists(target)
                        ? Op.setData(target, node.data(), -1)
                        : Op.create(target, node.data(), node.acl(), CreateMode.PERSISTENT));
        ops.add(delete ? Op.delete(root + node.path(), version) : Op.setData(root + node.path(), new byte[0], version));
        tree.ask(zk -> zk.multi(ops));
    }

    private void ensureParents(String target) throws KeeperException {
        for (int slash = target.indexOf('/', 1); slash > 0; slash = target.indexOf('/', slash + 1)) {
            String parent = target.substring(0, slash);
            if (!tree.exists(parent)) {
                try {
                    tree.ask(zk -> zk.create(parent, new byte[0], rootAcl, CreateMode.PERSISTENT));
                } catch (KeeperException e) {
                    // Somebody else may repair too; the znode is there, which is all that counts.
                    if (e.code() != Code.NODEEXISTS) {
                        throw e;
                    }
                }
            }
        }
    }
}
