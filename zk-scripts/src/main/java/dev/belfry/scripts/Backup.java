package dev.belfry.scripts;

import dev.belfry.core.record.Paths;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.apache.zookeeper.KeeperException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a copy of a namespace to a file. */
@Command(
        name = "backup",
        description = {
            "Writes a copy of a namespace to a file, while agents go on: every znode that lasts, with its ACL. What ends with"
                    + " its session is left out.",
            "Each znode is as it was at some moment while the copy was taken; restore sees to it that they belong together."
                    + " The file is checked before it gets its name;"
                    + " restore puts it back."
        },
        footer = Tool.EXIT_CODES,
        sortOptions = false)
final class Backup extends Tool {

    /** How often it is taken while definitions change. */
    private static final int TRIES = 5;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    @Mixin
    final Connecting connecting = new Connecting();

    @Option(names = "--overwrite", description = "Replaces the file if there is one.")
    boolean overwrite;

    @Parameters(paramLabel = "FILE", description = "Where to write; only you may read it.")
    Path file = Path.of("");

    public static void main(String[] args) {
        Tool.main(new Backup(), args);
    }

    @Override
    int run() throws KeeperException {
        if (Files.exists(file) && !overwrite) {
            throw new Trouble(Trouble.FINDINGS, file + " is there already; name another file, or give --overwrite");
        }
        try (Tree tree = connecting.connect()) {
            String root = connecting.root(tree);
            for (int i = 1; !copied(tree, root, i == TRIES); i++) {
                out.println("Taking it again.");
            }
            return 0;
        } catch (IOException e) {
            throw new Trouble(Trouble.FINDINGS, "cannot write " + file + ": " + e);
        } catch (UncheckedIOException e) {
            throw new Trouble(Trouble.FINDINGS, "cannot write " + file + ": " + e.getCause());
        }
    }

    /** Whether it was written; not if its parts do not belong together and {@code last} is not set. */
    private boolean copied(Tree tree, String root, boolean last) throws KeeperException, IOException {
        long from = tree.zxid();
        BackupHeader header = new BackupHeader(
                Paths.name(root),
                Instant.now(),
                from,
                NamespaceCopy.acl(tree, Connecting.BELFRY),
                NamespaceCopy.acl(tree, root));
        try (BackupWriter writer = new BackupWriter(file, header)) {
            String disturbed = NamespaceCopy.of(tree, root, writer);
            if (!disturbed.isEmpty()) {
                out.println("While it was taken, " + disturbed + ".");
                if (!last) {
                    return false;
                }
                out.println("It is kept as it is: 'belfry verify' may find something wrong around " + header.taken()
                        + " once it is restored.");
            }
            long to = tree.zxid();
            long znodes = writer.finish(to);
            out.println(root + ": " + znodes + " znodes, " + Files.size(file) + " bytes, in " + file + ".");
            out.println("Every transaction up to " + Long.toHexString(from) + " is in it, none after "
                    + Long.toHexString(to) + ".");
            return true;
        }
    }
}
