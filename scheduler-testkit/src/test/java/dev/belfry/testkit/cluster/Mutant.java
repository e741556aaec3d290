package dev.belfry.testkit.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.matcher.ElementMatcher;

/**
 * A change that takes one rule out of the shipped code, and what must notice it.
 *
 * @param rule as in {@code docs/testing.md}
 * @param what what the changed code does, as a sentence
 * @param type the class that is changed, by its binary name
 * @param method its method that is changed; there must be exactly one of that name
 * @param change what is done to it
 * @param trials what is tried on the changed code until something breaks, as {@link Trial} takes it
 * @param caughtAs invariants that may break, as {@link Trial} names them
 */
record Mutant(
        String rule,
        String what,
        String type,
        String method,
        Change change,
        List<String> trials,
        Set<String> caughtAs) {

    /** How the code of a method is changed. */
    interface Change {
        AsmVisitorWrapper of(ElementMatcher<? super MethodDescription> method);
    }

    @Override
    public String toString() {
        return rule + ": " + what;
    }

    /** The first part of a definition: what is to be broken. */
    record Idea(String rule, String what) {
        Place in(String type, String method, Change change) {
            return new Place(this, type, method, change);
        }
    }

    /** The second: where it is broken, and how. */
    record Place(Idea idea, String type, String method, Change change) {

        /** A test that must break, as one of {@code caughtAs}. */
        Mutant on(String test, String... caughtAs) {
            return tried(List.of(test), caughtAs);
        }

        /** One of the seeds from 1 to {@code seeds} must break, as one of {@code caughtAs}. */
        Mutant within(int seeds, String... caughtAs) {
            List<String> trials = new ArrayList<>();
            for (int seed = 1; seed <= seeds; seed++) {
                trials.add(Integer.toString(seed));
            }
            return tried(List.copyOf(trials), caughtAs);
        }

        private Mutant tried(List<String> trials, String... caughtAs) {
            return new Mutant(idea.rule(), idea.what(), type, method, change, trials, Set.of(caughtAs));
        }
    }
}
