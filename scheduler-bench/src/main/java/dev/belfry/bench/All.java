package dev.belfry.bench;

import dev.belfry.bench.workload.Workloads;
import java.io.IOException;
import java.nio.file.Path;

/** Measures everything, and writes the page from what is in the directory of raw files then. */
public final class All {

    private All() {}

    /** Arguments: see {@link dev.belfry.bench.workload.Options}; run it at the top of the checkout. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Workloads.run(words);
        Page.write(Path.of("scheduler-bench", "results"), Path.of("docs"));
        System.exit(0);
    }
}
