package dev.belfry.console.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A list in its two forms.
 *
 * @param tree for programs, one element a row
 */
record Listing(TextTable table, List<Map<String, Object>> tree) {

    Listing(TextTable table) {
        this(table, new ArrayList<>());
    }

    /** A word as it is printed. */
    static String word(Enum<?> value) {
        return value.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
