package dev.belfry.testkit.campaign;

import dev.belfry.testkit.cluster.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A part of a seed's scenario: fewer agents, some of its jobs, some of its faults. Written as
 * {@code agents=3/jobs=0,2/faults=1,4,5}, the numbers being places in the scenario's own lists, from 0.
 *
 * @param agents how many of the scenario's agents there are at first, at least 1
 * @param jobs places of the jobs that are kept, ascending
 * @param faults places of the faults that are kept, ascending
 */
public record Excerpt(int agents, List<Integer> jobs, List<Integer> faults) {

    public Excerpt {
        if (agents < 1) {
            throw new IllegalArgumentException("a scenario needs an agent, not " + agents);
        }
        jobs = List.copyOf(jobs);
        faults = List.copyOf(faults);
    }

    /** All of a scenario. */
    public static Excerpt whole(Scenario scenario) {
        return new Excerpt(
                scenario.agents(),
                places(scenario.jobs().size()),
                places(scenario.faults().size()));
    }

    private static List<Integer> places(int size) {
        return IntStream.range(0, size).boxed().toList();
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException if it is none; the message shows the form
     */
    public static Excerpt parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 3) {
            throw malformed(text);
        }
        List<Integer> agents = numbers(text, parts[0], "agents=");
        if (agents.size() != 1) {
            throw malformed(text);
        }
        return new Excerpt(agents.get(0), numbers(text, parts[1], "jobs="), numbers(text, parts[2], "faults="));
    }

    private static List<Integer> numbers(String text, String part, String name) {
        if (!part.startsWith(name)) {
            throw malformed(text);
        }
        List<Integer> numbers = new ArrayList<>();
        for (String number : part.substring(name.length()).split(",")) {
            try {
                if (!number.isEmpty()) {
                    numbers.add(Integer.valueOf(number));
                }
            } catch (NumberFormatException e) {
                throw malformed(text);
            }
        }
        return numbers;
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException(
                "not an excerpt: '" + text + "'; expected agents=3/jobs=0,2/faults=1,4,5 with places counted from 0");
    }

    /**
     * The part of {@code scenario} that this names.
     *
     * @throws IllegalArgumentException if the scenario has no job or fault at one of the places
     */
    public Scenario of(Scenario scenario) {
        return new Scenario(
                scenario.seed(),
                agents,
                pick(jobs, scenario.jobs().size(), scenario.jobs()::get),
                pick(faults, scenario.faults().size(), scenario.faults()::get));
    }

    private static <T> List<T> pick(List<Integer> places, int size, IntFunction<T> at) {
        List<T> picked = new ArrayList<>();
        for (int place : places) {
            if (place < 0 || place >= size) {
                throw new IllegalArgumentException("the scenario has nothing at place " + place + " of " + size);
            }
            picked.add(at.apply(place));
        }
        return picked;
    }

    @Override
    public String toString() {
        return "agents=" + agents + "/jobs=" + joined(jobs) + "/faults=" + joined(faults);
    }

    private static String joined(List<Integer> places) {
        return places.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
