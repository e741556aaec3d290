package dev.belfry.bench.workload;

import dev.belfry.bench.peer.Contenders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How much to measure, and where to put it.
 *
 * @param repeats of everything; the schedulers take turns within each
 * @param time for which each point is measured, after the warm-up
 * @param warmUp from the end of the registration; fires due in it are reported apart
 * @param only the schedulers to measure
 * @param rates asked of {@link SustainedFires}, fires a second, ascending
 * @param due ways in which {@link SustainedFires} lets fires be due: together, spread, sharded
 * @param results directory of the raw files
 */
public record Options(
        int repeats,
        Duration time,
        Duration warmUp,
        Set<String> only,
        List<Integer> rates,
        Set<String> due,
        Path results) {
    private static final String USAGE = """
            --repeats N          of everything (5)
            --seconds S          that each point is measured (20)
            --warm-up S          before that, reported apart (15)
            --only A,B           schedulers to measure (%s)
            --rates N,M          fires a second asked by SustainedFires, ascending
            --due A,B            ways in which SustainedFires lets them be due (together,spread,sharded)
            --results DIRECTORY  of the raw files (scheduler-bench/results)""".formatted(String.join(",", Contenders.NAMES));

    public Options {
        only = Set.copyOf(only);
        rates = List.copyOf(rates);
        due = Set.copyOf(due);
    }

    /**
     * From the words of a command line.
     *
     * @throws IllegalArgumentException if a word is unknown or a value is missing or wrong; the message has the usage
     */
    public static Options parse(String[] words) {
        Map<String, String> given = new HashMap<>(Map.of(
                "--repeats", "5",
                "--seconds", "20",
                "--warm-up", "15",
                "--only", String.join(",", Contenders.NAMES),
                "--rates", "100,250,500,1000,2000,4000,7000,10000,14000,20000",
                "--due", String.join(",", SustainedFires.Shape.titles()),
                "--results", "scheduler-bench/results"));
        for (int i = 0; i < words.length; i += 2) {
            if (!given.containsKey(words[i]) || i + 1 == words.length) {
                throw new IllegalArgumentException("cannot understand '" + words[i] + "'\n" + USAGE);
            }
            given.put(words[i], words[i + 1]);
        }
        return new Options(
                number(given, "--repeats"),
                Duration.ofSeconds(number(given, "--seconds")),
                Duration.ofSeconds(number(given, "--warm-up")),
                names(given, "--only", Contenders.NAMES),
                Arrays.stream(given.getOrDefault("--rates", "").split(","))
                        .map(Integer::valueOf)
                        .toList(),
                names(given, "--due", SustainedFires.Shape.titles()),
                Path.of(given.getOrDefault("--results", "")));
    }

    private static Set<String> names(Map<String, String> given, String name, List<String> known) {
        Set<String> names =
                new LinkedHashSet<>(Arrays.asList(given.getOrDefault(name, "").split(",")));
        if (!known.containsAll(names)) {
            throw new IllegalArgumentException(name + " takes some of " + known + "\n" + USAGE);
        }
        return names;
    }

    private static int number(Map<String, String> given, String name) {
        String text = given.getOrDefault(name, "");
        if (!text.matches("[1-9][0-9]{0,5}")) {
            throw new IllegalArgumentException(name + " takes a whole number from 1, not '" + text + "'\n" + USAGE);
        }
        return Integer.parseInt(text);
    }
}
