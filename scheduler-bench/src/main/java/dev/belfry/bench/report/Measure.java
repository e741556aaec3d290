package dev.belfry.bench.report;

/**
 * One number that was measured.
 *
 * @param system scheduler that it is about
 * @param point what was asked of it, such as {@code together 1000/s}
 * @param repeat from 1
 * @param metric name with its unit, such as {@code late_p99_ms}
 */
public record Measure(String system, String point, int repeat, String metric, double value) {

    /**
     * Begins the metrics of a plot over time: the greatest lateness of the fires that were due in one second, whose number from
     * the instant at which something was lost follows.
     */
    public static final String LATE_IN_SECOND = "late_max_ms_at_";

    public Measure {
        for (String text : new String[] {system, point, metric}) {
            if (text.isBlank() || text.contains(",") || text.contains("\n")) {
                throw new IllegalArgumentException("not a name for a column: '" + text + "'");
            }
        }
    }
}
