package dev.belfry.bench;

import dev.belfry.bench.report.BenchmarksPage;
import dev.belfry.bench.workload.Options;
import dev.belfry.bench.workload.Workloads;
import java.io.IOException;
import java.nio.file.Path;

/** Measures everything, and writes the page from what is in the directory of raw files then. */
public final class All {

    private All() {}

    /** Arguments: see {@link Options}; run it at the top of the checkout. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Options options = Options.parse(words);
        Workloads.run(options);
        Page.write(options.results(), Path.of("docs"));
        System.out.println("\n" + BenchmarksPage.of(options.results()).verdicts());
        System.exit(0);
    }
}
