package dev.belfry.core.cost;

/**
 * How much of something a definition costs.
 *
 * @param least if every outcome meets its start in one transaction, and those of an agent go together
 * @param most if every outcome goes by itself
 */
public record Amount(Estimate least, Estimate most) {

    /** An amount that does not depend on how writes meet. */
    static Amount exactly(Estimate estimate) {
        return new Amount(estimate, estimate);
    }
}
