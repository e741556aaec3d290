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
            "Each znode is as it was at some moment while the copy was taken. The file is checked before it gets its name;"
                    + " restore puts it back."
        },
        footer = Tool.EXIT_CODES,
        sortOptions = false)
final class Backup extends Tool {

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
            long from = tree.zxid();
            BackupHeader header = new BackupHeader(
                    Paths.name(root),
                    Instant.now(),
                    from,
                    NamespaceCopy.acl(tree, Connecting.BELFRY),
                    NamespaceCopy.acl(tree, root));
            try (BackupWriter writer = new BackupWriter(file, header)) {
                NamespaceCopy.of(tree, root, writer);
                long to = tree.zxid();
                long znodes = writer.finish(to);
                PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
                out.println(root + ": " + znodes + " znodes, " + Files.size(file) + " bytes, in " + file + ".");
                out.println("Every transaction up to " + Long.toHexString(from) + " is in it, none after "
                        + Long.toHexString(to) + ".");
            }
            return 0;
        } catch (IOException e) {
            throw new Trouble(Trouble.FINDINGS, "cannot write " + file + ": " + e);
        } catch (UncheckedIOException e) {
            throw new Trouble(Trouble.FINDINGS, "cannot write " + file + ": " + e.getCause());
        }
    }
}
