package dev.belfry.testkit.cluster;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
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
 * @param change what is done to the methods that match
 * @param tests scenarios to try first, as {@link Trial} takes them
 * @param seeds the seeds from 1 to this are tried then
 * @param caughtAs invariants that may break, as {@link Trial} names them
 */
record Mutant(
        String rule,
        String what,
        String type,
        String method,
        Function<ElementMatcher<? super MethodDescription>, AsmVisitorWrapper> change,
        List<String> tests,
        int seeds,
        Set<String> caughtAs) {

    @Override
    public String toString() {
        return rule + ": " + what;
    }
}
