package dev.belfry.core.job;

import java.util.Optional;
import java.util.function.Function;

/**
 * Parameters of a built-in handler whose names begin alike, such as {@code header.NAME}.
 *
 * @param prefix what the names begin with; empty for any name that means nothing else
 * @param placeholder how documents write the rest of the name
 * @param names what is wrong with the rest of a name, if anything is
 * @param pattern what the rest of a right name matches, for the schema; empty if anything may be right
 * @param meaning one sentence for the reference
 */
record ParameterFamily(
        String prefix,
        String placeholder,
        Shape<String> shape,
        Function<String, Optional<Complaint>> names,
        String pattern,
        String meaning) {

    /** How documents write the names of it. */
    String title() {
        return prefix + placeholder;
    }

    boolean holds(String name) {
        return name.startsWith(prefix);
    }
}
