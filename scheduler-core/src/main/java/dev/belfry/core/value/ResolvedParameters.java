package dev.belfry.core.value;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The parameters of one run, with everything that they refer to.
 *
 * @param values by name; without those that cannot be resolved
 * @param problems what cannot be resolved, each with the name of its parameter; empty if the run can start
 */
public record ResolvedParameters(Map<String, String> values, List<String> problems) {

    /** The longest value of a parameter, in characters, as in a definition. */
    public static final int LONGEST = 8_192;

    public ResolvedParameters {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
        problems = List.copyOf(problems);
    }

    /** Resolves all parameters of a run. The same arguments give the same answer. */
    public static ResolvedParameters of(Map<String, String> parameters, Surroundings from) {
        Map<String, String> values = new TreeMap<>();
        List<String> problems = new ArrayList<>();
        new TreeMap<>(parameters).forEach((name, text) -> {
            List<String> wrong = new ArrayList<>();
            String value = resolve(text, from, wrong);
            if (value.length() > LONGEST) {
                wrong.add(String.format(
                        Locale.ROOT,
                        "the value has %,d characters, at most %,d fit; let the code read the output instead",
                        value.length(),
                        LONGEST));
            }
            if (wrong.isEmpty()) {
                values.put(name, value);
            }
            wrong.forEach(each -> problems.add("parameter " + name + ": " + each));
        });
        return new ResolvedParameters(values, problems);
    }

    private static String resolve(String text, Surroundings from, List<String> wrong) {
        if (Template.isPlain(text)) {
            return text;
        }
        try {
            return Template.parse(text).resolve(from, wrong);
        } catch (ValueSyntaxException e) {
            wrong.add(e.reason() + " (at character " + e.index() + "; expected " + e.expected() + ")");
            return "";
        }
    }
}
