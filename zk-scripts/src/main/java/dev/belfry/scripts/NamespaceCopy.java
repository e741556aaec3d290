package dev.belfry.scripts;

import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/**
 * Copies what lasts of a namespace into a backup. While others write there the parts are not of one moment, so the order
 * counts: definitions before the ledgers that are made before them; ledgers before the journal, so that whatever a ledger
 * lacks is a line that {@link LedgerReplay} finds; the epoch last, so that no record is of a term above its own. A journal
 * and its counts are of one moment. So are workflow runs and the queue, in which the runs of their jobs are. What the order cannot keep together has not changed meanwhile, or it is said.
 */
final class NamespaceCopy {
    private static final List<String> ORDER = List.of(
            Paths.JOBS,
            Paths.WORKFLOWS,
            Paths.SPLITS,
            Paths.INBOX,
            Paths.OUTBOX,
            Paths.QUEUE,
            Paths.LEDGER,
            Paths.JOURNAL,
            Paths.COMMANDS);
    /** Attempts at reading a journal while its writer makes room in it. */
    private static final int TRIES = 20;

    private final Tree tree;
    private final String root;
    private final BackupWriter writer;
    /** What the definitions say that is copied, by path. */
    private final Map<String, String> definitions = new HashMap<>();

    /** What the workflow runs are that are copied, by path. */
    private final Map<String, String> workflows = new HashMap<>();

    private String disturbed = "";

    private NamespaceCopy(Tree tree, String root, BackupWriter writer) {
        this.tree = tree;
        this.root = root;
        this.writer = writer;
    }

    static List<ACL> acl(Tree tree, String absolute) throws KeeperException {
        return whole(absolute, tree.ask(zk -> zk.getACL(absolute, new Stat())));
    }

    /**
     * Copies it.
     *
     * @return what has changed meanwhile that ought not to have, as a clause; empty if the parts belong together
     */
    static String of(Tree tree, String root, BackupWriter writer) throws KeeperException {
        return new NamespaceCopy(tree, root, writer).copy();
    }

    private String copy() throws KeeperException {
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
            if (part.equals(Paths.JOURNAL)) {
                journals();
                compare();
            } else {
                tree.walk(root, part, Tree.Depth.EVERYTHING, node -> {
                    workflow(node, workflows);
                    definition(node).ifPresent(text -> definitions.put(node.path(), text));
                    add(node);
                });
            }
            if (part.equals(Paths.QUEUE)) {
                compareWorkflows(present);
            }
        }
        return disturbed;
    }

    /** The counts of all journals that are no more, and then each journal. */
    private void journals() throws KeeperException {
        Stat before = new Stat();
        byte[] counts = tree.ask(zk -> zk.getData(root + Paths.JOURNAL, false, before));
        List<String> names = tree.ask(zk -> zk.getChildren(root + Paths.JOURNAL, false));
        List<ACL> acl = tree.ask(zk -> zk.getACL(root + Paths.JOURNAL, new Stat()));
        add(new Node(Paths.JOURNAL, counts == null ? new byte[0] : counts, before, names, acl, false));
        for (String name : names.stream().sorted().toList()) {
            journal(Paths.journal(name)).forEach(this::add);
        }
        if (version(Paths.JOURNAL) != before.getVersion()) {
            disturbed = "the journal of an incarnation that is gone became counts";
        }
    }

    /** A journal and its counts as they were at one moment: whoever deletes an entry counts it in the same transaction. */
    private List<Node> journal(String path) throws KeeperException {
        for (int i = 1; ; i++) {
            int before = version(path);
            List<Node> nodes = new ArrayList<>();
            tree.walk(root, path, Tree.Depth.EVERYTHING, nodes::add);
            if (before == version(path)) {
                return nodes;
            }
            if (i == TRIES) {
                disturbed = "entries of " + path + " became counts again and again";
                return nodes;
            }
        }
    }

    private int version(String path) throws KeeperException {
        Stat stat = tree.ask(zk -> zk.exists(root + path, false));
        return stat == null ? -1 : stat.getVersion();
    }

    /** Lines of the journal are to be due by the definitions that were copied before them. */
    private void compare() {
        Map<String, String> now = new HashMap<>();
        tree.walk(
                root,
                Paths.JOBS,
                Tree.Depth.CONTENT,
                node -> definition(node).ifPresent(text -> now.put(node.path(), text)));
        if (!now.equals(definitions)) {
            disturbed = "definitions were changed";
        }
    }

    /** A workflow run, or one that is split, that has gone on says of runs that the copied queue does not know, or the other way round. */
    private void compareWorkflows(List<String> present) {
        Map<String, String> now = new HashMap<>();
        for (String part : List.of(Paths.WORKFLOWS, Paths.SPLITS)) {
            if (present.contains(part)) {
                tree.walk(root, part, Tree.Depth.CONTENT, node -> workflow(node, now));
            }
        }
        if (!now.equals(workflows)) {
            disturbed = "workflow runs, or runs that are split, went on";
        }
    }

    private static void workflow(Node node, Map<String, String> into) {
        if (ZnodeKinds.is(node.path(), WorkflowKinds.RUN) || ZnodeKinds.is(node.path(), SplitKinds.RUN)) {
            into.put(node.path(), new String(node.data(), StandardCharsets.UTF_8));
        }
    }

    /** What of a job's record says what is due; empty for what is no such record. */
    private static Optional<String> definition(Node node) {
        if (!ZnodeKinds.is(node.path(), ZnodeKinds.JOB)) {
            return Optional.empty();
        }
        try {
            JobRecord job = JobRecordCodec.decode(node.path(), node.data(), node.modified());
            StringBuilder text = new StringBuilder(job.uid());
            job.versions()
                    .forEach(version -> text.append(' ')
                            .append(version.number())
                            .append(' ')
                            .append(version.from()));
            return Optional.of(text + " " + job.deletedAt() + " " + job.settled());
        } catch (CorruptRecordException e) {
            return Optional.of("garbage of transaction " + node.stat().getMzxid());
        }
    }

    private void add(Node node) {
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
