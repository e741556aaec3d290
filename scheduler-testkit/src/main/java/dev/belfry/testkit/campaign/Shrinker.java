package dev.belfry.testkit.campaign;

import dev.belfry.testkit.cluster.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Cuts a scenario that breaks an invariant to a part that still breaks the same one and of which nothing more can be left
 * out: no fault, no job, no agent. Faults go in halves, quarters and so on first, as by delta debugging (Zeller and
 * Hildebrandt, Simplifying and Isolating Failure-Inducing Input, 2002).
 *
 * <p>Every fault left out changes what is drawn after it, so the part may break in another way than the whole did; it is the
 * same invariant all the same. Not thread-safe.
 */
public final class Shrinker {
    /** Scenarios that are tried at most; one takes some tens of milliseconds. */
    private static final int MOST_TRIALS = 2_000;

    private final Scenario whole;
    private final String invariant;
    private final Function<Scenario, Optional<Verdict>> trial;
    private int trials;

    /**
     * @param invariant what the whole breaks, by {@link Verdict#invariant}
     * @param trial runs a scenario; the same one has always the same verdict
     */
    public Shrinker(Scenario whole, String invariant, Function<Scenario, Optional<Verdict>> trial) {
        this.whole = whole;
        this.invariant = invariant;
        this.trial = trial;
    }

    /** How many scenarios have been tried. */
    public int trials() {
        return trials;
    }

    /** The part. It is the whole if that does not break the invariant, which then is not repeatable. */
    public Excerpt shrink() {
        Excerpt best = Excerpt.whole(whole);
        while (true) {
            Excerpt smaller = agents(jobs(faults(best)));
            if (smaller.equals(best) || trials >= MOST_TRIALS) {
                return smaller;
            }
            best = smaller;
        }
    }

    private boolean breaks(Excerpt part) {
        if (trials >= MOST_TRIALS) {
            return false;
        }
        trials++;
        return trial.apply(part.of(whole))
                .filter(verdict -> verdict.invariant().equals(invariant))
                .isPresent();
    }

    private Excerpt faults(Excerpt from) {
        Excerpt best = from;
        for (int size = Math.max(1, from.faults().size() / 2); size >= 1; size /= 2) {
            int at = 0;
            while (at < best.faults().size()) {
                Excerpt without = new Excerpt(best.agents(), best.jobs(), without(best.faults(), at, at + size));
                if (breaks(without)) {
                    best = without;
                } else {
                    at += size;
                }
            }
        }
        return best;
    }

    private Excerpt jobs(Excerpt from) {
        Excerpt best = from;
        int at = 0;
        while (at < best.jobs().size()) {
            Excerpt without = new Excerpt(best.agents(), without(best.jobs(), at, at + 1), best.faults());
            if (breaks(without)) {
                best = without;
            } else {
                at++;
            }
        }
        return best;
    }

    private Excerpt agents(Excerpt from) {
        Excerpt best = from;
        while (best.agents() > 1) {
            Excerpt fewer = new Excerpt(best.agents() - 1, best.jobs(), best.faults());
            if (!breaks(fewer)) {
                return best;
            }
            best = fewer;
        }
        return best;
    }

    private static List<Integer> without(List<Integer> places, int from, int to) {
        List<Integer> kept = new ArrayList<>(places.subList(0, from));
        kept.addAll(places.subList(Math.min(to, places.size()), places.size()));
        return kept;
    }
}
