package dev.belfry.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The measures of one run, repeats put together. */
public final class Results {
    private final RawFile raw;
    private final Map<Row, Map<String, List<Double>>> rows = new LinkedHashMap<>();

    /** Of one file. */
    public Results(RawFile raw) {
        this.raw = raw;
        for (Measure measure : raw.measures()) {
            rows.computeIfAbsent(new Row(measure.system(), measure.point()), row -> new LinkedHashMap<>())
                    .computeIfAbsent(measure.metric(), metric -> new ArrayList<>())
                    .add(measure.value());
        }
    }

    /** What a line of a table is about. */
    public record Row(String system, String point) {}

    /** The file. */
    public RawFile raw() {
        return raw;
    }

    /** In the order in which they were measured first. */
    public List<Row> rows() {
        return List.copyOf(rows.keySet());
    }

    /** The systems in the order in which they were measured first. */
    public List<String> systems() {
        return rows.keySet().stream().map(Row::system).distinct().toList();
    }

    /** The points in the order in which they were measured first. */
    public List<String> points() {
        return rows.keySet().stream().map(Row::point).distinct().toList();
    }

    /** What the repeats gave, if it was measured. */
    public Optional<Spread> of(Row row, String metric) {
        return Optional.ofNullable(rows.getOrDefault(row, Map.of()).get(metric)).map(Spread::of);
    }
}
