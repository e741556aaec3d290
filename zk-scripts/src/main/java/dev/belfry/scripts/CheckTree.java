package dev.belfry.scripts;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.KeeperException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what in a namespace is not as it should be, and sets aside what can be. */
@Command(
        name = "check-tree",
        description = {
            "Says what in a namespace is malformed, orphaned, too large, unknown or open to everyone.",
            "Nothing is changed unless --repair is given. Then records that no codec can read, and those that nobody"
                    + " will ever use, are moved to /belfry-lost+found/<namespace>/<instant>, each in one transaction."
        },
        footer =
                "%nExit codes: 0 nothing found, or all of it repaired; 1 findings; 2 wrong usage; 3 cannot reach ZooKeeper.",
        sortOptions = false)
final class CheckTree extends Tool {

    @Mixin
    final Connecting connecting = new Connecting();

    @Option(names = "--repair", description = "Sets aside what can be set aside, after saying what that is.")
    boolean repair;

    @Option(names = "--dry-run", description = "Only says what --repair would do; the default.")
    boolean dryRun;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    public static void main(String[] args) {
        Tool.main(new CheckTree(), args);
    }

    @Override
    int run() throws KeeperException {
        try (Tree tree = connecting.connect()) {
            String root = connecting.root(tree);
            List<Finding> findings = inspect(tree, root);
            findings.forEach(out::println);
            List<Finding> movable = findings.stream().filter(Finding::movable).toList();
            if (!movable.isEmpty()) {
                findings = setAside(tree, root, findings, movable);
            }
            out.println(findings.isEmpty() ? root + " is in order." : root + ": " + findings.size() + " finding(s).");
            return findings.isEmpty() ? 0 : Trouble.FINDINGS;
        }
    }

    private static List<Finding> inspect(Tree tree, String root) {
        List<Node> nodes = new ArrayList<>();
        tree.walk(root, "/", Tree.Depth.EVERYTHING, nodes::add);
        return Inspection.of(nodes);
    }

    /** Says what is to be moved, moves it if that was asked for, and returns what is found then. */
    private List<Finding> setAside(Tree tree, String root, List<Finding> before, List<Finding> movable)
            throws KeeperException {
        LostAndFound place = new LostAndFound(tree, root, Instant.now());
        out.println();
        out.println((repair && !dryRun ? "Setting aside, below " : "With --repair these would be set aside, below ")
                + place.place() + ":");
        movable.forEach(finding -> out.println("  " + finding.path()));
        if (!repair || dryRun) {
            out.println("Nothing was changed.");
            return before;
        }
        for (Finding finding : movable) {
            out.println("  " + finding.path() + ": " + place.setAside(finding));
        }
        List<Finding> after = inspect(tree, root);
        out.println();
        out.println(after.isEmpty() ? "After that nothing is left." : "Left:");
        after.forEach(out::println);
        return after;
    }
}
