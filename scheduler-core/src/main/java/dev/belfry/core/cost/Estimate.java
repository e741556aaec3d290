package dev.belfry.core.cost;

/**
 * A number and where it comes from.
 *
 * @param arithmetic the terms that it is the sum of, such as {@code 6 shards x 1 fires/s x 2 ledger writes}
 */
public record Estimate(double value, String arithmetic) {

    public Estimate {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("no cost: " + value + " = " + arithmetic);
        }
    }
}
