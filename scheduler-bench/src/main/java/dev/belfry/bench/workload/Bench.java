package dev.belfry.bench.workload;

import dev.belfry.bench.peer.Contender;
import dev.belfry.bench.peer.Contenders;
import dev.belfry.bench.report.Measure;
import dev.belfry.bench.report.RawFile;
import dev.belfry.bench.report.Results;
import dev.belfry.bench.report.Sections;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** One run of one workload: who is measured, in which order, and what came out. */
public final class Bench {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Options options;
    private final List<Contender> contenders;
    private final List<Measure> measures = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private int repeat;

    private Bench(Options options, List<Contender> contenders) {
        this.options = options;
        this.contenders = contenders;
    }

    /** One measurement of one scheduler. */
    interface Measurement {
        /** Measures, and says whether the scheduler was up to it. */
        boolean run() throws IOException, InterruptedException;
    }

    /** Runs the workloads one after the other; each leaves a raw file, and prints what it says. */
    static void run(List<Workload> workloads, Options options) throws IOException, InterruptedException {
        List<Contender> contenders = new Contenders().resolve(options.only());
        for (Contender contender : contenders) {
            contender.configuration().forEach(line -> System.out.println(contender.name() + ": " + line));
        }
        for (Workload workload : workloads) {
            Path file = run(workload, options, contenders);
            System.out.println("\nraw: " + file + "\n");
            System.out.println(new Sections(new Results(RawFile.read(file))).console());
        }
    }

    static Path run(Workload workload, Options options, List<Contender> contenders)
            throws IOException, InterruptedException {
        Instant began = Instant.now();
        Bench bench = new Bench(options, contenders);
        Path file = options.results().resolve(workload.name()).resolve(STAMP.format(began) + ".csv");
        for (bench.repeat = 1; bench.repeat <= options.repeats(); bench.repeat++) {
            workload.repeat(bench);
            // A run takes hours: what it has is kept after each repeat, should it be stopped.
            new RawFile(bench.head(workload, began), bench.measures).write(file);
        }
        return file;
    }

    /**
     * Makes one measurement. If it cannot be made, that is said aloud and kept with the results, and the others go on.
     *
     * @return what the measurement says; false if it could not be made
     */
    boolean attempt(Contender contender, String point, Measurement measurement) throws InterruptedException {
        return attempt(contender.name(), point, measurement);
    }

    /** The same of one way in which a scheduler is set up. */
    boolean attempt(String system, String point, Measurement measurement) throws InterruptedException {
        try {
            return measurement.run();
        } catch (IOException | UncheckedIOException | IllegalStateException e) {
            String failure = system + " " + point + " repeat " + repeat + ": " + e.getMessage();
            System.out.println("NOT MEASURED: " + failure);
            failures.add(failure.lines().findFirst().orElse(failure));
            return false;
        }
    }

    Options options() {
        return options;
    }

    /** Who is measured, in the order of this repeat: each is the first in turn. */
    List<Contender> contenders() {
        List<Contender> turned = new ArrayList<>(contenders);
        Collections.rotate(turned, 1 - repeat);
        return turned;
    }

    /** Which repeat this is, from 1. */
    int repeat() {
        return repeat;
    }

    /** Keeps metrics of one point. */
    void keep(Contender contender, String point, SortedMap<String, Double> metrics) {
        keep(contender.name(), point, metrics);
    }

    /** The same of something that is no whole scheduler. */
    void keep(String system, String point, SortedMap<String, Double> metrics) {
        metrics.forEach((metric, value) -> measures.add(new Measure(system, point, repeat, metric, value)));
        System.out.printf(
                Locale.ROOT,
                "%s repeat %d, %s, %s: %s%n",
                STAMP.format(Instant.now()),
                repeat,
                system,
                point,
                brief(metrics));
    }

    private static String brief(SortedMap<String, Double> metrics) {
        SortedMap<String, Double> brief = new TreeMap<>(metrics);
        brief.keySet()
                .removeIf(name -> name.startsWith("rss_")
                        || name.startsWith(Measure.LATE_IN_SECOND)
                        || name.matches("late_p(10|25|75|90|95|999)_ms"));
        StringBuilder text = new StringBuilder();
        brief.forEach((name, value) -> text.append(String.format(Locale.ROOT, " %s=%.4g", name, value)));
        return text.toString().strip();
    }

    private Map<String, String> head(Workload workload, Instant began) throws IOException {
        Map<String, String> head = new LinkedHashMap<>();
        head.put(RawFile.WORKLOAD, workload.name());
        head.put("began", began.truncatedTo(ChronoUnit.SECONDS).toString());
        head.put("repeats", Integer.toString(options.repeats()));
        if (workload.timed()) {
            head.put("seconds", Long.toString(options.time().toSeconds()));
            head.put("warm-up seconds", Long.toString(options.warmUp().toSeconds()));
        }
        head.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        head.put("processor", processor());
        head.put("memory", Files.readAllLines(Path.of("/proc/meminfo")).get(0).replaceAll("\\s+", " "));
        head.put("jdk", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        head.put("kernel", System.getProperty("os.version"));
        head.put(
                "load average at the end",
                Files.readString(Path.of("/proc/loadavg")).strip());
        if (!failures.isEmpty()) {
            head.put("not measured", String.join("; ", failures));
        }
        head.put("repeats done", Integer.toString(repeat));
        for (Contender contender : contenders) {
            head.putAll(workload.systems(contender));
        }
        return head;
    }

    private static String processor() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .orElse("unknown");
    }
}
