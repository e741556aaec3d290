package dev.belfry.examples.search.result;

import dev.belfry.examples.search.text.Tokeniser;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * A question to the index.
 *
 * @param text what is searched for
 * @param expected the path of the document that is the right answer; empty when none is known
 */
public record Query(String text, String expected) {
    /** The distinct terms. */
    public NavigableSet<String> terms() {
        NavigableSet<String> terms = new TreeSet<>();
        Tokeniser.terms(text, terms::add);
        return terms;
    }
}
