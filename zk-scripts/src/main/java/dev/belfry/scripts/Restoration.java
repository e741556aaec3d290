package dev.belfry.scripts;

import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.ownership.Lease;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.restore.CopyPart;
import dev.belfry.core.restore.RestoreRecord;
import dev.belfry.core.version.JobRecordCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.ACL;

/**
 * Puts a backup into an empty namespace. Until the end nobody can register, since what agents look for first is closed to
 * them or not there; so nobody sees half of it. It ends no earlier than the last lease from before does.
 *
 * <p>Nobody owns anything afterwards: the assignment table is left out. A row of it would let an incarnation that is still
 * there go on with tokens of before.
 */
final class Restoration {
    /** Made at the very end, in this order. */
    private static final List<String> LAST = List.of(Paths.HEARTBEATS, Paths.HANDOVER, Paths.LATCH);
    /** Closed to all others until the end; what is found here tells an agent that the namespace is complete. */
    private static final List<String> CLOSED = List.of(Paths.MASTER, Paths.COMMANDS);

    private static final int BATCH = 100;
    private static final int BATCH_BYTES = 256 * 1024;

    private final Tree tree;
    private final String root;
    private final Closing closing;
    private final Epoch epoch;
    private final CopySurvey survey;
    private final Set<String> ledgers;
    private final long began = System.nanoTime();

    /** What is known of restores already. */
    private final Set<String> restores = new TreeSet<>();

    private final Map<String, Copied> later = new TreeMap<>();
    private final List<Op> batch = new ArrayList<>();
    private int bytes;
    private long written;

    /**
     * @param epoch what the namespace is to begin with
     * @param survey of the file that is to be put back
     */
    Restoration(Tree tree, String root, Closing closing, Epoch epoch, CopySurvey survey) {
        this.tree = tree;
        this.root = root;
        this.closing = closing;
        this.epoch = epoch;
        this.survey = survey;
        this.ledgers = new TreeSet<>(survey.ledgers());
    }

    /** Makes the root, closed, unless it is there. */
    void root(BackupHeader header) throws KeeperException {
        if (!tree.exists(Connecting.BELFRY)) {
            tree.ask(zk -> zk.create(Connecting.BELFRY, new byte[0], mutable(header.above()), CreateMode.PERSISTENT));
        }
        if (!Closing.close(tree, root, closing.rootAcl())) {
            tree.ask(zk -> zk.create(root, new byte[0], closing.rootAcl(), CreateMode.PERSISTENT));
        }
    }

    /** Writes what the file holds, but for what lets agents in. */
    void write(Path file) throws KeeperException {
        boolean masterIsThere = tree.exists(root + Paths.MASTER);
        Map<String, List<ACL>> parents = new HashMap<>();
        BackupReader.read(file, znode -> {
            take(znode, masterIsThere);
            if (znode.path().startsWith(Paths.LEDGER + "/")) {
                parents.put(znode.path(), znode.acl());
            }
        });
        // Shards of which nothing had been recorded yet when the ledgers were copied.
        for (String path : List.copyOf(ledgers)) {
            List<ACL> acl = parents.get(Paths.parent(path));
            if (acl != null) {
                add(path, survey.replayed(path, new byte[0]), acl);
            }
        }
        flush();
    }

    /**
     * Says that a restore is under way, before anything is changed: whoever takes the journal to a history waits from here on. Those
     * that were begun and not ended are forgotten, those of before stay.
     */
    void begin(List<ACL> acl) throws KeeperException {
        if (!tree.exists(root + Paths.RESTORES)) {
            add(Paths.RESTORES, new byte[0], acl);
            flush();
        }
        List<Node> known = new ArrayList<>();
        tree.walk(root, Paths.RESTORES, Tree.Depth.CONTENT, known::add);
        List<String> begun = known.stream()
                .filter(node -> ZnodeKinds.is(node.path(), ZnodeKinds.RESTORE_OF_TERM) && node.data().length == 0)
                .map(Node::path)
                .toList();
        Collections.reverse(known);
        for (Node node : known) {
            if (begun.stream().anyMatch(path -> (node.path() + "/").startsWith(path + "/"))) {
                tree.ask(zk -> zk.multi(List.of(Op.delete(root + node.path(), -1))));
            } else {
                restores.add(node.path());
            }
        }
        add(Paths.restore(epoch.term()), new byte[0], acl);
        flush();
        restores.add(Paths.restore(epoch.term()));
    }

    /** Writes how far the copy goes, so that a history tells what it knows of before from what comes after. */
    RestoreRecord note(BackupHeader header, String by) {
        List<CopyPart> parts = survey.parts();
        for (int part = 0; part < parts.size(); part++) {
            add(Paths.restorePart(epoch.term(), part), parts.get(part).encode(), header.root());
        }
        flush();
        return new RestoreRecord(epoch.term(), header.taken(), Instant.now(), by, survey.generation(), parts.size());
    }

    private void take(Copied znode, boolean masterIsThere) {
        String path = znode.path();
        boolean begun = ZnodeKinds.is(path, ZnodeKinds.RESTORE_OF_TERM) && znode.data().length == 0;
        // A submitter counts by the version of its znode, which would begin anew: without it, it goes on under a new
        // name.
        boolean counted = ZnodeKinds.is(path, QueueKinds.SUBMITTER);
        if (path.startsWith(Paths.ASSIGNMENTS + "/") || restores.contains(path) || begun || counted) {
            return;
        }
        if (LAST.contains(path) || CLOSED.contains(path) || path.equals(Paths.AGENTS) || path.equals(Paths.EPOCH)) {
            later.put(path, znode);
            if (!CLOSED.contains(path) || (path.equals(Paths.MASTER) && masterIsThere)) {
                return;
            }
        }
        byte[] data = path.equals(Paths.ASSIGNMENTS) ? new byte[0] : content(znode);
        add(path, data, CLOSED.contains(path) ? closing.acl() : znode.acl());
    }

    private void add(String path, byte[] data, List<ACL> acl) {
        if (batch.size() == BATCH || bytes + data.length > BATCH_BYTES) {
            flush();
        }
        batch.add(Op.create(root + path, data, mutable(acl), CreateMode.PERSISTENT));
        bytes += data.length;
        written++;
    }

    /**
     * A ledger is brought up to the journal.
     *
     * <p>A version of a job that is new says how long after the write of its znode it is in force. The znode is written anew
     * here, so the instant has to stand in place of that.
     */
    private byte[] content(Copied znode) {
        if (ledgers.remove(znode.path())) {
            return survey.replayed(znode.path(), znode.data());
        }
        if (!ZnodeKinds.is(znode.path(), ZnodeKinds.JOB)) {
            return znode.data();
        }
        try {
            return JobRecordCodec.encode(JobRecordCodec.decode(znode.path(), znode.data(), znode.modified()));
        } catch (CorruptRecordException e) {
            return znode.data(); // garbage then, garbage now: check-tree tells of it
        }
    }

    private void flush() {
        if (batch.isEmpty()) {
            return;
        }
        try {
            tree.ask(zk -> zk.multi(List.copyOf(batch)));
        } catch (KeeperException e) {
            throw new Trouble(
                    Trouble.FINDINGS,
                    "cannot write " + e.getPath() + " (" + e.code() + "); nobody can use " + root
                            + " until this is run again with --replace");
        }
        batch.clear();
        bytes = 0;
    }

    /** How long until no lease from before can hold. */
    Duration untilLeasesAreOver() {
        Duration lease = Lease.length(epoch.longestTimeout());
        Duration wait = lease.plus(lease.dividedBy(10)).minusNanos(System.nanoTime() - began);
        return wait.isNegative() ? Duration.ZERO : wait;
    }

    void awaitEndOfLeases() {
        try {
            // Nobody counts it down: it is a wait of a fixed length.
            boolean never = new CountDownLatch(1).await(untilLeasesAreOver().toNanos(), TimeUnit.NANOSECONDS);
            assert !never;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Trouble(
                    Trouble.FINDINGS,
                    "interrupted; nobody can use " + root + " until this is run again with --replace");
        }
    }

    /**
     * Lets everybody in.
     *
     * @param record of this restore, which is ended with that
     * @return how many znodes were written
     */
    long open(BackupHeader header, RestoreRecord record) throws KeeperException {
        List<Op> ops = new ArrayList<>();
        ops.add(Op.setData(root + Paths.restore(record.term()), record.encode(), -1));
        for (String path : LAST) {
            if (later.containsKey(path)) {
                ops.add(create(path));
            }
        }
        ops.add(
                tree.exists(root + Paths.EPOCH)
                        ? Op.setData(root + Paths.EPOCH, epoch.encode(), -1)
                        : Op.create(
                                root + Paths.EPOCH, epoch.encode(), acl(Paths.EPOCH, header), CreateMode.PERSISTENT));
        tree.ask(zk -> zk.multi(ops));
        tree.ask(zk -> zk.setACL(root + Paths.EPOCH, acl(Paths.EPOCH, header), -1));
        for (String path : CLOSED) {
            if (later.containsKey(path)) {
                tree.ask(zk -> zk.setACL(root + path, acl(path, header), -1));
            }
        }
        if (later.containsKey(Paths.AGENTS)) {
            tree.ask(zk -> zk.multi(List.of(create(Paths.AGENTS))));
        }
        tree.ask(zk -> zk.setACL(root, mutable(header.root()), -1));
        return written + ops.size();
    }

    private Op create(String path) {
        Copied znode = java.util.Objects.requireNonNull(later.get(path));
        return Op.create(root + path, znode.data(), mutable(znode.acl()), CreateMode.PERSISTENT);
    }

    private List<ACL> acl(String path, BackupHeader header) {
        Copied znode = later.get(path);
        return mutable(znode == null ? header.root() : znode.acl());
    }

    /** ZooKeeper asks the list whether it contains null, which {@code List.copyOf} answers with an exception. */
    private static List<ACL> mutable(List<ACL> acl) {
        return new ArrayList<>(acl);
    }
}
