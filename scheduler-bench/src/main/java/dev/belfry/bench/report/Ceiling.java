package dev.belfry.bench.report;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The greatest rate that a scheduler sustained, for each way in which its fires were due. */
final class Ceiling {

    private Ceiling() {}

    /** By way and scheduler, in the order in which they were measured; zero where not even the least rate was. */
    static Map<Results.Row, Spread> of(Results results) {
        Map<Results.Row, SortedMap<Integer, Double>> best = new LinkedHashMap<>();
        Map<String, Double> asked = new LinkedHashMap<>();
        for (Measure measure : results.raw().measures()) {
            if (measure.metric().equals("asked_per_s")) {
                asked.put(measure.system() + measure.point(), measure.value());
            }
        }
        for (Measure measure : results.raw().measures()) {
            if (measure.metric().equals("sustained")) {
                String shape = measure.point().substring(0, measure.point().indexOf(' '));
                double rate = measure.value() * asked.getOrDefault(measure.system() + measure.point(), 0.0);
                best.computeIfAbsent(new Results.Row(measure.system(), shape), row -> new TreeMap<>())
                        .merge(measure.repeat(), rate, Math::max);
            }
        }
        Map<Results.Row, Spread> ceilings = new LinkedHashMap<>();
        best.forEach((row, repeats) ->
                ceilings.put(row, Spread.of(repeats.values().stream().toList())));
        return ceilings;
    }
}
