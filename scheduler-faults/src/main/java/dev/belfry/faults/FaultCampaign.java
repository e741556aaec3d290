package dev.belfry.faults;

import dev.belfry.core.schedule.Durations;
import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.fault.Catalogue;
import dev.belfry.faults.fault.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs rounds of faults against real clusters for a time. Everything is drawn from the seed, but what real processes do in
 * between is their own: a seed repeats the faults, not the run.
 *
 * <p>The exit status is 0 if every promise was kept, 1 if not, 2 for wrong usage.
 */
@Command(
        name = "fault-campaign",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = "Starts real clusters, makes faults, and holds what the jobs did against what Belfry recorded.")
public final class FaultCampaign implements Callable<Integer> {
    @Option(
            names = "--for",
            paramLabel = "DURATION",
            defaultValue = "2m",
            description = "No new round begins after this time; default ${DEFAULT-VALUE}.")
    private String length = "2m";

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--fault",
            paramLabel = "NAME",
            description = "Only this fault; may be repeated. Default: all, in an order that the seed decides.")
    private List<String> only = new ArrayList<>();

    @Option(
            names = "--faults",
            paramLabel = "N",
            defaultValue = "6",
            description = "Faults of a round, each of which has a cluster of its own; default ${DEFAULT-VALUE}.")
    private int ofRound;

    @Option(names = "--agents", paramLabel = "N", defaultValue = "4", description = "Default ${DEFAULT-VALUE}.")
    private int agents;

    @Option(
            names = "--session-timeout",
            paramLabel = "DURATION",
            defaultValue = "6s",
            description = "Of the agents, 1s to 10s; default ${DEFAULT-VALUE}.")
    private String session = "6s";

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = "target/faults",
            description = "Data, logs and evidence, a directory for each round; default ${DEFAULT-VALUE}.")
    private Path directory = Path.of("target/faults");

    private final Map<String, List<RoundReport.Recovery>> recoveries = new TreeMap<>();

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new FaultCampaign()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Random random = new Random(seed);
        Cluster.Size size = new Cluster.Size(agents, Durations.parse(session));
        long deadline = System.nanoTime() + Durations.parse(length).toNanos();
        List<Fault> left = new ArrayList<>();
        int broken = 0;
        for (int round = 1; round == 1 || System.nanoTime() - deadline < 0; round++) {
            List<Fault> faults = draw(left, random);
            System.out.println("round " + round + " of seed " + seed + ": "
                    + faults.stream().map(Fault::name).toList());
            Path place = directory.resolve("seed-" + seed + "-round-" + round + "-" + System.currentTimeMillis());
            RoundReport report = Round.run(place, System.out, size, faults, random);
            report.recoveries().forEach(recovery -> System.out.println("  " + recovery));
            report.violations().forEach(violation -> System.out.println("BROKEN: " + violation));
            System.out.println(report.summary());
            broken += report.violations().size();
            report.recoveries()
                    .forEach(recovery -> recoveries
                            .computeIfAbsent(recovery.fault(), name -> new ArrayList<>())
                            .add(recovery));
        }
        tell(broken);
        return broken == 0 ? 0 : 1;
    }

    /** Every fault comes once before any comes again. */
    private List<Fault> draw(List<Fault> left, Random random) {
        List<Fault> drawn = new ArrayList<>();
        while (drawn.size() < ofRound) {
            if (left.isEmpty()) {
                left.addAll(
                        only.isEmpty()
                                ? Catalogue.faults()
                                : only.stream().map(Catalogue::named).toList());
                Collections.shuffle(left, random);
            }
            drawn.add(left.remove(0));
        }
        return drawn;
    }

    private void tell(int broken) {
        System.out.printf(
                "%n%-28s %5s  %-20s  %-20s%n", "FAULT", "COUNT", "ON TIME AGAIN AFTER", "LATEST FIRE LATE BY");
        recoveries.forEach((name, all) -> System.out.printf(
                "%-28s %5d  %-20s  %-20s%n",
                name,
                all.size(),
                spread(all.stream().map(RoundReport.Recovery::time).sorted().toList()),
                spread(all.stream().map(RoundReport.Recovery::late).sorted().toList())));
        System.out.println(broken == 0 ? "Every promise was kept." : broken + " broken promises.");
    }

    private static String spread(List<Duration> sorted) {
        return sorted.get(sorted.size() / 2).toMillis() + " ms, most "
                + sorted.get(sorted.size() - 1).toMillis() + " ms";
    }
}
