package dev.belfry.scripts;

import dev.belfry.core.record.CorruptRecordException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.KeeperException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints a namespace, or a part of it, as the codecs read it. */
@Command(
        name = "dump",
        description = "Prints the tree of a namespace, or a part of it, with every record decoded.",
        footer = Tool.EXIT_CODES,
        sortOptions = false)
final class Dump extends Tool {

    @Mixin
    final Connecting connecting = new Connecting();

    @Option(names = "--raw", description = "Content as it is stored: text as it is, other bytes in Base64.")
    boolean raw;

    @Option(names = "--paths", description = "Paths, sizes and versions only.")
    boolean pathsOnly;

    @Parameters(paramLabel = "PATH", arity = "0..1", description = "Where to begin, below the namespace (default /).")
    String from = "/";

    public static void main(String[] args) {
        Tool.main(new Dump(), args);
    }

    @Override
    int run() throws KeeperException {
        if (!from.startsWith("/") || (from.length() > 1 && from.endsWith("/"))) {
            throw new Trouble(Trouble.USAGE, "a path begins with a slash and does not end with one: '" + from + "'");
        }
        try (Tree tree = connecting.connect()) {
            String root = connecting.root(tree);
            List<Node> nodes = new ArrayList<>();
            tree.walk(root, from, pathsOnly ? Tree.Depth.SHAPE : Tree.Depth.CONTENT, nodes::add);
            if (nodes.isEmpty()) {
                throw new Trouble(Trouble.FINDINGS, "there is no " + from + " in " + root);
            }
            // A slash sorts before every other character, so that children follow their parent.
            nodes.sort(Comparator.comparing(node -> node.path().replace('/', '\0')));
            PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
            nodes.forEach(node -> print(node, out));
            out.flush();
            return 0;
        }
    }

    private void print(Node node, PrintStream out) {
        StringBuilder line = new StringBuilder(node.path());
        line.append("  version=").append(node.stat().getVersion());
        line.append(" bytes=").append(node.size());
        if (!node.children().isEmpty()) {
            line.append(" children=").append(node.children().size());
        }
        if (node.ephemeral()) {
            line.append(" session=").append(Long.toHexString(node.stat().getEphemeralOwner()));
        }
        line.append(" modified=").append(Instant.ofEpochMilli(node.stat().getMtime()));
        out.println(line);
        if (node.denied()) {
            out.println("    may not be read with this identity; see --user");
        } else if (!pathsOnly && node.data().length > 0) {
            out.println(
                    (raw ? Legible.text(node.data()) : decoded(node)).indent(4).stripTrailing());
        }
    }

    private static String decoded(Node node) {
        Optional<ZnodeKind> kind = ZnodeKinds.of(node.path());
        if (kind.isEmpty()) {
            return "not a path that this version knows: " + Legible.text(node.data());
        }
        try {
            return Json.pretty(kind.get().read(node));
        } catch (CorruptRecordException e) {
            return "MALFORMED: " + e.getMessage() + "\n" + Legible.text(node.data());
        }
    }
}
