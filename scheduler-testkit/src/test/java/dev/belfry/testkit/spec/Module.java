package dev.belfry.testkit.spec;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One module of the specification, as far as its definitions go. */
final class Module {
    private static final Pattern DEFINITION = Pattern.compile("(?m)^(\\w+)(?:\\([\\w, ]*\\))?\\s*==");
    private static final Pattern WORD = Pattern.compile("\\b[A-Za-z]\\w*\\b(?!')");

    private final String name;
    private final Map<String, String> bodies = new LinkedHashMap<>();

    Module(String name) {
        this.name = name;
        String text = Configuration.read(
                        Configuration.SPECIFICATION.resolve(name + ".tla").toString())
                .replaceAll("(?s)\\(\\*.*?\\*\\)", "")
                .replaceAll("\\\\\\*[^\n]*", "")
                .replaceAll("\"[^\"]*\"", "");
        Matcher definition = DEFINITION.matcher(text);
        String defined = "";
        int from = 0;
        while (definition.find()) {
            bodies.put(defined, text.substring(from, definition.start()));
            defined = definition.group(1);
            from = definition.end();
        }
        bodies.put(defined, text.substring(from));
        if (!bodies.containsKey("Next")) {
            throw new AssertionError("module " + name + " has no Next");
        }
    }

    /** Every step that the system can take: the disjuncts of {@code Next}, and those of what only lists others. */
    Set<String> actions() {
        Set<String> actions = new TreeSet<>();
        collect("Next", actions);
        if (actions.isEmpty()) {
            throw new AssertionError("no step found in Next of " + name);
        }
        return actions;
    }

    private void collect(String definition, Set<String> actions) {
        for (String used : used(definition)) {
            if (changes(used) && isStep(used)) {
                actions.add(used);
            } else if (changes(used)) {
                collect(used, actions);
            }
        }
    }

    private Set<String> used(String definition) {
        Set<String> used = new TreeSet<>();
        for (Matcher word = WORD.matcher(bodies.get(definition)); word.find(); ) {
            if (bodies.containsKey(word.group()) && !word.group().equals(definition)) {
                used.add(word.group());
            }
        }
        return used;
    }

    /** Whether a definition, or what it is made of, says what the next state is. */
    private boolean changes(String definition) {
        return saysNext(definition) || used(definition).stream().anyMatch(this::changes);
    }

    private boolean saysNext(String definition) {
        String body = bodies.get(definition);
        return body.contains("UNCHANGED") || body.matches("(?s).*\\w'.*");
    }

    /** Whether it is one step, with its conditions, and not only a list of others. */
    private boolean isStep(String definition) {
        return saysNext(definition) || bodies.get(definition).contains("/\\");
    }
}
