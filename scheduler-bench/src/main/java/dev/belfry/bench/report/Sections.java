package dev.belfry.bench.report;

import dev.belfry.bench.peer.Contender;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** What a run of one workload says, in Markdown. */
public final class Sections {
    private final Results results;
    private final String workload;

    public Sections(Results results) {
        this.results = results;
        workload = results.raw().workload();
    }

    /** For the end of a run: what is missed, then the tables. */
    public String console() {
        StringBuilder text = new StringBuilder();
        Target.verdicts(List.of(results))
                .forEach(verdict -> text.append(verdict.text()).append('\n'));
        return text.append('\n').append(tables()).toString();
    }

    /** The tables. */
    String tables() {
        return workload.equals("sustained-fires") ? ceilings() + "\n" + table() : table();
    }

    /** Medians of all repeats, least and greatest in parentheses. */
    private String table() {
        List<Column> columns = Chapter.of(workload).columns().stream()
                .filter(column -> results.rows().stream()
                        .anyMatch(row -> results.of(row, column.metric()).isPresent()))
                .toList();
        Optional<Column> ratio = Chapter.of(workload).ratio().filter(column -> compared());
        List<String> titles = new ArrayList<>(List.of("scheduler", "asked"));
        columns.forEach(column -> titles.add(column.title()));
        ratio.ifPresent(column -> titles.add(column.title()));
        Table table = new Table(titles);
        for (String point : results.points()) {
            for (String system : results.systems()) {
                Results.Row row = new Results.Row(system, point);
                if (results.rows().contains(row)) {
                    List<String> cells = new ArrayList<>(List.of(system, point));
                    columns.forEach(column -> cells.add(
                            results.of(row, column.metric()).map(Spread::text).orElse("–")));
                    ratio.ifPresent(column -> cells.add(ratio(row, column.metric())));
                    table.add(cells);
                }
            }
        }
        return table.markdown();
    }

    private boolean compared() {
        return results.systems().size() > 1 && results.systems().contains(Contender.BELFRY);
    }

    private String ratio(Results.Row row, String metric) {
        return ratio(results.of(row, metric), results.of(new Results.Row(Contender.BELFRY, row.point()), metric));
    }

    static String ratio(Optional<Spread> own, Optional<Spread> belfry) {
        double ratio = own.map(Spread::median).orElse(Double.NaN)
                / belfry.map(Spread::median).orElse(Double.NaN);
        return Double.isFinite(ratio) ? Spread.number(ratio) : "–";
    }

    private String ceilings() {
        Map<Results.Row, Spread> ceilings = Ceiling.of(results);
        Table table = new Table(List.of("scheduler", "due", "sustained fires/s", "× Belfry"));
        ceilings.forEach((row, ceiling) -> table.add(List.of(
                row.system(),
                row.point(),
                ceiling.text(),
                ratio(
                        Optional.of(ceiling),
                        Optional.ofNullable(ceilings.get(new Results.Row(Contender.BELFRY, row.point())))))));
        return table.markdown();
    }

    /** Where, when and with which settings it was measured. */
    String circumstances() {
        StringBuilder text = new StringBuilder();
        Map<String, String> head = results.raw().head();
        text.append(head.getOrDefault("began", "?"))
                .append("; repeats: ")
                .append(head.getOrDefault("repeats done", head.getOrDefault("repeats", "?")));
        if (head.containsKey("seconds")) {
            text.append(", each of ").append(head.get("seconds")).append(" s after a warm-up of ");
            text.append(head.getOrDefault("warm-up seconds", "?")).append(" s");
        }
        text.append("; ").append(head.getOrDefault("cores", "?")).append(" cores (");
        text.append(head.getOrDefault("processor", "?")).append("), ");
        text.append(head.getOrDefault("jdk", "?")).append("; load average at the end ");
        text.append(head.getOrDefault("load average at the end", "?").split(" ")[0])
                .append(".\n\n");
        for (String system : new TreeSet<>(results.systems())) {
            text.append("- ")
                    .append(system)
                    .append(": ")
                    .append(head.getOrDefault(system, "?"))
                    .append(".\n");
        }
        String missing = head.getOrDefault("not measured", "");
        if (!missing.isEmpty()) {
            text.append("- Not measured: ").append(missing).append(".\n");
        }
        return text.toString();
    }
}
