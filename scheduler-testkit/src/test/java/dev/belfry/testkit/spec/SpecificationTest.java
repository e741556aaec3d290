package dev.belfry.testkit.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.spec.Tlc.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The specification in {@code docs/spec}: what has to hold holds, without each rule it does not, and each of its steps is
 * one that the code takes.
 *
 * <p>The small configurations are checked with every build; {@code -Dbelfry.spec=all} checks all of them, and
 * {@code -Dbelfry.spec=Settling} those whose names begin so.
 */
class SpecificationTest {
    private static final int SIDE_BY_SIDE = 2;

    private final List<Configuration> configurations = Configuration.all();
    private final SpecificationPage page = new SpecificationPage();

    @Test
    void everyConfigurationDoesWhatItsFirstLineSays() throws Exception {
        String asked = System.getProperty("belfry.spec", "");
        List<Configuration> chosen = configurations.stream()
                .filter(c -> asked.isEmpty()
                        ? !c.large()
                        : asked.equals("all") || c.name().startsWith(asked))
                .toList();
        assertThat(chosen).as("configurations named by -Dbelfry.spec=" + asked).isNotEmpty();
        List<String> wrong = new ArrayList<>();
        ExecutorService pool = Executors.newFixedThreadPool(SIDE_BY_SIDE);
        try {
            List<Future<Verdict>> running = chosen.stream()
                    .map(configuration -> pool.submit(() -> Tlc.check(configuration)))
                    .toList();
            for (Future<Verdict> each : running) {
                Verdict verdict = each.get();
                System.out.println(verdict);
                judge(verdict, wrong);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(wrong).isEmpty();
    }

    private void judge(Verdict verdict, List<String> wrong) {
        Configuration configuration = verdict.configuration();
        if (!verdict.isAsExpected()) {
            wrong.add(verdict + ", but it is to be: " + configuration.expected() + "; see " + verdict.output());
        } else if (configuration.breaks().isEmpty() && !configuration.large()) {
            // How far a search comes before it finds a counterexample is nobody's business; a whole one is repeatable.
            String states = String.format(Locale.ROOT, "%,d", verdict.states());
            if (!page.row(configuration).get(3).equals(states)) {
                wrong.add(configuration.name() + " has " + states + " states, docs/spec/README.md says "
                        + page.row(configuration).get(3));
            }
        }
    }

    @Test
    void everyConfigurationIsOnThePageWithItsResult() {
        assertThat(page.configurations())
                .containsExactlyInAnyOrderElementsOf(
                        configurations.stream().map(Configuration::name).toList());
        for (Configuration configuration : configurations) {
            assertThat(page.row(configuration).get(2)).as(configuration.name()).isEqualTo(configuration.expected());
        }
    }

    @Test
    void everyRuleIsTakenOutByAConfigurationThatBreaks() {
        for (String module : modules()) {
            List<Configuration> mine = configurations.stream()
                    .filter(c -> c.module().equals(module))
                    .toList();
            List<Configuration> whole =
                    mine.stream().filter(c -> c.breaks().isEmpty()).toList();
            assertThat(whole).as("configurations of " + module + " that hold").isNotEmpty();
            Set<String> rules = new TreeSet<>(whole.get(0).switches().keySet());
            rules.removeIf(rule -> whole.stream().anyMatch(c -> !c.switches().get(rule)));
            for (String rule : rules) {
                assertThat(mine)
                        .as("a configuration that breaks without the rule " + rule + " of " + module)
                        .anyMatch(c -> c.breaks().isPresent() && !c.switches().getOrDefault(rule, true));
            }
        }
    }

    @Test
    void everyStepOfTheSpecificationIsOneThatTheCodeTakes() {
        List<String> problems = new ArrayList<>();
        for (String module : modules()) {
            Set<String> actions = new Module(module).actions();
            for (String action : actions) {
                List<String> takers = page.takers(module, action);
                if (takers.size() != 1) {
                    problems.add(module + "." + action + " is in " + takers.size() + " rows of docs/spec/README.md");
                }
                takers.forEach(
                        cell -> page.problems(cell).forEach(p -> problems.add(module + "." + action + ": " + p)));
            }
            page.actions(module).stream()
                    .filter(named -> !actions.contains(named))
                    .forEach(named -> problems.add(module + " has no step " + named));
        }
        assertThat(problems).isEmpty();
    }

    private Set<String> modules() {
        return configurations.stream().map(Configuration::module).collect(Collectors.toCollection(TreeSet::new));
    }
}
