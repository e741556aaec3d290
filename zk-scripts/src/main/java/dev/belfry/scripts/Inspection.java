package dev.belfry.scripts;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.journal.JournalBounds;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.scripts.Finding.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.zookeeper.ZooDefs;

/** Looks at the znodes of a namespace, first each by itself, then at what they say of each other. */
final class Inspection {
    /** Children of one parent above which something is wrong; the store refuses listings long after it. */
    static final int MOST_CHILDREN = 5_000;
    /** Journals that dead incarnations may leave: some more than the master keeps, which looks every minute. */
    static final int MOST_DEAD_JOURNALS = 200;

    /** A first byte or number beyond this is no schema of a version to come, but garbage. */
    private static final int LIKELY_SCHEMA = 31;

    private static final String RESTART = "It goes when its session ends: restart that agent";

    private final TreeMap<String, Node> nodes = new TreeMap<>();
    private final List<Finding> findings = new ArrayList<>();
    /** Uids of the jobs that could be read. */
    private final Set<String> uids = new HashSet<>();

    private boolean allJobsRead = true;
    private boolean agentsPresent;

    private Inspection() {}

    /** What is wrong in a namespace, in the order of the paths of each part. */
    static List<Finding> of(Collection<Node> all) {
        Inspection inspection = new Inspection();
        all.forEach(node -> inspection.nodes.put(node.path(), node));
        inspection.agentsPresent =
                inspection.nodes.keySet().stream().anyMatch(path -> path.startsWith(Paths.AGENTS + "/"));
        inspection.nodes.values().forEach(inspection::look);
        inspection.ledgers();
        inspection.journals();
        inspection.acls();
        return List.copyOf(inspection.findings);
    }

    private void look(Node node) {
        Optional<ZnodeKind> kind = ZnodeKinds.of(node.path());
        if (kind.isEmpty()) {
            unknown(node);
        } else if (node.denied()) {
            allJobsRead &= !kind.get().pattern().equals(ZnodeKinds.JOB);
            add(Kind.DENIED, node, "it may not be read", "Give the credentials of an operator with --user", false);
        } else {
            bounds(node, kind.get());
            content(node, kind.get());
        }
    }

    private void unknown(Node node) {
        // One finding for a whole foreign subtree.
        Node parent = nodes.get(Paths.parent(node.path()));
        if (parent == null || ZnodeKinds.of(parent.path()).isPresent()) {
            String remedy = "A newer Belfry or somebody else made it; if nobody needs it, delete it by hand";
            add(Kind.UNKNOWN, node, "no path that this version knows", remedy, false);
        }
    }

    private void bounds(Node node, ZnodeKind kind) {
        int cap = kind.content().cap();
        if (cap > 0 && node.size() > cap) {
            String what = node.size() + " bytes, at most " + cap + " are ever written there";
            add(Kind.TOO_LARGE, node, what, "Look at it with zk-scripts/dump", false);
        }
        if (node.children().size() > MOST_CHILDREN) {
            String what = node.children().size() + " children, at most " + MOST_CHILDREN + " can be listed with ease";
            add(Kind.CROWDED, node, what, "Find out with zk-scripts/census what they are, and thin them out", false);
        }
    }

    private void content(Node node, ZnodeKind kind) {
        if (node.ephemeral() != kind.ephemeral()) {
            String what = node.ephemeral() ? "it is ephemeral and has to last" : "it has to be ephemeral and lasts";
            malformed(node, kind, what);
            return;
        }
        if (node.data().length == 0 && kind.content().mayBeEmpty()) {
            return;
        }
        if (kind.content().form().equals("none")) {
            malformed(node, kind, "it is a mere parent and has " + node.size() + " bytes of content");
            return;
        }
        long schema = schema(node, kind);
        if (schema > kind.content().schema() && schema <= LIKELY_SCHEMA) {
            allJobsRead &= !kind.pattern().equals(ZnodeKinds.JOB);
            String what = "it has schema " + schema + ", this version reads "
                    + kind.content().schema();
            add(Kind.NEWER, node, what, "Use the scripts of the newest version that runs here", false);
            return;
        }
        try {
            Object record = kind.read(node);
            meaning(node, kind, record);
        } catch (CorruptRecordException e) {
            allJobsRead &= !kind.pattern().equals(ZnodeKinds.JOB);
            malformed(node, kind, reason(e));
        }
    }

    /** The reason alone: the path is said already, and the remedy is another one here. */
    private static String reason(CorruptRecordException e) {
        String message = String.valueOf(e.getMessage());
        int from = message.indexOf(" cannot be read: ");
        int to = message.lastIndexOf(" (at ");
        return from < 0 || to < from ? message : message.substring(from + " cannot be read: ".length(), to);
    }

    private static long schema(Node node, ZnodeKind kind) {
        return switch (kind.content().form()) {
            case "JSON" -> Json.schema(node.data());
            case "binary" -> node.data().length == 0 ? 0 : node.data()[0] & 0xff;
            default -> 0;
        };
    }

    private void meaning(Node node, ZnodeKind kind, Object record) {
        String name = Paths.name(node.path());
        switch (kind.pattern()) {
            case ZnodeKinds.AGENT, ZnodeKinds.HEARTBEAT, ZnodeKinds.HANDOVER -> session(node, name);
            case ZnodeKinds.JOB -> {
                JobRecord job = record instanceof JobRecord j
                        ? j
                        : JobRecordCodec.decode(node.path(), node.data(), node.modified());
                job.withPredecessors().forEach(known -> uids.add(known.uid()));
                if (!job.name().equals(name) || !Paths.job(name).equals(node.path())) {
                    malformed(
                            node, kind, "it holds job '" + job.name() + "', which belongs to " + Paths.job(job.name()));
                }
            }
            default -> {
                // What a record says beyond its form is looked at for those above only.
            }
        }
    }

    private void session(Node node, String name) {
        String owner = Long.toHexString(node.stat().getEphemeralOwner());
        try {
            if (new Incarnation(name).sessionId() == node.stat().getEphemeralOwner()) {
                return;
            }
            add(
                    Kind.ORPHANED,
                    node,
                    "its name and its session, " + owner + ", differ: it does not count",
                    RESTART,
                    false);
        } catch (IllegalArgumentException e) {
            add(Kind.MALFORMED, node, String.valueOf(e.getMessage()), RESTART, false);
        }
    }

    /** A record that nobody can use. What to do about it depends on what it is. */
    private void malformed(Node node, ZnodeKind kind, String what) {
        boolean table = node.path().startsWith(Paths.ASSIGNMENTS);
        boolean mayMove = true;
        String remedy = "Set it aside with --repair";
        if (node.path().equals(Paths.EPOCH)) {
            mayMove = false;
            remedy =
                    "It must not be deleted: every token handed out is smaller than its term allows. Stop all agents, look"
                            + " up the greatest term in " + Paths.MASTER_JOURNAL
                            + " and write a record with a greater one by"
                            + " hand; docs/operations.md shows how";
        } else if (node.ephemeral()) {
            mayMove = false;
            remedy = RESTART;
        } else if (table && agentsPresent) {
            mayMove = false;
            remedy = "A running master writes it anew. If it does not, stop all agents, wait a minute, and run"
                    + " check-tree --repair: setting rows aside while their owners live could give a shard two owners";
        } else if (kind.pattern().equals(QueueKinds.INBOX) || kind.pattern().equals(QueueKinds.OUTBOX)) {
            mayMove = !nodes.containsKey(Paths.agent(Paths.name(node.path())));
            remedy = mayMove
                    ? "Set it aside with --repair a minute after its agent went: what it held then runs again"
                    : "Restart its agent and wait a minute, then set it aside with --repair: what it held then runs again";
        } else if (journalOfTheLiving(node)) {
            mayMove = false;
            remedy = "Its agent runs and may still write it: set it aside with --repair once that agent is gone";
        } else if (kind.pattern().startsWith(ZnodeKinds.LEDGERS) && agentsPresent) {
            remedy = "Set it aside with --repair, then restart the agent that owns the shard: what was due since the"
                    + " definition came into force is settled anew by the misfire policy";
        } else if (kind.pattern().equals(ZnodeKinds.JOB)) {
            remedy = "Set it aside with --repair, then apply the definition again";
        }
        add(Kind.MALFORMED, node, what, remedy, mayMove);
    }

    private boolean journalOfTheLiving(Node node) {
        String writer = Paths.name(Paths.parent(node.path()));
        boolean written = nodes.containsKey(Paths.agent(writer)) || (Paths.isQueueJournal(writer) && agentsPresent);
        return node.path().startsWith(Paths.JOURNAL + "/") && written;
    }

    private void ledgers() {
        for (Node node : nodes.values()) {
            Optional<ZnodeKind> kind = ZnodeKinds.of(node.path());
            if (kind.isEmpty() || !node.path().startsWith(Paths.LEDGER + "/")) {
                continue;
            }
            String name = Paths.name(node.path());
            if (kind.get().pattern().equals(ZnodeKinds.LEDGERS)) {
                String uid = name.substring(0, name.lastIndexOf('.'));
                if (!Paths.ledgerBucket(uid).equals(Paths.parent(node.path()))) {
                    String what = "its bucket is not that of its name, " + Paths.ledgerBucket(uid);
                    add(Kind.ORPHANED, node, what, "Set it aside with --repair", true);
                } else if (allJobsRead && !uids.contains(uid)) {
                    add(Kind.ORPHANED, node, "no job has the uid " + uid, "Set it aside with --repair", true);
                }
            } else if (name.endsWith(":checkpoint")) {
                String ledger = node.path().substring(0, node.path().length() - ":checkpoint".length());
                if (!nodes.containsKey(ledger)) {
                    add(Kind.ORPHANED, node, "a checkpoint without a ledger", "Set it aside with --repair", true);
                }
            }
        }
    }

    private void journals() {
        Node parent = nodes.get(Paths.JOURNAL);
        if (parent == null) {
            return;
        }
        long dead = parent.children().stream()
                .filter(writer -> !Paths.journal(writer).equals(Paths.MASTER_JOURNAL))
                .filter(writer -> !nodes.containsKey(Paths.agent(writer)))
                .count();
        long bytes = nodes.subMap(Paths.JOURNAL + "/", Paths.JOURNAL + "0").values().stream()
                .mapToLong(Node::size)
                .sum();
        if (dead > MOST_DEAD_JOURNALS || bytes > JournalBounds.NAMESPACE_BYTES) {
            String what = "journals of " + dead + " incarnations that are gone, " + bytes + " bytes in all journals";
            add(
                    Kind.ORPHANED,
                    parent,
                    what,
                    "See why no master makes room: its log says so; belfry get agents shows which it is",
                    false);
        }
    }

    private void acls() {
        List<Node> open = new ArrayList<>();
        int closed = 0;
        for (Node node : nodes.values()) {
            boolean anyone = node.acl().stream()
                    .anyMatch(entry -> entry.getId().equals(ZooDefs.Ids.ANYONE_ID_UNSAFE)
                            && (entry.getPerms() & ~ZooDefs.Perms.READ) != 0);
            if (anyone) {
                open.add(node);
            } else if (!node.acl().isEmpty()) {
                closed++;
            }
        }
        if (closed > 0) {
            open.forEach(node -> add(
                    Kind.OPEN,
                    node,
                    "everyone may change it, while others are closed",
                    "Run zk-scripts/setup-acls --existing",
                    false));
        }
    }

    private void add(Kind kind, Node node, String what, String remedy, boolean movable) {
        findings.add(new Finding(kind, node.path(), what, remedy, movable));
    }
}
