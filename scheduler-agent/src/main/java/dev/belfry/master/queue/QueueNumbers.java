package dev.belfry.master.queue;

import dev.belfry.core.ownership.Generation;
import java.util.Optional;

/**
 * The numbers of dispatches (rule Q4): each is above all that were given out before, in this term and in earlier ones.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class QueueNumbers {
    private final QueueOffice office;
    private long generation;
    private long number;

    QueueNumbers(QueueOffice office) {
        this.office = office;
    }

    /** The next one. Ends the office if there is none left; what is answered then is never written. */
    long next() {
        if (generation == 0 || number + 1 >= Generation.PER_TERM) {
            Optional<Generation> next = office.generation();
            if (next.isEmpty()) {
                office.fenced();
                return Long.MAX_VALUE;
            }
            generation = next.get().value();
            number = 0;
        }
        return Math.addExact(Math.multiplyExact(generation, Generation.PER_TERM), ++number);
    }
}
