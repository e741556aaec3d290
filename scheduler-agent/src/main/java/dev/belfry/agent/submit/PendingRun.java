package dev.belfry.agent.submit;

import dev.belfry.core.queue.Segment;
import dev.belfry.core.queue.Submission;
import java.util.function.Consumer;

/** A run that is to be submitted, and who wants to know. */
final class PendingRun {
    final Submission run;
    final Pressure pressure;
    /** Until when it is tried, on the monotonic clock of the loop. */
    final long deadline;

    final int bytes;
    private final Consumer<Submitted> then;

    PendingRun(Submission run, Pressure pressure, long deadline, Consumer<Submitted> then) {
        this.run = run;
        this.pressure = pressure;
        this.deadline = deadline;
        this.bytes = Segment.size(run);
        this.then = then;
    }

    void answer(Submitted what) {
        then.accept(what);
    }
}
