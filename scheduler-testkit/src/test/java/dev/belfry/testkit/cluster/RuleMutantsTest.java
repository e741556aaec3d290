package dev.belfry.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each rule is taken out of the shipped code, and the simulation must notice: a rule whose loss breaks nothing here
 * would be one that nobody watches. What must notice is a test of its own, or a few of the seeds with which the whole
 * product passes.
 */
class RuleMutantsTest {

    /** All, or with {@code -Dbelfry.mutants=Q11} those of one rule. */
    static List<Mutant> mutants() {
        String rule = System.getProperty("belfry.mutants", "");
        return Mutants.all().stream()
                .filter(mutant -> rule.isEmpty() || mutant.rule().matches(rule))
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutants")
    void isCaught(Mutant mutant) {
        Function<String, Optional<String>> trial = MutantLoader.of(mutant).trial();
        for (String what : mutant.trials()) {
            Optional<String> found = trial.apply(what);
            if (found.isPresent()) {
                String line = found.get().lines().findFirst().orElse("");
                System.out.printf("%s%n    %s: %.200s%n", mutant, what, line);
                assertThat(line.substring(0, line.indexOf(':'))).as(found.get()).isIn(mutant.caughtAs());
                return;
            }
        }
        fail("nobody noticed: " + mutant + "; tried " + mutant.trials());
    }

    @Test
    void everyRuleHasAMutant() {
        assertThat(Mutants.all().stream().map(Mutant::rule).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(
                        "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "5.4", "5.6", "6", "3", "Q3", "Q4", "Q5", "Q7",
                        "Q8", "Q9", "Q10", "Q11", "Q12", "W1", "W2", "W3", "W5");
    }

    @Test
    void theShippedCodePassesAllThatItsMutantsAreTriedOn() {
        Set<String> trials = new LinkedHashSet<>();
        mutants().forEach(mutant -> trials.addAll(mutant.trials()));
        Function<String, Optional<String>> trial = MutantLoader.unchanged().trial();
        assertThat(trials)
                .allSatisfy(what -> assertThat(trial.apply(what)).as(what).isEmpty());
    }
}
