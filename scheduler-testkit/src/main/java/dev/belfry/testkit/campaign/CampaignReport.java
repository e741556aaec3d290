package dev.belfry.testkit.campaign;

import dev.belfry.testkit.store.SiteCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** What a campaign came to, as a page of Markdown: seeds, violations, and which faults met which steps of the protocol. */
final class CampaignReport {
    private final String code;
    private final List<Findings> ranges;

    CampaignReport(String code, List<Findings> ranges) {
        this.code = code;
        this.ranges = ranges;
    }

    String markdown() {
        StringBuilder page = new StringBuilder("# Simulation campaign\n\n");
        long seeds = ranges.stream().mapToLong(range -> range.seeds().count()).sum();
        List<Findings.Broken> broken =
                ranges.stream().flatMap(range -> range.broken().stream()).toList();
        page.append("| | |\n|---|---|\n");
        row(page, "code", code);
        row(page, "seeds", count(seeds) + " (" + spans() + ")");
        row(page, "violations", count(broken.size()));
        row(page, "executions of user code", count(sum(Findings::executions)));
        row(page, "events", count(sum(Findings::events)));
        broken(page, broken);
        transitions(page);
        strikes(page);
        sites(page);
        return page.toString();
    }

    private long sum(ToLongFunction<Findings> of) {
        return ranges.stream().mapToLong(of).sum();
    }

    /** Neighbouring ranges as one: {@code 1 to 40000, 50001 to 51000}. */
    private String spans() {
        List<SeedRange> sorted = ranges.stream()
                .map(Findings::seeds)
                .sorted((a, b) -> Long.compare(a.first(), b.first()))
                .toList();
        List<SeedRange> joined = new ArrayList<>();
        for (SeedRange range : sorted) {
            SeedRange last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (last != null && range.first() <= last.last() + 1) {
                joined.set(joined.size() - 1, new SeedRange(last.first(), Math.max(last.last(), range.last())));
            } else {
                joined.add(range);
            }
        }
        return joined.stream().map(SeedRange::toString).collect(Collectors.joining(", "));
    }

    private static void broken(StringBuilder page, List<Findings.Broken> broken) {
        if (broken.isEmpty()) {
            return;
        }
        page.append("\n## Violations\n\n| seed | invariant | what |\n|---|---|---|\n");
        for (Findings.Broken one : broken) {
            String what = one.verdict().what().lines().findFirst().orElse("");
            page.append("| ")
                    .append(one.seed())
                    .append(" | ")
                    .append(one.verdict().invariant());
            page.append(" | ").append(what.replace("|", "\\|")).append(" |\n");
        }
    }

    private void transitions(StringBuilder page) {
        SortedMap<String, Long> sums = new TreeMap<>();
        ranges.forEach(range -> range.transitions().forEach((name, visits) -> sums.merge(name, visits, Long::sum)));
        page.append("\n## Transitions of a fire\n\n| transition | taken |\n|---|---|\n");
        sums.forEach((name, visits) -> row(page, name, count(visits)));
    }

    /** A row for each step of the protocol, a column for each kind of fault. */
    private void strikes(StringBuilder page) {
        SortedMap<String, SortedMap<String, Long>> byStep = new TreeMap<>();
        Set<String> faults = new TreeSet<>();
        for (Findings range : ranges) {
            range.strikes().forEach((fault, steps) -> {
                faults.add(fault);
                steps.forEach((step, count) ->
                        byStep.computeIfAbsent(step, s -> new TreeMap<>()).merge(fault, count, Long::sum));
            });
        }
        page.append("\n## Faults by step of the protocol\n\n");
        page.append("How often a fault met a process whose request, made at this place, had no answer yet.\n\n");
        page.append("| step | ").append(String.join(" | ", faults)).append(" |\n");
        page.append("|---|").append("---:|".repeat(faults.size())).append('\n');
        byStep.forEach((step, counts) -> {
            page.append("| ").append(step);
            faults.forEach(fault -> page.append(" | ").append(count(counts.getOrDefault(fault, 0L))));
            page.append(" |\n");
        });
    }

    private void sites(StringBuilder page) {
        SortedMap<String, SiteCounts> sums = new TreeMap<>();
        for (Findings range : ranges) {
            for (Map.Entry<String, SiteCounts> site : range.sites().entrySet()) {
                sums.merge(site.getKey(), site.getValue(), SiteCounts::plus);
            }
        }
        page.append("\n## Requests by step of the protocol\n\n");
        page.append("| step | sent | request lost | reply lost | applied | refused | unavailable | indeterminate |");
        page.append(" session over |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");
        for (SiteCounts site : sums.values()) {
            page.append("| ").append(site.site());
            for (long number : new long[] {
                site.sent(),
                site.lostBefore(),
                site.lostAfter(),
                site.applied(),
                site.refused(),
                site.unavailable(),
                site.indeterminate(),
                site.over()
            }) {
                page.append(" | ").append(count(number));
            }
            page.append(" |\n");
        }
    }

    private static void row(StringBuilder page, String name, String value) {
        page.append("| ").append(name).append(" | ").append(value).append(" |\n");
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
