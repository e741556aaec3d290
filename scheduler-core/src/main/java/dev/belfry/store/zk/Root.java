package dev.belfry.store.zk;

import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The znode below which everything of a namespace is kept: translates paths, and creates itself. */
final class Root {
    private static final Logger log = LoggerFactory.getLogger(Root.class);

    private final String path;
    private final List<ACL> acl;
    private final boolean creating;

    /** @param creating whether it is to be created if it does not exist */
    Root(String path, List<ACL> acl, boolean creating) {
        this.path = path;
        this.acl = acl;
        this.creating = creating;
    }

    /** The path in ZooKeeper of a path of the port. */
    String absolute(String below) {
        if (!below.startsWith("/")) {
            throw new IllegalArgumentException("a path begins with a slash: '" + below + "'");
        }
        return below.equals("/") ? path : path + below;
    }

    /** The path of the port of a path in ZooKeeper. */
    String relative(String absolute) {
        return absolute.equals(path) ? "/" : absolute.substring(path.length());
    }

    /** Sees to it that the root exists, parents included, unless nothing is to be created; {@code then} is told whether the question was answered at all. */
    void ensure(ZooKeeper zk, Runnable then, Runnable lost) {
        zk.exists(
                path,
                false,
                (rc, p, ctx, stat) -> {
                    Code code = Answers.code(rc);
                    if (code == Code.OK || (code == Code.NONODE && !creating)) {
                        then.run();
                    } else if (code == Code.NONODE) {
                        create(zk, ancestors(), then, lost);
                    } else {
                        failed("see", path, code, then, lost);
                    }
                },
                null);
    }

    private List<String> ancestors() {
        List<String> all = new ArrayList<>();
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            all.add(path.substring(0, slash));
        }
        all.add(path);
        return all;
    }

    private void create(ZooKeeper zk, List<String> missing, Runnable then, Runnable lost) {
        if (missing.isEmpty()) {
            then.run();
            return;
        }
        zk.create(
                missing.get(0),
                new byte[0],
                acl,
                CreateMode.PERSISTENT,
                (rc, p, ctx, name) -> {
                    Code code = Answers.code(rc);
                    if (code == Code.OK || code == Code.NODEEXISTS) {
                        create(zk, missing.subList(1, missing.size()), then, lost);
                    } else {
                        failed("create", p, code, then, lost);
                    }
                },
                null);
    }

    private static void failed(String what, String path, Code code, Runnable then, Runnable lost) {
        if (Answers.connectionTrouble(code)) {
            lost.run();
            return;
        }
        log.error(
                "Cannot {} {} in ZooKeeper ({}): nothing can be stored in this namespace. {}.",
                what,
                path,
                code,
                Answers.advice(code));
        then.run(); // the requests that follow are refused one by one, each saying why
    }
}
