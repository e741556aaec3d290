package dev.belfry.scripts;

import static dev.belfry.scripts.ZnodeKind.Content.NONE;
import static dev.belfry.scripts.ZnodeKind.Content.binary;
import static dev.belfry.scripts.ZnodeKind.Content.json;
import static dev.belfry.scripts.ZnodeKind.Presence.EPHEMERAL;
import static dev.belfry.scripts.ZnodeKind.Presence.PERSISTENT;

import dev.belfry.core.agent.AgentFactsCodec;
import dev.belfry.core.command.CommandCodec;
import dev.belfry.core.cost.Budget;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.ledger.CheckpointRecord;
import dev.belfry.core.ledger.LedgerCodec;
import dev.belfry.core.overdue.RaisedRecord;
import dev.belfry.core.ownership.AssignmentVector;
import dev.belfry.core.ownership.BucketCodec;
import dev.belfry.core.ownership.Drains;
import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.ownership.HandOver;
import dev.belfry.core.ownership.HeartbeatRecord;
import dev.belfry.core.record.Paths;
import dev.belfry.core.restore.CopyPart;
import dev.belfry.core.restore.RestoreRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.scripts.ZnodeKind.Content;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Every kind of znode that a namespace has: what {@code dump}, {@code check-tree} and the page on znodes go by. */
final class ZnodeKinds {

    static final String AGENT = "/agents/<incarnation>";
    static final String HEARTBEAT = "/heartbeats/<incarnation>";
    static final String HANDOVER = "/handover/<incarnation>";
    static final String JOB = "/jobs/<hash>/<job>";
    static final String LEDGERS = "/ledger/<hash>/<job uid>.<layout>";
    static final String BLOCK = LEDGERS + "/b<block>";
    static final String RESTORE_OF_TERM = "/restores/<term>";
    static final String JOURNAL = "/journal/<incarnation>";

    private static final String AGENT_LOOP = "the agent";
    private static final String MASTER = "the master";
    private static final String OWNER = "the shard's owner";
    private static final String ANYONE = "whoever starts first";
    private static final String RESTORE = "a restore";
    private static final String OPERATOR = "whoever applies a definition";

    private static final List<ZnodeKind> ALL = List.copyOf(all());

    private ZnodeKinds() {}

    /** All kinds; where two match, the first counts. */
    static List<ZnodeKind> list() {
        return ALL;
    }

    /** The kind of the znode at a path below the root of the namespace. */
    static Optional<ZnodeKind> of(String path) {
        return ALL.stream().filter(kind -> kind.matches(path)).findFirst();
    }

    /** Whether the znode at a path below the root is of the kind with this pattern. */
    static boolean is(String path, String pattern) {
        return of(path).filter(kind -> kind.pattern().equals(pattern)).isPresent();
    }

    private static List<ZnodeKind> all() {
        List<ZnodeKind> kinds = new ArrayList<>();
        kinds.add(parent("/", "the root of the namespace"));
        agents(kinds);
        master(kinds);
        jobs(kinds);
        ledgers(kinds);
        journals(kinds);
        kinds.addAll(QueueKinds.list());
        kinds.addAll(WorkflowKinds.list());
        kinds.addAll(SplitKinds.list());
        kinds.add(new ZnodeKind(
                Paths.EXPORTER,
                EPHEMERAL,
                "the exporter",
                "who takes the journal to the history database",
                new Content("text", 0, 512, true, (path, node) -> new String(node.data(), StandardCharsets.UTF_8))));
        kinds.add(new ZnodeKind(
                Paths.BUDGET,
                PERSISTENT,
                "an operator; removed with the budget",
                "what the definitions of the namespace may cost together",
                json(Budget.SCHEMA, (path, node) -> Budget.decode(path, node.data()))));
        kinds.add(parent(Paths.RESTORES, RESTORE, "when the namespace was put back to a copy"));
        kinds.add(new ZnodeKind(
                RESTORE_OF_TERM,
                PERSISTENT,
                RESTORE,
                "one restore: of when the copy was, and the term to which it raised; nothing while it is under way",
                json(RestoreRecord.SCHEMA, Legible::restore).orEmpty()));
        kinds.add(new ZnodeKind(
                RESTORE_OF_TERM + "/<part>",
                PERSISTENT,
                RESTORE,
                "how far the journals and the jobs of that copy went: what a history knows beyond it is of before the restore",
                json(CopyPart.SCHEMA, (path, node) -> CopyPart.decode(path, node.data()))));
        kinds.add(parent(Paths.COMMANDS, "what was asked for"));
        kinds.add(new ZnodeKind(
                "/commands/<id>",
                PERSISTENT,
                "an operator; " + MASTER + " adds the result",
                "one command; deleted some time after it was consumed",
                json(CommandCodec.SCHEMA, (path, node) -> CommandCodec.decode(path, node.data()))));
        return kinds;
    }

    private static void agents(List<ZnodeKind> kinds) {
        kinds.add(parent(Paths.AGENTS, "who is there"));
        kinds.add(new ZnodeKind(
                AGENT,
                EPHEMERAL,
                AGENT_LOOP,
                "registration; counts only if the session in its name is the one that it belongs to",
                json(
                        AgentFactsCodec.SCHEMA,
                        (path, node) -> AgentFactsCodec.decode(path, Paths.name(path), node.data(), node.created()))));
        kinds.add(parent(Paths.HEARTBEATS, "who is alive"));
        kinds.add(new ZnodeKind(
                HEARTBEAT,
                EPHEMERAL,
                AGENT_LOOP + ", every quarter of its lease",
                "heartbeat: the write that renews the lease, and what the agent has applied",
                json(HeartbeatRecord.SCHEMA, (path, node) -> HeartbeatRecord.decode(path, node.data()))));
        kinds.add(parent(Paths.HANDOVER, "who lets go of what"));
        kinds.add(new ZnodeKind(
                HANDOVER,
                EPHEMERAL,
                AGENT_LOOP,
                "tenancies that were let go of, until the table names the next owner",
                json(HandOver.SCHEMA, (path, node) -> HandOver.decode(path, node.data()))));
    }

    private static void master(List<ZnodeKind> kinds) {
        kinds.add(parent(Paths.MASTER, "who is master"));
        kinds.add(parent(Paths.LATCH, "the queue of candidates"));
        kinds.add(new ZnodeKind(
                "/master/latch/<candidate>",
                EPHEMERAL,
                "a candidate, through Curator",
                "one candidate; the content is its incarnation",
                new Content("text", 0, 512, true, (path, node) -> new String(node.data(), StandardCharsets.UTF_8))));
        kinds.add(new ZnodeKind(
                Paths.EPOCH,
                PERSISTENT,
                "each new master; never deleted",
                "term and incarnation of the master; its version fences every write of a master",
                json(Epoch.SCHEMA, (path, node) -> Epoch.decode(path, node.data()))));
        kinds.add(new ZnodeKind(
                Paths.DRAINS,
                PERSISTENT,
                MASTER,
                "agents that hand over everything and take nothing",
                json(Drains.SCHEMA, (path, node) -> Drains.decode(path, node.data()))
                        .orEmpty()));
        kinds.add(parent(Paths.OVERDUE, MASTER, "of which overdue fires was told"));
        kinds.add(new ZnodeKind(
                Paths.OVERDUE + "/<hash>",
                PERSISTENT,
                MASTER,
                "overdue fires, and runs that were asked for, of the jobs whose uids have this hash, of which an event was raised; none is told of twice",
                json(RaisedRecord.SCHEMA, (path, node) -> RaisedRecord.decode(path, node.data()))));
        kinds.add(new ZnodeKind(
                Paths.ASSIGNMENTS,
                PERSISTENT,
                MASTER,
                "per bucket its generation and a filter of the incarnations in it",
                binary(AssignmentVector.SCHEMA, (path, node) -> Legible.vector(node.data()))
                        .orEmpty()));
        kinds.add(new ZnodeKind(
                "/assignments/<bucket>",
                PERSISTENT,
                MASTER,
                "rows of the assignment table: owner, since, successor, run by run",
                binary(BucketCodec.SCHEMA, (path, node) -> Legible.bucket(Paths.name(path), node.data()))
                        .orEmpty()));
    }

    private static void jobs(List<ZnodeKind> kinds) {
        kinds.add(parent(Paths.JOBS, "what is to be run"));
        kinds.add(parent("/jobs/<hash>", OPERATOR, "jobs whose names have this hash"));
        kinds.add(new ZnodeKind(
                JOB,
                PERSISTENT,
                OPERATOR + "; " + MASTER + " adds requests",
                "uid, recent versions with the instant from which each is in force, runs asked for",
                json(
                        JobRecordCodec.SCHEMA,
                        (path, node) -> JobRecordCodec.decode(path, node.data(), node.modified()))));
    }

    private static void ledgers(List<ZnodeKind> kinds) {
        kinds.add(parent(Paths.LEDGER, "what became of every fire"));
        kinds.add(parent("/ledger/<hash>", OPERATOR, "jobs whose uids have this hash"));
        kinds.add(parent(
                LEDGERS, OPERATOR, "one layout of a job; layout 0 of a broadcast job, with one ledger an agent"));
        kinds.add(parent(BLOCK, OPERATOR, "1,024 shards of a layout that has more"));
        Content ledger = json(LedgerCodec.SCHEMA, (path, node) -> LedgerCodec.decode(path, node.data()));
        Content checkpoint = json(CheckpointRecord.SCHEMA, Legible::checkpoint);
        for (String parent : List.of(LEDGERS, BLOCK)) {
            kinds.add(new ZnodeKind(
                    parent + "/<shard>:checkpoint",
                    PERSISTENT,
                    OWNER,
                    "what an attempt left for the next one at the same fire: at most 16 KiB",
                    checkpoint));
            kinds.add(new ZnodeKind(
                    parent + "/<shard>",
                    PERSISTENT,
                    OWNER,
                    "low-water mark, what lies above it, the last outcomes",
                    ledger));
        }
    }

    private static void journals(List<ZnodeKind> kinds) {
        Content counts = json(JournalCounts.SCHEMA, (path, node) -> Legible.counts(path, node.data()))
                .orEmpty();
        kinds.add(new ZnodeKind(
                Paths.JOURNAL,
                PERSISTENT,
                MASTER,
                "counts of journals that had to make room altogether: per hour, job, origin and outcome",
                counts));
        kinds.add(parent(Paths.MASTER_JOURNAL, "the masters' journal"));
        Content table = json(TableEntry.SCHEMA, (path, node) -> TableEntry.decode(path, node.data()));
        kinds.add(new ZnodeKind("/journal/master/t<term>", PERSISTENT, MASTER, "a change of master", table));
        kinds.add(new ZnodeKind(
                "/journal/master/g<generation>-<part>",
                PERSISTENT,
                MASTER,
                "what one version of the assignment table changed, and why",
                table));
        kinds.add(new ZnodeKind(
                JOURNAL,
                PERSISTENT,
                AGENT_LOOP,
                "counts of what had to make room: per hour, job, origin and outcome",
                counts));
        kinds.add(new ZnodeKind(
                JOURNAL + "/<n>",
                PERSISTENT,
                AGENT_LOOP + ", in the multi that makes it true",
                "attempts and outcomes of one or more group commits",
                json(FireJournal.SCHEMA, (path, node) -> FireJournal.decode(path, node.data()))));
    }

    private static ZnodeKind parent(String pattern, String holds) {
        return parent(pattern, ANYONE, holds);
    }

    private static ZnodeKind parent(String pattern, String writer, String holds) {
        return new ZnodeKind(pattern, PERSISTENT, writer, holds, NONE);
    }
}
