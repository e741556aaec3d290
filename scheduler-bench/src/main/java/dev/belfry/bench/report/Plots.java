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

    /** A fire that is early is drawn as one that is hardly late. */
    private static final double LEAST_MILLIS = 0.1;

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
            case "killed-agent" ->
                afterwards(results, "An agent is killed: most lateness of the fires due in each second");
            case "killed-master" ->
                afterwards(results, "The master is killed: most lateness of the fires due in each second");
            case "store-down" ->
                afterwards(results, "The store is down: most lateness of the fires due in each second");
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

    /** Of the first point: the fires around the instant at which something broke. Those that never ran are not to be seen. */
    private static Map<String, String> afterwards(Results results, String heading) {
        Plot plot = new Plot(heading, Plot.Axis.linear("due, seconds from the loss"), Plot.Axis.logarithmic("late ms"));
        String point = results.points().stream().findFirst().orElse("");
        plot.mark(0, "lost");
        for (Results.Row row : results.rows()) {
            if (row.point().equals(point)) {
                List<double[]> points = new ArrayList<>();
                for (int second = -60; second < 120; second++) {
                    points.add(new double[] {
                        second,
                        results.of(row, Measure.LATE_IN_SECOND + second)
                                .map(late -> Math.max(LEAST_MILLIS, late.median()))
                                .orElse(Double.NaN)
                    });
                }
                plot.line(row.system(), points);
            }
        }
        results.rows().stream()
                .flatMap(row -> results.of(row, "down_s").stream())
                .findFirst()
                .ifPresent(down -> plot.mark(Math.rint(down.median()), "back"));
        return Map.of(results.raw().workload() + ".svg", plot.svg());
    }

    private static String lateness(Results results) {
        Plot plot = new Plot(
                "Lateness of 100 fires due at the same instant: the part of all fires that is no later",
                Plot.Axis.named(
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
