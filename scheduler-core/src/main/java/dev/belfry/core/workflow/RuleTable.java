package dev.belfry.core.workflow;

import static dev.belfry.core.workflow.Decision.RUN;
import static dev.belfry.core.workflow.Decision.SKIP;
import static dev.belfry.core.workflow.Decision.UPSTREAM_FAILED;
import static java.util.Map.entry;

import dev.belfry.core.job.TriggerRule;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The trigger rules, declared as data: of the lines of a rule the first that holds decides; if none does, the job waits.
 *
 * <p>A decision is made as early as it is certain, and never depends on the order in which upstreams settle: whatever else
 * happens, a later look would decide the same. For that reason an upstream that was skipped does not settle an {@code all-success}
 * job while others are open: one of them may fail, and a failure counts for more. Every rule can be met by jobs that may succeed
 * as well as fail, so no combination of rules makes a job unreachable.
 */
public final class RuleTable {

    /** What a line asks of the upstreams. */
    public enum Test {
        AT_ONCE(counts -> true, "no upstream is waited for"),
        ALL_DONE(counts -> counts.done() == counts.total(), "all upstreams have settled"),
        ALL_SUCCEEDED(counts -> counts.succeeded() == counts.total(), "all upstreams succeeded"),
        ALL_BAD(counts -> counts.bad() == counts.total(), "all upstreams failed"),
        ALL_SKIPPED(counts -> counts.skipped() == counts.total(), "all upstreams were skipped"),
        ANY_SUCCEEDED(counts -> counts.succeeded() > 0, "an upstream succeeded"),
        ANY_FAILED(counts -> counts.failed() > 0, "an upstream failed"),
        ANY_BAD(counts -> counts.bad() > 0, "an upstream failed"),
        ANY_SKIPPED(counts -> counts.skipped() > 0, "an upstream was skipped");

        private final Predicate<UpstreamCounts> predicate;
        private final String words;

        Test(Predicate<UpstreamCounts> predicate, String words) {
            this.predicate = predicate;
            this.words = words;
        }

        /** Whether it holds. */
        public boolean holds(UpstreamCounts counts) {
            return predicate.test(counts);
        }

        /** What it says, in words. */
        public String words() {
            return words;
        }
    }

    /** One line of a rule. */
    public record Line(Test test, Decision decision) {}

    private static final Map<TriggerRule, List<Line>> LINES = new EnumMap<>(Map.ofEntries(
            entry(
                    TriggerRule.ALL_SUCCESS,
                    List.of(
                            line(Test.ANY_BAD, UPSTREAM_FAILED),
                            line(Test.ALL_SUCCEEDED, RUN),
                            line(Test.ALL_DONE, SKIP))),
            entry(
                    TriggerRule.ALL_FAILED,
                    List.of(line(Test.ANY_SUCCEEDED, SKIP), line(Test.ANY_SKIPPED, SKIP), line(Test.ALL_BAD, RUN))),
            entry(TriggerRule.ALL_DONE, List.of(line(Test.ALL_DONE, RUN))),
            entry(
                    TriggerRule.ONE_SUCCESS,
                    List.of(
                            line(Test.ANY_SUCCEEDED, RUN),
                            line(Test.ALL_SKIPPED, SKIP),
                            line(Test.ALL_DONE, UPSTREAM_FAILED))),
            entry(TriggerRule.ONE_FAILED, List.of(line(Test.ANY_BAD, RUN), line(Test.ALL_DONE, SKIP))),
            entry(
                    TriggerRule.ONE_DONE,
                    List.of(line(Test.ANY_SUCCEEDED, RUN), line(Test.ANY_FAILED, RUN), line(Test.ALL_DONE, SKIP))),
            entry(TriggerRule.NONE_FAILED, List.of(line(Test.ANY_BAD, UPSTREAM_FAILED), line(Test.ALL_DONE, RUN))),
            entry(
                    TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
                    List.of(
                            line(Test.ANY_BAD, UPSTREAM_FAILED),
                            line(Test.ALL_SKIPPED, SKIP),
                            line(Test.ALL_DONE, RUN))),
            entry(TriggerRule.NONE_SKIPPED, List.of(line(Test.ANY_SKIPPED, SKIP), line(Test.ALL_DONE, RUN))),
            entry(TriggerRule.ALWAYS, List.of(line(Test.AT_ONCE, RUN)))));

    private RuleTable() {}

    private static Line line(Test test, Decision decision) {
        return new Line(test, decision);
    }

    /** The lines of a rule, the first that holds decides. */
    public static List<Line> lines(TriggerRule rule) {
        List<Line> lines = LINES.get(rule);
        if (lines == null) {
            throw new IllegalStateException("the rule " + rule + " is not in the table");
        }
        return lines;
    }

    /** What a rule decides; a job without upstreams runs. */
    public static Decision decide(TriggerRule rule, UpstreamCounts counts) {
        if (counts.total() == 0) {
            return RUN;
        }
        for (Line line : lines(rule)) {
            if (line.test().holds(counts)) {
                return line.decision();
            }
        }
        return Decision.WAIT;
    }

    /** Why a rule decides what it decides, in words without a full stop. */
    static String reason(TriggerRule rule, UpstreamCounts counts) {
        for (Line line : lines(rule)) {
            if (line.test().holds(counts)) {
                return line.test().words();
            }
        }
        return "waits for " + (counts.total() - counts.done()) + " of " + counts.total() + " upstreams";
    }
}
