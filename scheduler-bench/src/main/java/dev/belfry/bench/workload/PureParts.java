package dev.belfry.bench.workload;

import dev.belfry.bench.peer.Contender;
import dev.belfry.bench.pure.CodecBenchmark;
import dev.belfry.bench.pure.Kept;
import dev.belfry.bench.pure.NextFire;
import dev.belfry.bench.pure.NextFireBenchmark;
import dev.belfry.bench.pure.PlanBenchmark;
import dev.belfry.bench.pure.TransitionBenchmark;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What the parts without I/O take, with JMH: the next fire of a cron expression (beside Quartz), a plan, the records that are
 * stored, a transition of a life cycle.
 */
public final class PureParts implements Workload {
    private static final String QUARTZ = "quartz";
    private static final TimeValue BRIEF = TimeValue.milliseconds(20);

    private final boolean brief;

    /** @param brief one short round of the first benchmarks alone, which proves that they run and says nothing of their time */
    PureParts(boolean brief) {
        this.brief = brief;
    }

    /** Arguments: see {@link Options}. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Bench.run(List.of(new PureParts(false)), Options.parse(words));
    }

    @Override
    public String name() {
        return "pure-parts";
    }

    @Override
    public boolean timed() {
        return false;
    }

    @Override
    public void repeat(Bench bench) throws InterruptedException {
        for (Contender contender : bench.contenders()) {
            if (contender.name().equals(Contender.BELFRY) || contender.name().equals(QUARTZ)) {
                bench.attempt(contender, "next fire", () -> nextFires(bench, contender));
            }
            if (contender.name().equals(Contender.BELFRY)) {
                bench.attempt(contender, "codecs", () -> others(bench, contender));
            }
        }
    }

    private boolean nextFires(Bench bench, Contender contender) throws IOException {
        String classPath = contender.program().classPath().stream()
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
        System.setProperty(NextFire.QUARTZ, classPath);
        ChainedOptionsBuilder options = options(NextFireBenchmark.class)
                .param("system", contender.name())
                .jvmArgsAppend("-D" + NextFire.QUARTZ + "=" + classPath);
        if (brief) {
            options.param("expression", "0/5 * * * * ?").param("zone", "UTC");
        }
        for (RunResult result : run(options)) {
            String expression = result.getParams().getParam("expression");
            String zone = result.getParams().getParam("zone");
            SortedMap<String, Double> metrics = metrics(result);
            metrics.put("kept_bytes", Kept.bytes(NextFire.parser(contender.name()), expression, zone));
            bench.keep(contender, "next fire " + expression + " " + zone, metrics);
        }
        return true;
    }

    private boolean others(Bench bench, Contender contender) throws IOException {
        for (RunResult result : run(options(TransitionBenchmark.class))) {
            bench.keep(contender, "transition", metrics(result));
        }
        if (brief) {
            return true;
        }
        for (RunResult result : run(options(CodecBenchmark.class))) {
            String stored = result.getParams().getParam("stored").toLowerCase(Locale.ROOT);
            SortedMap<String, Double> metrics = metrics(result);
            metrics.put("encoded_bytes", Kept.encoded(stored));
            bench.keep(contender, result.getPrimaryResult().getLabel() + " " + stored, metrics);
        }
        for (RunResult result : run(options(PlanBenchmark.class))) {
            bench.keep(contender, plan(result), metrics(result));
        }
        for (RunResult result : run(options(PlanBenchmark.class)
                .mode(Mode.SingleShotTime)
                .warmupIterations(0)
                .measurementIterations(1))) {
            bench.keep(
                    contender,
                    plan(result),
                    new TreeMap<>(java.util.Map.of("cold_ms", nanos(result.getPrimaryResult()) / 1e6)));
        }
        return true;
    }

    private static String plan(RunResult result) {
        return "plan after a loss: jobs x shards x agents " + result.getParams().getParam("size");
    }

    private ChainedOptionsBuilder options(Class<?> benchmark) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(benchmark.getName().replace(".", "\\.") + "\\.")
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        return brief ? options.warmupIterations(0).measurementIterations(1).measurementTime(BRIEF) : options;
    }

    private static Collection<RunResult> run(ChainedOptionsBuilder options) throws IOException {
        try {
            return new Runner(options.build()).run();
        } catch (RunnerException e) {
            throw new IOException("JMH: " + e.getMessage(), e);
        }
    }

    private static SortedMap<String, Double> metrics(RunResult result) {
        SortedMap<String, Double> metrics = new TreeMap<>();
        metrics.put("ns", nanos(result.getPrimaryResult()));
        Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
        if (allocated != null) {
            metrics.put("allocated_bytes", allocated.getScore());
        }
        return metrics;
    }

    /** Of one operation, whatever the unit that the benchmark is declared in. */
    private static double nanos(Result<?> result) {
        String unit = result.getScoreUnit();
        return switch (unit) {
            case "ns/op" -> result.getScore();
            case "us/op" -> result.getScore() * TimeUnit.MICROSECONDS.toNanos(1);
            case "ms/op" -> result.getScore() * TimeUnit.MILLISECONDS.toNanos(1);
            default -> throw new IllegalStateException("a benchmark in " + unit);
        };
    }
}
