package dev.belfry.testkit.campaign;

import dev.belfry.core.schedule.Durations;
import dev.belfry.testkit.cluster.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs scenarios of seed after seed for a time or up to a number, goes on where it was stopped, and reports what they
 * covered. Each broken seed is cut to the shortest part that still breaks, and its story is written.
 *
 * <p>The exit status is 0 if nothing broke, 1 if something did, 2 for wrong usage.
 */
@Command(
        name = "campaign",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = "Simulates whole clusters under faults drawn from seeds, for hours if you like.")
public final class Campaign implements Callable<Integer> {
    private static final int BLOCK = 1_000;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "10000",
            description = "How many seeds in all, those finished before included; default ${DEFAULT-VALUE}.")
    private long seeds;

    @Option(names = "--first", paramLabel = "SEED", defaultValue = "1", description = "The first seed; default 1.")
    private long first;

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            description = "Stop after this time, such as 2h, at the end of a block of " + BLOCK + " seeds.")
    private @Nullable String limit;

    @Option(names = "--threads", paramLabel = "N", description = "Scenarios at a time; default one for each processor.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--finished",
            paramLabel = "FILE",
            defaultValue = "campaign.jsonl",
            description =
                    "Where finished blocks are noted, and read when it goes on; default ${DEFAULT-VALUE}. Blocks run"
                            + " with other code count for nothing.")
    private Path finished = Path.of("campaign.jsonl");

    @Option(names = "--report", paramLabel = "FILE", description = "Write what was covered as Markdown.")
    private @Nullable Path report;

    @Option(
            names = "--stories",
            paramLabel = "DIR",
            defaultValue = "campaign-stories",
            description = "Where the stories of broken seeds are written; default ${DEFAULT-VALUE}.")
    private Path stories = Path.of("campaign-stories");

    @Option(
            names = "--stop-after",
            paramLabel = "N",
            defaultValue = "10",
            description = "Stop when so many seeds are broken; default ${DEFAULT-VALUE}.")
    private int patience = 10;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Campaign()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        if (seeds < 1 || threads < 1 || patience < 1) {
            System.err.println("campaign: --seeds, --threads and --stop-after must be at least 1");
            return CommandLine.ExitCode.USAGE;
        }
        long end = limit == null
                ? Long.MAX_VALUE
                : System.nanoTime() + Durations.parse(limit).toNanos();
        String code = CodeTag.ofThisProcess();
        FinishedRanges done = FinishedRanges.open(finished, code);
        System.out.println("code " + code + ": " + broken(done) + " broken in "
                + done.finished().size() + " finished ranges of it in " + finished);
        SeedRunner runner = new SeedRunner(threads, patience);
        for (long from = first;
                from < first + seeds && broken(done) < patience && System.nanoTime() - end < 0;
                from += BLOCK) {
            SeedRange block = SeedRange.of(from, Math.min(BLOCK, first + seeds - from));
            if (!done.contains(block)) {
                run(block, runner, done);
            }
        }
        if (report != null) {
            Files.writeString(report, new CampaignReport(code, done.finished()).markdown());
            System.out.println("report: " + report);
        }
        return broken(done) == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private static long broken(FinishedRanges done) {
        return done.finished().stream()
                .mapToLong(range -> range.broken().size())
                .sum();
    }

    private void run(SeedRange block, SeedRunner runner, FinishedRanges done) throws IOException {
        long start = System.nanoTime();
        Findings findings = runner.run(block);
        done.add(findings);
        System.out.printf(
                "seeds %s: %d broken, %,d executions, %.1f s%n",
                block,
                findings.broken().size(),
                findings.executions(),
                Duration.ofNanos(System.nanoTime() - start).toMillis() / 1e3);
        for (Findings.Broken one : findings.broken()) {
            tell(one);
        }
    }

    /** Cuts a broken seed to what matters and writes its story. */
    private void tell(Findings.Broken one) throws IOException {
        System.out.println("seed " + one.seed() + " broke " + one.verdict().what());
        Scenario whole = Scenario.of(one.seed());
        Shrinker shrinker = new Shrinker(whole, one.verdict().invariant(), Verdict::on);
        Excerpt part = shrinker.shrink();
        Path story = Replay.of(part.of(whole)).write(stories);
        System.out.printf(
                "  shortest part, after %d trials: %s%n%s%n  replay: %s%n  story: %s%n",
                shrinker.trials(), part, part.of(whole).describe(), Replay.command(one.seed(), part), story);
    }
}
