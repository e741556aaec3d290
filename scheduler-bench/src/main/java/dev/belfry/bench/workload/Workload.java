package dev.belfry.bench.workload;

import dev.belfry.bench.peer.Contender;
import java.util.Map;

/** One question that is measured. */
interface Workload {

    /** As in the names of raw files, such as {@code same-instant}. */
    String name();

    /**
     * Measures everything once: every point, every scheduler that can be asked.
     *
     * @param bench holds the schedulers, in the order of this repeat, and takes the measures
     */
    void repeat(Bench bench) throws InterruptedException;

    /** How each system that it measures of a scheduler is set up, for the record: by the name that it has in the results. */
    default Map<String, String> systems(Contender contender) {
        return Map.of(contender.name(), String.join("; ", contender.configuration()));
    }

    /** Whether it measures for the time that is asked for, after the warm-up; others take what time their question takes. */
    default boolean timed() {
        return true;
    }
}
