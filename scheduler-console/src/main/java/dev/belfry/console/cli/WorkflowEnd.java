package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.console.query.WorkflowView;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Waits until a workflow run is final. Not thread-safe. */
final class WorkflowEnd {
    private static final Duration POLL = Duration.ofMillis(300);
    private static final Duration SLOW = Duration.ofSeconds(3);
    private static final int SHOWN = 5;

    private final BelfryClient client;
    private final String id;
    private final InstantSource clock;
    private Optional<WorkflowView> last = Optional.empty();

    WorkflowEnd(BelfryClient client, String id, InstantSource clock) {
        this.client = client;
        this.id = id;
        this.clock = clock;
    }

    /**
     * How it has ended; empty if it has not in time, or if it is not kept any more.
     *
     * @param told given one sentence, once, if it takes long
     */
    Optional<String> await(Duration patience, Consumer<String> told) {
        long begun = System.nanoTime();
        boolean said = false;
        while (true) {
            last = client.workflowRun(id).map(WorkflowView::of);
            Duration elapsed = Duration.ofNanos(System.nanoTime() - begun);
            if (last.isEmpty() || last.get().isFinal() || elapsed.compareTo(patience) >= 0) {
                return last.filter(WorkflowView::isFinal).map(WorkflowView::state);
            }
            if (!said && elapsed.compareTo(SLOW) > 0) {
                said = true;
                told.accept("waiting for " + left() + ", at most until "
                        + clock.instant().plus(patience.minus(elapsed)).truncatedTo(ChronoUnit.SECONDS));
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /** What has not ended: {@code 3 of 5 jobs, under way: index}. */
    String left() {
        if (last.isEmpty()) {
            return "nothing that is kept";
        }
        WorkflowView run = last.get();
        List<String> names = run.underWay();
        return (run.jobs().size() - run.done()) + " of "
                + Words.count(run.jobs().size(), "job")
                + (names.isEmpty() ? "" : ", under way: ")
                + String.join(", ", names.subList(0, Math.min(SHOWN, names.size())))
                + (names.size() > SHOWN ? ", ..." : "");
    }
}
