package dev.belfry.bench;

import dev.belfry.bench.report.BenchmarksPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes {@code docs/benchmarks.md} and its plots from the raw files, and measures nothing. */
public final class Page {

    private Page() {}

    /** Arguments: none, at the top of the checkout; or the directory of raw files and that of the docs. */
    public static void main(String[] arguments) throws IOException {
        boolean given = arguments.length == 2;
        write(
                given ? Path.of(arguments[0]) : Path.of("scheduler-bench", "results"),
                given ? Path.of(arguments[1]) : Path.of("docs"));
    }

    static void write(Path results, Path docs) throws IOException {
        for (Map.Entry<String, String> file : BenchmarksPage.of(results).files().entrySet()) {
            Path path = docs.resolve(file.getKey());
            Files.createDirectories(path.toAbsolutePath().getParent());
            Files.writeString(path, file.getValue());
            System.out.println("written: " + path);
        }
    }
}
