package dev.belfry.store.zk;

import dev.belfry.store.Transaction;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.ACL;

/** Turns a transaction into ZooKeeper's operations: guards first, then writes, each created znode with its ACL. */
final class Operations {
    private final Root root;
    private final List<ACL> acl;

    Operations(Root root, List<ACL> acl) {
        this.root = root;
        this.acl = acl;
    }

    List<Op> of(Transaction transaction) {
        List<Op> ops = new ArrayList<>();
        for (Transaction.Guard guard : transaction.guards()) {
            ops.add(of(guard));
        }
        for (Transaction.Write write : transaction.writes()) {
            ops.add(of(write));
        }
        return ops;
    }

    private Op of(Transaction.Guard guard) {
        String path = root.absolute(guard.path());
        if (guard instanceof Transaction.AtVersion at) {
            return Op.check(path, at.version());
        }
        return Op.check(path, -1);
    }

    private Op of(Transaction.Write write) {
        String path = root.absolute(write.path());
        if (write instanceof Transaction.Create create) {
            return Op.create(
                    path, create.data(), acl, create.ephemeral() ? CreateMode.EPHEMERAL : CreateMode.PERSISTENT);
        }
        if (write instanceof Transaction.Put put) {
            return Op.setData(path, put.data(), put.version());
        }
        return Op.delete(path, ((Transaction.Delete) write).version());
    }
}
