package dev.belfry.testkit.cluster;

import dev.belfry.testkit.time.SimClock;
import dev.belfry.testkit.time.SimScheduler;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What happened in a simulation, for people: one line per fault, commit, execution and change of master. */
public final class Story {
    private final SimScheduler scheduler;
    private final boolean told;
    private final List<String> lines = new ArrayList<>();

    /** @param told whether lines are kept; a soak over thousands of seeds keeps none */
    Story(SimScheduler scheduler, boolean told) {
        this.scheduler = scheduler;
        this.told = told;
    }

    boolean isTold() {
        return told;
    }

    void add(String line) {
        if (told) {
            long nanos = scheduler.nanos();
            Instant at = SimClock.EPOCH.plusNanos(nanos);
            lines.add("%10.3f s  %s  %s".formatted(nanos / 1e9, at, line));
        }
    }

    /** The lines, oldest first. */
    public List<String> lines() {
        return Collections.unmodifiableList(lines);
    }
}
