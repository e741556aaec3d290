package dev.belfry.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The plots of the page. */
final class Plots {
    /** As in the names of metrics, {@code late_NAME_ms}; the upper half of the distribution, where the differences are. */
    private static final List<String> PARTS = List.of("p10", "p25", "p50", "p75", "p90", "p95", "p99", "p999", "max");

    private Plots() {}

    /** By file name. */
    static Map<String, String> of(Results results) {
        return switch (results.raw().workload()) {
            case "sustained-fires" ->
                new TreeMap<>(Map.of(
                        "sustained-fires.svg",
                                rates(results, "fired_per_s", "fired/s", "Fires a second: asked and fired"),
                        "sustained-fires-late.svg",
                                rates(results, "late_p99_ms", "p99 ms", "Lateness at p99 against the rate asked")));
            case "same-instant" -> Map.of("same-instant.svg", lateness(results));
            default -> Map.of();
        };
    }

    private static String rates(Results results, String metric, String title, String heading) {
        Plot plot = new Plot(heading, Plot.Axis.logarithmic("asked/s"), Plot.Axis.logarithmic(title));
        Map<String, List<double[]>> lines = new LinkedHashMap<>();
        for (Results.Row row : results.rows()) {
            // A point is "together 100/s": how the fires were due, and how many.
            String due = row.point().substring(0, row.point().indexOf(' '));
            results.of(row, metric)
                    .ifPresent(value -> lines.computeIfAbsent(row.system() + " " + due, name -> new ArrayList<>())
                            .add(new double[] {
                                results.of(row, "asked_per_s")
                                        .map(Spread::median)
                                        .orElse(Double.NaN),
                                value.median()
                            }));
        }
        lines.forEach(plot::line);
        return plot.svg();
    }

    private static String lateness(Results results) {
        Plot plot = new Plot(
                "Lateness of 100 fires due at the same instant: the part of all fires that is no later",
                new Plot.Axis(
                        "part of all fires",
                        PARTS.stream()
                                .map(part -> part.replace("p999", "p99.9"))
                                .toList()),
                Plot.Axis.logarithmic("ms"));
        for (Results.Row row : results.rows()) {
            List<double[]> points = new ArrayList<>();
            for (int i = 0; i < PARTS.size(); i++) {
                double at = i;
                results.of(row, "late_" + PARTS.get(i) + "_ms")
                        .ifPresent(value -> points.add(new double[] {at, value.median()}));
            }
            plot.line(row.system(), points);
        }
        return plot.svg();
    }
}
