package dev.belfry.bench.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The page of results: what the latest raw file of each workload says, and words that stay. */
public final class BenchmarksPage {
    private static final int ENOUGH = 5;

    private final Path directory;
    private final List<Results> all;

    private BenchmarksPage(Path directory, List<Results> all) {
        this.directory = directory;
        this.all = all;
    }

    /**
     * Reads, for each workload, the file in its directory whose name is the last.
     *
     * @throws IOException if one cannot be read; a workload without files is left out
     */
    public static BenchmarksPage of(Path directory) throws IOException {
        List<Results> all = new ArrayList<>();
        for (Chapter chapter : Chapter.ALL) {
            Path files = directory.resolve(chapter.workload());
            if (Files.isDirectory(files)) {
                try (Stream<Path> list = Files.list(files)) {
                    List<Path> sorted = list.filter(file -> file.toString().endsWith(".csv"))
                            .sorted()
                            .toList();
                    if (!sorted.isEmpty()) {
                        all.add(new Results(RawFile.read(sorted.get(sorted.size() - 1))));
                    }
                }
            }
        }
        return new BenchmarksPage(directory, all);
    }

    /** Every file of the page, by its path below {@code docs}. */
    public SortedMap<String, String> files() throws IOException {
        SortedMap<String, String> files = new TreeMap<>();
        files.put("benchmarks.md", markdown());
        for (Results results : all) {
            Plots.of(results).forEach((name, svg) -> files.put("benchmarks/" + name, svg));
        }
        return files;
    }

    /** What the targets come to, one a line, the missed ones first. */
    public String verdicts() {
        StringBuilder text = new StringBuilder();
        Target.verdicts(all).forEach(verdict -> text.append(verdict.text()).append('\n'));
        return text.toString();
    }

    private String markdown() throws IOException {
        StringBuilder page = new StringBuilder(read("head.md"));
        if (all.stream().anyMatch(BenchmarksPage::few)) {
            page.append(read("few.md"));
        }
        page.append("\n## Targets\n\nMissed ones first.\n\n");
        Table verdicts = new Table(List.of("", "target", "measured"));
        for (Target.Verdict verdict : Target.verdicts(all)) {
            verdicts.add(List.of(
                    verdict.state().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '),
                    verdict.target().sentence(),
                    verdict.measured().map(Spread::text).orElse("not reached")));
        }
        page.append(verdicts.markdown());
        page.append('\n').append(read("method.md"));
        for (Results results : all) {
            section(page, results);
        }
        return page.toString();
    }

    private static boolean few(Results results) {
        return results.raw().measures().stream().mapToInt(Measure::repeat).max().orElse(0) < ENOUGH;
    }

    private static void section(StringBuilder page, Results results) throws IOException {
        String workload = results.raw().workload();
        Sections sections = new Sections(results);
        page.append("\n## ").append(Chapter.of(workload).title()).append("\n\n");
        page.append(read(workload + ".md")).append('\n');
        page.append(sections.circumstances()).append('\n');
        page.append(sections.tables());
        Plots.of(results)
                .keySet()
                .forEach(name -> page.append("\n![")
                        .append(name)
                        .append("](benchmarks/")
                        .append(name)
                        .append(")\n"));
    }

    private static String read(String name) throws IOException {
        try (InputStream in = BenchmarksPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("there is no resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public String toString() {
        return "page of " + directory;
    }
}
