package dev.belfry.agent;

import java.util.Objects;

/**
 * The answer of a provider that has computed its jobs' result a second time, by a simpler way, and compared the two.
 *
 * @param equal whether the jobs' result is the expected one
 * @param expected the result of the simpler way, one line
 * @param actual the result of the jobs, one line
 * @param explanation what was compared and, when it is not equal, what to look at
 */
public record CheckResult(boolean equal, String expected, String actual, String explanation) {
    public CheckResult {
        Objects.requireNonNull(expected, "expected");
        Objects.requireNonNull(actual, "actual");
        Objects.requireNonNull(explanation, "explanation");
    }
}
