package dev.belfry.agent.submit;

import java.time.Instant;
import java.util.List;

/** A segment that was sent and is not known to be there or not. */
final class Flight {
    final String path;
    /** Of the submitter's znode, for which the transaction asks. */
    final int expected;

    final List<PendingRun> runs;
    boolean answered;

    Flight(String path, int expected, List<PendingRun> runs) {
        this.path = path;
        this.expected = expected;
        this.runs = runs;
    }

    void durable(Instant accepted) {
        int first = 0;
        for (PendingRun pending : runs) {
            pending.answer(new Submitted.Durable(path, first, accepted));
            first += pending.run.shards();
        }
    }

    void answer(Submitted what) {
        runs.forEach(pending -> pending.answer(what));
    }
}
