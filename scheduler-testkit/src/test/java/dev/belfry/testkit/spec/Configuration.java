package dev.belfry.testkit.spec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One thing to be checked of one module: its bounds, the rules that are in force, and what has to come of it, which the
 * first line of the file says: {@code \* holds} or {@code \* breaks: <property>}, and {@code , large} if it takes long.
 *
 * @param name of the file, without its ending; up to the first underscore it is the module's
 * @param breaks the property of which there has to be a counterexample; empty if all of them have to hold
 * @param large whether it is left out unless it is asked for
 * @param text what the file says
 */
record Configuration(String name, Optional<String> breaks, boolean large, String text) {
    static final Path SPECIFICATION = Path.of("../docs/spec");
    private static final Path ALL = SPECIFICATION.resolve("configurations");

    private static final Pattern FIRST_LINE = Pattern.compile("\\\\\\* (?:holds|breaks: (\\w+))(, large)?");
    private static final Pattern SWITCH = Pattern.compile("(?m)^CONSTANT (\\w+) = (TRUE|FALSE)$");
    private static final Pattern PROPERTY = Pattern.compile("(?m)^PROPERTY (\\w+)$");

    /** All of them, by name. */
    static List<Configuration> all() {
        try (Stream<Path> files = Files.list(ALL)) {
            return files.sorted().map(Configuration::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Configuration read(Path file) {
        String name = file.getFileName().toString();
        if (!name.matches("[A-Z]\\w+_\\w+\\.cfg")) {
            throw new AssertionError(file + ": configurations are named <Module>_<what>.cfg");
        }
        String text = read(file.toString());
        Matcher first = FIRST_LINE.matcher(text.lines().findFirst().orElse(""));
        if (!first.matches()) {
            throw new AssertionError(file
                    + ": the first line is to be '\\* holds' or '\\* breaks: <property>', with ', large' or without");
        }
        return new Configuration(
                name.substring(0, name.length() - 4),
                Optional.ofNullable(first.group(1)),
                first.group(2) != null,
                text);
    }

    static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path file() {
        return ALL.resolve(name + ".cfg");
    }

    String module() {
        return name.substring(0, name.indexOf('_'));
    }

    /** What has to come of it, as the page says it. */
    String expected() {
        return breaks.map(property -> "breaks `" + property + "`").orElse("holds");
    }

    /** The rules that are in force, or not. */
    TreeMap<String, Boolean> switches() {
        TreeMap<String, Boolean> found = new TreeMap<>();
        for (Matcher m = SWITCH.matcher(text); m.find(); ) {
            found.put(m.group(1), m.group(2).equals("TRUE"));
        }
        return found;
    }

    /** The temporal property that is checked, if it is only one: the checker does not say which was broken. */
    Optional<String> property() {
        Matcher m = PROPERTY.matcher(text);
        return m.find() ? Optional.of(m.group(1)) : Optional.empty();
    }
}
