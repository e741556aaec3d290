package dev.belfry.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each rule is taken out of the shipped code, and the simulation must notice: a rule whose loss breaks nothing here
 * would be one that nobody watches.
 */
class RuleMutantsTest {

    static List<Mutant> mutants() {
        return Mutants.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutants")
    void isCaught(Mutant mutant) {
        long begin = System.nanoTime();
        Function<String, Optional<String>> trial = MutantLoader.of(mutant).trial();
        for (String what : trials(mutant)) {
            Optional<String> found = trial.apply(what);
            if (found.isPresent()) {
                System.out.printf(
                        "%-75s %5.1f s, %s: %s%n",
                        mutant,
                        (System.nanoTime() - begin) / 1e9,
                        what,
                        found.get().lines().findFirst().orElse(""));
                assertThat(mutant.caughtAs())
                        .as(found.get())
                        .contains(found.get().substring(0, found.get().indexOf(':')));
                return;
            }
        }
        fail("nobody noticed within " + trials(mutant) + (System.nanoTime() - begin) / 1e9);
    }

    private static List<String> trials(Mutant mutant) {
        List<String> trials = new ArrayList<>(mutant.tests());
        for (int seed = 1; seed <= mutant.seeds(); seed++) {
            trials.add(Integer.toString(seed));
        }
        return trials;
    }

    @Test
    void theShippedCodePassesAllThatItsMutantsAreTriedOn() {
        long begin = System.nanoTime();
        Set<String> trials = new LinkedHashSet<>();
        mutants().forEach(mutant -> trials.addAll(trials(mutant)));
        Function<String, Optional<String>> trial = MutantLoader.unchanged().trial();
        assertThat(trials)
                .allSatisfy(what -> assertThat(trial.apply(what)).as(what).isEmpty());
        System.out.println("unmutated " + (System.nanoTime() - begin) / 1e9);
    }
}
