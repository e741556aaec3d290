package dev.belfry.core.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.TriggerRule;
import dev.belfry.core.run.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RuleTableTest {

    private static final int MOST = 5;

    @Test
    void onceDecidedNothingThatHappensLaterWouldDecideOtherwise() {
        for (TriggerRule rule : TriggerRule.values()) {
            for (List<UpstreamState> states : allStates()) {
                Decision early = RuleTable.decide(rule, UpstreamCounts.of(states));
                int open = states.indexOf(UpstreamState.OPEN);
                if (early == Decision.WAIT || open < 0) {
                    continue;
                }
                for (UpstreamState settled : settled()) {
                    List<UpstreamState> later = new ArrayList<>(states);
                    later.set(open, settled);
                    assertThat(RuleTable.decide(rule, UpstreamCounts.of(later)))
                            .as("%s: %s, then %s", rule, states, later)
                            .isEqualTo(early);
                }
            }
        }
    }

    @Test
    void noJobWaitsOnceItsUpstreamsHaveSettled() {
        for (TriggerRule rule : TriggerRule.values()) {
            for (List<UpstreamState> states : allStates()) {
                if (!states.contains(UpstreamState.OPEN)) {
                    assertThat(RuleTable.decide(rule, UpstreamCounts.of(states)))
                            .as("%s: %s", rule, states)
                            .isNotEqualTo(Decision.WAIT);
                }
            }
        }
    }

    @Test
    void aJobWaitsOnlyWhileBothWaysAreStillPossible() {
        for (TriggerRule rule : TriggerRule.values()) {
            for (List<UpstreamState> states : allStates()) {
                if (RuleTable.decide(rule, UpstreamCounts.of(states)) != Decision.WAIT) {
                    continue;
                }
                List<Decision> possible = completions(states).stream()
                        .map(full -> RuleTable.decide(rule, UpstreamCounts.of(full)))
                        .distinct()
                        .toList();
                boolean mustSettle = rule == TriggerRule.ALL_DONE;
                assertThat(possible.size() > 1 || mustSettle)
                        .as("%s waits at %s although only %s is possible", rule, states, possible)
                        .isTrue();
            }
        }
    }

    @Test
    void whatARuleDecidesWhenAllHaveSettledIsWhatItsNameSays() {
        for (TriggerRule rule : TriggerRule.values()) {
            for (List<UpstreamState> states : allStates()) {
                if (!states.contains(UpstreamState.OPEN)) {
                    assertThat(RuleTable.decide(rule, UpstreamCounts.of(states)))
                            .as("%s: %s", rule, states)
                            .isEqualTo(PlainRules.decide(rule, states));
                }
            }
        }
    }

    @Test
    void everyRuleCanBeMetByJobsThatMaySucceedOrFail() {
        for (TriggerRule rule : TriggerRule.values()) {
            Decision afterSuccess = PlainRules.decide(rule, List.of(UpstreamState.SUCCEEDED, UpstreamState.SUCCEEDED));
            Decision afterFailure = PlainRules.decide(rule, List.of(UpstreamState.FAILED, UpstreamState.FAILED));
            assertThat(List.of(afterSuccess, afterFailure)).as("%s", rule).contains(Decision.RUN);
        }
    }

    @Test
    void everyLineOfTheTableIsNeeded() {
        for (TriggerRule rule : TriggerRule.values()) {
            List<RuleTable.Line> lines = RuleTable.lines(rule);
            for (RuleTable.Line line : lines) {
                assertThat(allStates())
                        .as("%s: %s", rule, line)
                        .anyMatch(states -> lines.stream()
                                .filter(each -> each.test().holds(UpstreamCounts.of(states)))
                                .findFirst()
                                .equals(Optional.of(line)));
            }
        }
    }

    @Test
    void everyOutcomeCountsAsTheDocumentationSays() {
        Map<Outcome, UpstreamState> expected = new LinkedHashMap<>();
        expected.put(Outcome.SUCCEEDED, UpstreamState.SUCCEEDED);
        expected.put(Outcome.FAILED, UpstreamState.FAILED);
        expected.put(Outcome.TIMED_OUT, UpstreamState.FAILED);
        expected.put(Outcome.CANCELLED, UpstreamState.FAILED);
        expected.put(Outcome.SKIPPED, UpstreamState.SKIPPED);
        expected.put(Outcome.MISSED, UpstreamState.SKIPPED);
        expected.put(Outcome.SUPERSEDED, UpstreamState.SKIPPED);
        expected.put(Outcome.UPSTREAM_FAILED, UpstreamState.UPSTREAM_FAILED);
        expected.put(Outcome.LOST, UpstreamState.FAILED);
        expected.put(Outcome.UNKNOWN, UpstreamState.FAILED);
        assertThat(expected).containsOnlyKeys(Outcome.values());
        expected.forEach(
                (outcome, state) -> assertThat(UpstreamState.of(outcome)).isEqualTo(state));
    }

    @Test
    void theReasonNamesTheUpstreamsThatMatter() {
        Map<String, UpstreamState> states = new LinkedHashMap<>();
        states.put("a", UpstreamState.SUCCEEDED);
        states.put("b", UpstreamState.OPEN);
        states.put("c", UpstreamState.FAILED);
        assertThat(Verdict.of(TriggerRule.ALL_SUCCESS, states).reason())
                .isEqualTo("all-success: an upstream failed (c failed)");
        assertThat(Verdict.of(TriggerRule.ALL_DONE, states).reason())
                .isEqualTo("all-done: waits for 1 of 3 upstreams (b)");
        assertThat(Verdict.of(TriggerRule.ONE_SUCCESS, states).reason())
                .isEqualTo("one-success: an upstream succeeded (c failed)");
        for (char name = 'd'; name < 'm'; name++) {
            states.put(String.valueOf(name), UpstreamState.UPSTREAM_FAILED);
        }
        assertThat(Verdict.of(TriggerRule.NONE_FAILED, states).reason())
                .isEqualTo(
                        "none-failed: an upstream failed (c failed, d did not run for a failure before it, e did not run"
                                + " for a failure before it, f did not run for a failure before it, g did not run for a failure"
                                + " before it and 5 more)");
    }

    private static List<UpstreamState> settled() {
        return Arrays.stream(UpstreamState.values())
                .filter(state -> state != UpstreamState.OPEN)
                .toList();
    }

    /** Every list of 1 to {@link #MOST} states. */
    private static List<List<UpstreamState>> allStates() {
        List<List<UpstreamState>> all = new ArrayList<>();
        List<List<UpstreamState>> longest = List.of(List.of());
        for (int n = 1; n <= MOST; n++) {
            List<List<UpstreamState>> longer = new ArrayList<>();
            for (List<UpstreamState> states : longest) {
                for (UpstreamState next : UpstreamState.values()) {
                    List<UpstreamState> more = new ArrayList<>(states);
                    more.add(next);
                    longer.add(more);
                }
            }
            all.addAll(longer);
            longest = longer;
        }
        return all;
    }

    private static List<List<UpstreamState>> completions(List<UpstreamState> states) {
        int open = states.indexOf(UpstreamState.OPEN);
        if (open < 0) {
            return List.of(states);
        }
        List<List<UpstreamState>> all = new ArrayList<>();
        for (UpstreamState next : settled()) {
            List<UpstreamState> more = new ArrayList<>(states);
            more.set(open, next);
            all.addAll(completions(more));
        }
        return all;
    }
}
