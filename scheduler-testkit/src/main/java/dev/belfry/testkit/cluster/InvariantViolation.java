package dev.belfry.testkit.cluster;

/** Something happened in a simulation that must never happen; ends it. */
public final class InvariantViolation extends AssertionError {
    private static final long serialVersionUID = 2;

    private final String invariant;

    /** @param invariant its short name, as the docs list it */
    InvariantViolation(String invariant, String what) {
        super(invariant + ": " + what);
        this.invariant = invariant;
    }

    /** Its short name, as the docs list it. */
    public String invariant() {
        return invariant;
    }
}
