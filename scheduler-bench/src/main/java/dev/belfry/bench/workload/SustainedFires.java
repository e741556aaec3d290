package dev.belfry.bench.workload;

import dev.belfry.bench.peer.Contender;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;

/**
 * Every-second jobs on two agents: up to which rate every fire starts, and how late. The rate rises until fires are lost or
 * one in a hundred is more than a second late; that scheduler is not asked for more in this repeat.
 */
public final class SustainedFires implements Workload {
    private static final int AGENTS = 2;
    private static final int SHARDS = 100;
    private static final List<String> OPTIONS = List.of("-Xmx1g");

    /** How the fires of one second are made up. */
    enum Shape {
        /** As many jobs as fires a second, all due at the same instant. */
        TOGETHER,
        /** As many jobs as fires a second, due evenly over the second. */
        SPREAD,
        /** Jobs of 100 shards each, all due at the same instant. */
        SHARDED;

        String title() {
            return name().toLowerCase(Locale.ROOT);
        }

        static List<String> titles() {
            return Arrays.stream(values()).map(Shape::title).toList();
        }

        boolean suits(Contender contender) {
            return switch (this) {
                case TOGETHER -> true;
                case SPREAD -> contender.abilities().spread();
                case SHARDED -> contender.abilities().shards();
            };
        }

        Load load(int rate) {
            return switch (this) {
                case TOGETHER -> Load.everySecond(AGENTS, rate, 1);
                case SPREAD -> Load.everySecond(AGENTS, rate, 1).spreadOut();
                case SHARDED -> Load.everySecond(AGENTS, Math.max(1, rate / SHARDS), Math.min(rate, SHARDS));
            };
        }
    }

    /** Arguments: see {@link Options}. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Bench.run(List.of(new SustainedFires()), Options.parse(words));
    }

    @Override
    public String name() {
        return "sustained-fires";
    }

    @Override
    public void repeat(Bench bench) throws InterruptedException {
        for (Shape shape : Shape.values()) {
            Set<String> beyond = new HashSet<>();
            for (int rate : bench.options().rates()) {
                for (Contender contender : bench.contenders()) {
                    if (bench.options().due().contains(shape.title())
                            && shape.suits(contender)
                            && !beyond.contains(contender.name())
                            && !sustains(bench, contender, shape, rate)) {
                        beyond.add(contender.name());
                    }
                }
            }
        }
    }

    private static boolean sustains(Bench bench, Contender contender, Shape shape, int rate)
            throws InterruptedException {
        Load load = shape.load(rate);
        int asked = load.jobs() * load.shards();
        String point = shape.title() + " " + asked + "/s";
        return bench.attempt(contender, point, () -> {
            try (Cluster cluster = Cluster.start(contender, load, OPTIONS)) {
                Observation seen = Observation.of(
                        cluster, bench.options().warmUp(), bench.options().time());
                SortedMap<String, Double> metrics = seen.metrics();
                metrics.put("asked_per_s", (double) asked);
                metrics.put("register_s", cluster.registerMillis() / 1e3);
                bench.keep(contender, point, metrics);
                return seen.sustained();
            }
        });
    }
}
