package dev.belfry.testkit.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Every place of the product that asks the store something, found in its sources: the arguments that go where some
 * method says {@code String site}. A place whose name is not written where it is asked for is an error.
 */
final class CallSites {
    /** Where the port is, and where everything is that uses it. */
    private static final List<Path> SOURCES = List.of(
            Path.of("../scheduler-core/src/main/java/dev/belfry/store/Store.java"),
            Path.of("../scheduler-core/src/main/java/dev/belfry/store/Transaction.java"),
            Path.of("../scheduler-agent/src/main/java"));

    private static final Pattern DECLARED =
            Pattern.compile("\\b(\\w+)\\(([^(){}]*\\bString site\\b[^(){}]*)\\)\\s*(?:\\{|;|throws)");
    private static final Pattern NAME = Pattern.compile("\"([a-z]+(?:-[a-z]+)*)\"( \\+ root)?");
    /** A subtree that is mirrored: the sites of a mirror carry its root. */
    private static final Pattern MIRROR = Pattern.compile("new Mirror\\([^;]*?Paths\\.([A-Z]+),");

    /** Calls that ask the store, whatever their arguments look like. */
    private static final Set<String> ASKING = Set.of(
            "Transaction.at",
            "fence.apply",
            "store.read",
            "store.children",
            "store.sync",
            "store.follow",
            "requests.read",
            "requests.readAll",
            "requests.children",
            "requests.sync",
            "requests.settled");

    private static final Path PATHS = Path.of("../scheduler-core/src/main/java/dev/belfry/core/record/Paths.java");

    /** For each method that takes a site: where among its arguments. */
    private final TreeMap<String, Set<Integer>> takers = new TreeMap<>();

    private final Set<String> roots = new TreeSet<>();
    private final Set<String> sites = new TreeSet<>();
    private final List<String> unnamed = new ArrayList<>();

    private CallSites(List<String> sources, String paths) {
        for (String source : sources) {
            for (Matcher m = DECLARED.matcher(source); m.find(); ) {
                List<String> parameters = List.of(m.group(2).trim().split("\\s*,\\s*"));
                takers.computeIfAbsent(m.group(1), name -> new TreeSet<>()).add(parameters.indexOf("String site"));
            }
            for (Matcher m = MIRROR.matcher(source); m.find(); ) {
                Matcher root =
                        Pattern.compile(" " + m.group(1) + " = \"([^\"]+)\"").matcher(paths);
                if (!root.find()) {
                    throw new AssertionError("a mirror of Paths." + m.group(1) + ", which says nothing");
                }
                roots.add(root.group(1));
            }
        }
        // A fence is a function that makes the transaction of a site.
        takers.computeIfAbsent("fence.apply", name -> new TreeSet<>()).add(0);
        takers.computeIfAbsent("Transaction.at", name -> new TreeSet<>()).add(0);
        sources.forEach(this::search);
    }

    /** The sites, as the simulated store counts them. */
    static Set<String> ofTheProduct() {
        List<String> sources = new ArrayList<>();
        for (Path root : SOURCES) {
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .sorted()
                        .forEach(file -> sources.add(read(file)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        CallSites found = new CallSites(sources, read(PATHS));
        if (!found.unnamed.isEmpty()) {
            throw new AssertionError("name the site where it is asked for: " + found.unnamed);
        }
        return found.sites;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).replaceAll("(?s)/\\*.*?\\*/|//[^\n]*", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void search(String source) {
        takers.forEach((taker, places) -> {
            Matcher m = Pattern.compile("(\\w+\\.)?\\b" + Pattern.quote(taker) + "\\(")
                    .matcher(source);
            while (m.find()) {
                List<String> arguments = arguments(source, m.end());
                List<String> names = places.stream()
                        .filter(place -> place < arguments.size())
                        .map(arguments::get)
                        .toList();
                String receiver = m.group(1) == null ? "" : m.group(1);
                if (!take(names) && ASKING.contains(receiver + taker) && !names.contains("site")) {
                    unnamed.add(receiver + taker + arguments);
                }
            }
        });
    }

    private boolean take(List<String> arguments) {
        boolean found = false;
        for (String argument : arguments) {
            for (Matcher m = NAME.matcher(argument); m.find(); ) {
                found = true;
                if (m.group(2) == null) {
                    sites.add(m.group(1));
                } else {
                    roots.forEach(root -> sites.add(m.group(1) + root));
                }
            }
        }
        return found;
    }

    /** The arguments of a call, of which the first begins at {@code from}. */
    private static List<String> arguments(String source, int from) {
        List<String> arguments = new ArrayList<>();
        int depth = 0;
        int begin = from;
        for (int i = from; i < source.length(); i++) {
            char c = source.charAt(i);
            if (c == '"') {
                i = source.indexOf('"', i + 1);
            } else if (c == '(' || c == '{' || c == '[') {
                depth++;
            } else if ((c == ')' || c == ',') && depth == 0) {
                arguments.add(source.substring(begin, i).trim());
                begin = i + 1;
                if (c == ')') {
                    return arguments;
                }
            } else if (c == ')' || c == '}' || c == ']') {
                depth--;
            }
        }
        throw new AssertionError(
                "no end of the call at " + source.substring(from, Math.min(from + 80, source.length())));
    }
}
