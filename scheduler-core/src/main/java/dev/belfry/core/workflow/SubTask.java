package dev.belfry.core.workflow;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A part of a run that the run's own code splits off.
 *
 * @param name tells it from the others of the same run: 1 to 64 letters, digits and {@code . _ -}. The code must give the same part
 *     the same name whenever it runs, so that a second attempt of it creates nothing twice
 * @param parameters for the code that runs the part
 */
public record SubTask(String name, Map<String, String> parameters) {

    /** The longest name, in characters. */
    public static final int LONGEST_NAME = 64;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1," + LONGEST_NAME + "}");

    public SubTask {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not the name of a sub-task: \"" + name + "\" (expected 1 to "
                    + LONGEST_NAME + " letters, digits and . _ -)");
        }
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
    }

    /** A part without parameters. */
    public static SubTask named(String name) {
        return new SubTask(name, Map.of());
    }
}
