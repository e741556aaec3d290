package dev.belfry.testkit.store;

/**
 * What became of the requests made at one place in the code, so that a simulation can show which faults it has met.
 *
 * @param site the place
 * @param sent requests that were handed to the store
 * @param lostBefore requests lost on the way by {@link Faults}
 * @param lostAfter replies lost by {@link Faults}, the request having been executed
 * @param applied answers {@code Applied}, {@code Found}, {@code Missing} and {@code Done}
 * @param refused answers {@code Fenced}, {@code Conflict} and {@code Rejected}
 * @param unavailable answers {@code Unavailable}
 * @param indeterminate answers {@code Indeterminate}
 * @param over answers {@code SessionOver}
 */
public record SiteCounts(
        String site,
        long sent,
        long lostBefore,
        long lostAfter,
        long applied,
        long refused,
        long unavailable,
        long indeterminate,
        long over) {

    /** Both together; of the same site. */
    public SiteCounts plus(SiteCounts other) {
        return new SiteCounts(
                site,
                sent + other.sent,
                lostBefore + other.lostBefore,
                lostAfter + other.lostAfter,
                applied + other.applied,
                refused + other.refused,
                unavailable + other.unavailable,
                indeterminate + other.indeterminate,
                over + other.over);
    }
}
