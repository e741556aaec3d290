package dev.belfry.bench.report;

import dev.belfry.bench.evidence.Quantiles;
import java.util.List;
import java.util.Locale;

/** Median, least and greatest of what the repeats of one measurement gave. */
public record Spread(double median, double least, double greatest, int repeats) {

    /** Of values in any order. Values that are not numbers make all three not a number. */
    public static Spread of(List<Double> values) {
        boolean unknown = values.isEmpty() || values.stream().anyMatch(value -> value.isNaN());
        return unknown
                ? new Spread(Double.NaN, Double.NaN, Double.NaN, values.size())
                : new Spread(
                        Quantiles.median(values),
                        values.stream().min(Double::compare).orElseThrow(),
                        values.stream().max(Double::compare).orElseThrow(),
                        values.size());
    }

    /** For a table: the median, and what it was between where there is more than one repeat. */
    public String text() {
        if (Double.isNaN(median)) {
            return "–";
        }
        return repeats == 1 || number(least).equals(number(greatest))
                ? number(median)
                : number(median) + " (" + number(least) + "…" + number(greatest) + ")";
    }

    /** A number with the digits that are worth reading. */
    static String number(double value) {
        double size = Math.abs(value);
        if (size >= 100 || value == Math.rint(value)) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, size >= 10 ? "%.1f" : "%.2f", value);
    }
}
