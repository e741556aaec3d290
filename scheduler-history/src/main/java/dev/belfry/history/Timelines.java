package dev.belfry.history;

import dev.belfry.history.Restored.Cut;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells to which past a line of the history belongs. Each restore ends one: what was in its copy goes on, what came after the copy
 * does not. Immutable.
 */
public final class Timelines {
    /** No restore. */
    public static final Timelines ONE = new Timelines(List.of());

    private record Ended(Cut cut, Restored at) {}

    private final List<Restored> restores;
    private final Map<String, List<Ended>> byWriter = new HashMap<>();

    /** @param restores of a namespace, in any order */
    public Timelines(List<Restored> restores) {
        List<Restored> order = new ArrayList<>(restores);
        order.sort(Comparator.comparingLong(Restored::term));
        this.restores = List.copyOf(order);
        for (Restored restored : order) {
            for (Cut cut : restored.cuts()) {
                byWriter.computeIfAbsent(cut.writer(), writer -> new ArrayList<>())
                        .add(new Ended(cut, restored));
            }
        }
    }

    /** The restores, the first one first. */
    public List<Restored> restores() {
        return restores;
    }

    /** The restore that ended the past to which a line belongs; empty for what ZooKeeper knows of, or has known. */
    public Optional<Restored> endOf(String writer, long entry, int line) {
        return byWriter.getOrDefault(writer, List.of()).stream()
                .filter(ended -> ended.cut().covers(entry, line))
                .map(Ended::at)
                .findFirst();
    }

    /** Likewise of a row. */
    public Optional<Restored> endOf(FireRow row) {
        return byWriter.isEmpty() ? Optional.empty() : endOf(row.writer(), row.entry(), row.line());
    }

    /** Whether a generation of the masters' journal is of a past that has ended. */
    public boolean ended(long generation) {
        return restores.stream()
                .anyMatch(restored -> generation > restored.generation()
                        && generation
                                < dev.belfry.core.ownership.Generation.of(restored.term(), 0)
                                        .value());
    }
}
