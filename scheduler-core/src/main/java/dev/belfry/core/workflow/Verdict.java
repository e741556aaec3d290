package dev.belfry.core.workflow;

import dev.belfry.core.job.TriggerRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What is decided about a job, and why.
 *
 * @param reason for people, one sentence without a full stop, such as {@code all-success: an upstream failed (tokenise failed)}
 */
public record Verdict(Decision decision, String reason) {

    private static final int MOST_NAMES = 5;

    public Verdict {
        Objects.requireNonNull(decision, "decision");
        Objects.requireNonNull(reason, "reason");
    }

    /**
     * The verdict of a rule.
     *
     * @param upstreams the state of every direct upstream by name, in the order of the definition
     */
    public static Verdict of(TriggerRule rule, Map<String, UpstreamState> upstreams) {
        UpstreamCounts counts = UpstreamCounts.of(upstreams.values());
        Decision decision = RuleTable.decide(rule, counts);
        if (counts.total() == 0) {
            return new Verdict(decision, "has no upstreams");
        }
        String word = rule.name().toLowerCase(Locale.ROOT).replace('_', '-');
        return new Verdict(decision, word + ": " + RuleTable.reason(rule, counts) + named(decision, upstreams));
    }

    /** The upstreams that explain a decision: those still open, or else those that did not succeed. */
    private static String named(Decision decision, Map<String, UpstreamState> upstreams) {
        List<String> names = new ArrayList<>();
        new LinkedHashMap<>(upstreams).forEach((name, state) -> {
            boolean open = state == UpstreamState.OPEN;
            if (decision == Decision.WAIT && open) {
                names.add(name);
            } else if (decision != Decision.WAIT && !open && state != UpstreamState.SUCCEEDED) {
                names.add(name + " " + words(state));
            }
        });
        if (names.isEmpty()) {
            return "";
        }
        String shown = String.join(", ", names.subList(0, Math.min(names.size(), MOST_NAMES)));
        int more = names.size() - MOST_NAMES;
        return " (" + shown + (more > 0 ? " and " + more + " more)" : ")");
    }

    private static String words(UpstreamState state) {
        return switch (state) {
            case OPEN -> "is open";
            case SUCCEEDED -> "succeeded";
            case SKIPPED -> "was skipped";
            case FAILED -> "failed";
            case UPSTREAM_FAILED -> "did not run for a failure before it";
        };
    }
}
