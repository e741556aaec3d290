package dev.belfry.core.shard;

import static dev.belfry.core.shard.Outcomes.verdict;

import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.run.FireState;
import dev.belfry.core.run.Moment;
import dev.belfry.core.run.Outcome;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** The runs that an operator has cancelled: none of them starts, and what runs of them is told to stop. */
final class Cancels {
    static final Mark.Final CANCELLED = verdict(Outcome.CANCELLED, Reasons.OPERATOR);

    private final ShardBook book;
    private final Outcomes outcomes;
    private final FireAttempts attempts;
    private final Set<FireId> listed = new HashSet<>();

    Cancels(ShardBook book, Outcomes outcomes, FireAttempts attempts) {
        this.book = book;
        this.outcomes = outcomes;
        this.attempts = attempts;
    }

    /** These runs are cancelled, and no others. */
    void list(Collection<FireId> fires) {
        listed.clear();
        listed.addAll(fires);
    }

    boolean holds(FireId fire) {
        return listed.contains(fire);
    }

    /** Ends whatever is live of the cancelled runs, or tells it to end. */
    void apply(Moment now) {
        for (Fire fire : listed.isEmpty() ? Set.<Fire>of() : book.fires()) {
            // What a predecessor has claimed may have run: that it is lost says more.
            if (!listed.contains(fire.id) || fire.doubtful) {
                continue;
            }
            if (fire.running()) {
                attempts.cancel(fire);
                continue;
            }
            if (fire.state == FireState.CLAIMING) {
                attempts.retract(fire);
            }
            outcomes.finish(fire, CANCELLED, now);
        }
    }
}
