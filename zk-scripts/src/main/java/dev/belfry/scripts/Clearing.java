package dev.belfry.scripts;

import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.record.Paths;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.ACL;

/**
 * Empties a namespace in which agents may live. What fences them comes first: the epoch is written, so that no master writes
 * any more, and the registrations go, so that no agent does. The epoch's znode stays: were it made anew, its version would
 * begin again, and a master of before could take it for its own.
 */
final class Clearing {
    private static final List<String> REGISTRATIONS =
            List.of(Paths.AGENTS, Paths.HEARTBEATS, Paths.HANDOVER, Paths.LATCH);
    private static final List<String> CLOSED = List.of(Paths.AGENTS, Paths.MASTER, Paths.COMMANDS);
    private static final int BATCH = 200;
    /** Somebody who writes definitions meanwhile is not kept out; nobody goes on for so long. */
    private static final int PASSES = 50;

    private final Tree tree;
    private final String root;
    private final List<ACL> closed;

    /** @param closed the ACL that keeps all others out */
    Clearing(Tree tree, String root, List<ACL> closed) {
        this.tree = tree;
        this.root = root;
        this.closed = closed;
    }

    /**
     * Fences those who live in it. The root is closed already.
     *
     * @param epoch above what was in force
     */
    void fence(Epoch epoch) throws KeeperException {
        for (String path : CLOSED) {
            Closing.close(tree, root + path, closed);
        }
        if (Closing.close(tree, root + Paths.EPOCH, closed)) {
            tree.ask(zk -> zk.setData(root + Paths.EPOCH, epoch.encode(), -1));
        }
        List<Op> gone = new ArrayList<>();
        for (String parent : REGISTRATIONS) {
            for (String name : children(parent)) {
                gone.add(Op.delete(root + parent + "/" + name, -1));
            }
        }
        remove(gone);
    }

    /** Names of what is registered. */
    List<String> children(String parent) throws KeeperException {
        try {
            return tree.ask(zk -> zk.getChildren(root + parent, false));
        } catch (KeeperException.NoNodeException e) {
            return List.of();
        }
    }

    /** Removes all but the root, the epoch, and what is known of restores. */
    void empty() throws KeeperException {
        for (int pass = 0; pass < PASSES; pass++) {
            List<String> paths = new ArrayList<>();
            tree.walk(root, "/", Tree.Depth.SHAPE, node -> paths.add(node.path()));
            paths.removeIf(path -> path.equals("/")
                    || List.of(Paths.EPOCH, Paths.MASTER, Paths.RESTORES).contains(path)
                    || path.startsWith(Paths.RESTORES + "/"));
            if (paths.isEmpty()) {
                return;
            }
            Collections.reverse(paths);
            List<Op> ops = new ArrayList<>();
            paths.forEach(path -> ops.add(Op.delete(root + path, -1)));
            remove(ops);
        }
        throw new Trouble(
                Trouble.FINDINGS, "somebody goes on writing below " + root + "; stop that, then run this again");
    }

    private void remove(List<Op> ops) throws KeeperException {
        for (int i = 0; i < ops.size(); i += BATCH) {
            List<Op> batch = ops.subList(i, Math.min(ops.size(), i + BATCH));
            if (!tried(batch)) {
                for (Op one : batch) {
                    tried(List.of(one));
                }
            }
        }
    }

    /** False if one of them is gone already or has children again. */
    private boolean tried(List<Op> ops) throws KeeperException {
        try {
            tree.ask(zk -> zk.multi(ops));
            return true;
        } catch (KeeperException e) {
            if (e.code() == Code.NONODE || e.code() == Code.NOTEMPTY) {
                return false;
            }
            throw e;
        }
    }
}
