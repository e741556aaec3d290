package dev.belfry.scripts;

import dev.belfry.console.history.HistoryOptions;
import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.record.Paths;
import dev.belfry.core.restore.RestoreRecord;
import dev.belfry.store.zk.ZkSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.apache.zookeeper.KeeperException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Puts back a copy of a namespace. */
@Command(
        name = "restore",
        description = {
            "Puts a copy that backup has made into ZooKeeper. Without --apply it only says what it would do.",
            "The term is raised by 65,536 above every one that is known to have been in force, so that no fencing token is"
                    + " handed out twice. Nobody owns anything afterwards: the master grants all shards anew.",
            "With --history-url, or $BELFRY_HISTORY_URL, the terms and tokens that the history knows count as well.",
            "Agents may live meanwhile. They are kept out until everything is there and every lease from before is over, and"
                    + " register again by themselves."
        },
        footer = Tool.EXIT_CODES,
        sortOptions = false)
final class Restore extends Tool {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    @Mixin
    final Connecting connecting = new Connecting();

    @Option(names = "--apply", description = "Does it.")
    boolean apply;

    @Option(
            names = "--replace",
            description =
                    "Also where the namespace is not empty: what is there is copied to a file beside the backup, then"
                            + " removed.")
    boolean replace;

    @Option(
            names = "--above-token",
            paramLabel = "TOKEN",
            description =
                    "The greatest fencing token that is known to have been handed out, from the history for example.")
    long aboveToken;

    @Mixin
    final HistoryOptions history = new HistoryOptions();

    @Parameters(paramLabel = "FILE", description = "What backup has written.")
    Path file = Path.of("");

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final Terms terms = new Terms();
    private final RestoreCheck rights = new RestoreCheck();

    public static void main(String[] args) {
        Tool.main(new Restore(), args);
    }

    @Override
    int run() throws KeeperException {
        if (aboveToken < 0) {
            throw new Trouble(Trouble.USAGE, "a fencing token is not negative: " + aboveToken);
        }
        BackupReader.Frame frame = BackupReader.read(file, znode -> {
            terms.see(znode.path(), znode.data());
            rights.see(znode.path(), znode.acl());
        });
        rights.see("/", frame.header().root());
        RestoreNote note = new RestoreNote(file);
        note.read(terms);
        if (aboveToken > 0) {
            terms.see(Terms.ofToken(aboveToken));
        }
        HistoryTokens tokens = HistoryTokens.given(history);
        try (Tree tree = connecting.connect()) {
            String root = root(frame.header());
            tokens.see(List.of(frame.header().namespace(), Paths.name(root)), terms, out);
            boolean empty = look(tree, root);
            Epoch epoch = terms.raised();
            say(frame, root, epoch);
            if (!empty && !replace) {
                throw new Trouble(
                        Trouble.FINDINGS,
                        root + " is not empty; give --replace to have it copied to a file and removed first");
            }
            rights.require(tree);
            if (!apply) {
                out.println("Nothing was changed. Give --apply to do this.");
                return 0;
            }
            note.add(epoch.term(), root);
            restore(tree, root, frame.header(), empty, epoch);
            return 0;
        }
    }

    private String root(BackupHeader header) {
        String namespace = connecting.given().orElse(header.namespace());
        return ZkSettings.builder(connecting.servers(), namespace).build().root();
    }

    /** Looks at what is there; true if nothing is. */
    private boolean look(Tree tree, String root) throws KeeperException {
        if (!tree.exists(root)) {
            return true;
        }
        boolean closed = Closing.closed(tree, root);
        if (closed) {
            out.println("A restore into " + root + " was begun and not ended.");
        }
        long[] found = new long[1];
        tree.walk(root, "/", Tree.Depth.CONTENT, node -> {
            if (node.denied() && !closed) {
                throw new Trouble(
                        Trouble.FINDINGS,
                        "not allowed to read " + root + node.path()
                                + "; give the credentials of an operator with --user and --password-file");
            }
            terms.see(node.path(), node.data());
            found[0]++;
        });
        if (found[0] <= 1 && !closed) {
            return true;
        }
        int agents = new Clearing(tree, root, List.of()).children(Paths.AGENTS).size();
        out.println(root + " holds " + (found[0] - 1) + " znodes, and " + agents + " agent(s) are registered there.");
        return false;
    }

    private void say(BackupReader.Frame frame, String root, Epoch epoch) {
        out.println("Backup of namespace " + frame.header().namespace() + ", taken at "
                + frame.header().taken() + ": " + frame.end().znodes() + " znodes, zxid "
                + Long.toHexString(frame.header().zxid()) + " to "
                + Long.toHexString(frame.end().zxid()) + ".");
        out.println((apply ? "Restoring to " : "Would restore to ") + root + ", with term " + epoch.term()
                + ": tokens from " + ((epoch.term() + 1) << 40) + " on.");
    }

    private void restore(Tree tree, String root, BackupHeader header, boolean empty, Epoch epoch)
            throws KeeperException {
        Closing closing = new Closing(tree);
        CopySurvey survey = new CopySurvey(header.taken());
        BackupReader.read(file, survey::see);
        Restoration restoration = new Restoration(tree, root, closing, epoch, survey);
        restoration.root(header);
        // Agents may have made the namespace anew since it was found empty; from here on they cannot.
        if (!empty || !tree.ask(zk -> zk.getChildren(root, false)).isEmpty()) {
            Clearing clearing = new Clearing(tree, root, closing.acl());
            clearing.fence(epoch);
            keep(tree, root, header);
            restoration.begin(header.root());
            clearing.empty();
        } else {
            restoration.begin(header.root());
        }
        restoration.write(file);
        RestoreRecord record = restoration.note(header, who());
        long wait = restoration.untilLeasesAreOver().toSeconds();
        if (wait > 0) {
            out.println("All is written. Waiting " + (wait + 1) + " s until every lease from before is over.");
        }
        restoration.awaitEndOfLeases();
        out.println(restoration.open(header, record) + " znodes restored; " + root
                + " is open again. Agents come by themselves.");
    }

    /** For people: who works on which machine. */
    private static String who() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "a host without a name";
        }
        return System.getProperty("user.name", "") + "@" + host;
    }

    /** Copies what is about to be removed. */
    private void keep(Tree tree, String root, BackupHeader header) throws KeeperException {
        Path place = file.resolveSibling(file.getFileName() + ".replaced-" + STAMP.format(Instant.now()));
        BackupHeader present =
                new BackupHeader(Paths.name(root), Instant.now(), tree.zxid(), header.above(), header.root());
        try (BackupWriter writer = new BackupWriter(place, present)) {
            // Nobody writes any more but those who are late: it need not be taken again.
            String disturbed = NamespaceCopy.of(tree, root, writer);
            if (!disturbed.isEmpty()) {
                out.println("While what was there was copied, " + disturbed + ".");
            }
            out.println("What was there is kept in " + place + ": " + writer.finish(tree.zxid()) + " znodes.");
        } catch (IOException e) {
            throw new Trouble(
                    Trouble.FINDINGS,
                    "cannot write " + place + ": " + e + "; nobody can use " + root
                            + " until this is run again with --replace");
        }
    }
}
