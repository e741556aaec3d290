package dev.belfry.scripts;

import dev.belfry.core.record.Paths;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.zookeeper.KeeperException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Counts what a namespace consists of. */
@Command(
        name = "census",
        description = "Counts znodes, bytes, sessions and watches of a namespace, subtree by subtree.",
        footer = Tool.EXIT_CODES,
        sortOptions = false)
final class Census extends Tool {

    @Mixin
    final Connecting connecting = new Connecting();

    @Option(names = "--top", paramLabel = "N", description = "How many of the largest to list (default 10).")
    int top = 10;

    private final Map<String, Subtree> subtrees = new TreeMap<>();
    private final Subtree all = new Subtree();
    private final List<Node> nodes = new ArrayList<>();

    /** The counts of one subtree. */
    private static final class Subtree {
        long znodes;
        long bytes;
        long watches;
        final Set<Long> sessions = new HashSet<>();

        void add(Node node) {
            znodes++;
            bytes += node.size();
            if (node.ephemeral()) {
                sessions.add(node.stat().getEphemeralOwner());
            }
        }
    }

    public static void main(String[] args) {
        Tool.main(new Census(), args);
    }

    @Override
    int run() throws KeeperException {
        try (Tree tree = connecting.connect()) {
            String root = connecting.root(tree);
            tree.walk(root, "/", Tree.Depth.SHAPE, this::count);
            PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
            boolean watchesKnown = countWatches(root);
            out.println(root + " at " + connecting.servers());
            printSubtrees(out, watchesKnown);
            printTop(out, "largest znodes", "bytes", Node::size);
            printTop(out, "most children", "children", node -> node.children().size());
            printServers(out, watchesKnown);
            out.flush();
            return 0;
        }
    }

    private static String subtree(String path) {
        int second = path.indexOf('/', 1);
        return second < 0 ? path : path.substring(0, second);
    }

    private void count(Node node) {
        // Children are known by their number from here on: a census of a million znodes keeps no contents.
        nodes.add(node);
        subtrees.computeIfAbsent(subtree(node.path()), absent -> new Subtree()).add(node);
        all.add(node);
    }

    /** Counts watches by path where the servers tell; says whether all did. */
    private boolean countWatches(String root) {
        boolean told = true;
        for (InetSocketAddress server : FourLetterWord.servers(connecting.servers())) {
            Optional<String> answer = FourLetterWord.ask(server, "wchp");
            told &= answer.isPresent();
            String path = "";
            for (String line : answer.orElse("").split("\n")) {
                if (line.startsWith("/")) {
                    path = line.trim();
                } else if (!line.isBlank() && (path.equals(root) || path.startsWith(root + "/"))) {
                    String below = path.equals(root) ? "/" : path.substring(root.length());
                    subtrees.computeIfAbsent(subtree(below), absent -> new Subtree()).watches++;
                    all.watches++;
                }
            }
        }
        return told;
    }

    private void printSubtrees(PrintStream out, boolean watchesKnown) {
        String format = "%-16s %10s %14s %10s %10s%n";
        out.printf(Locale.ROOT, format, "subtree", "znodes", "bytes", "sessions", "watches");
        subtrees.forEach((name, subtree) -> print(out, format, name, subtree, watchesKnown));
        print(out, format, "all", all, watchesKnown);
    }

    private static void print(PrintStream out, String format, String name, Subtree subtree, boolean watchesKnown) {
        out.printf(
                Locale.ROOT,
                format,
                name,
                subtree.znodes,
                subtree.bytes,
                subtree.sessions.size(),
                watchesKnown ? subtree.watches : "?");
    }

    private interface Size {
        int of(Node node);
    }

    private void printTop(PrintStream out, String title, String unit, Size size) {
        out.println();
        out.println(title + ":");
        nodes.stream()
                .filter(node -> size.of(node) > 0)
                .sorted(Comparator.comparingInt((Node node) -> -size.of(node)).thenComparing(Node::path))
                .limit(top)
                .forEach(
                        node -> out.printf(Locale.ROOT, "  %8d %s  %s%n", size.of(node), unit, shortened(node.path())));
    }

    private static String shortened(String path) {
        return path.length() <= 120 ? path : "..." + Paths.name(path);
    }

    private void printServers(PrintStream out, boolean watchesKnown) {
        out.println();
        for (InetSocketAddress server : FourLetterWord.servers(connecting.servers())) {
            String name = server.getHostString() + ":" + server.getPort();
            Optional<String> answer = FourLetterWord.ask(server, "mntr");
            if (answer.isEmpty()) {
                out.println(
                        "server " + name + ": does not answer 'mntr'; allow it with 4lw.commands.whitelist=srvr,mntr");
                continue;
            }
            Map<String, String> values = new HashMap<>();
            for (String line : answer.get().split("\n")) {
                String[] parts = line.split("\t", 2);
                values.put(parts[0], parts.length > 1 ? parts[1].trim() : "");
            }
            out.println("server " + name + ": role=" + values.get("zk_server_state")
                    + " connections=" + values.get("zk_num_alive_connections")
                    + " sessions=" + values.getOrDefault("zk_global_sessions", "?")
                    + " watches=" + values.get("zk_watch_count")
                    + " znodes=" + values.get("zk_znode_count")
                    + " ephemerals=" + values.get("zk_ephemerals_count")
                    + " bytes=" + values.get("zk_approximate_data_size"));
        }
        if (!watchesKnown) {
            out.println("watches per subtree: not told; a server tells where 'wchp' is on its white list,"
                    + " which is dear on servers with many watches");
        }
    }
}
