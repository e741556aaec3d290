package dev.belfry.core.cost;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What one definition costs.
 *
 * @param job its name
 * @param rate how often it is due
 * @param atOnce shards that are due at one instant; 0 if it is never due by itself
 * @param amounts one for each quantity
 */
public record JobCost(String job, FireRate rate, int atOnce, Map<Quantity, Amount> amounts) {

    public JobCost {
        EnumMap<Quantity, Amount> all = new EnumMap<>(Quantity.class);
        all.putAll(amounts);
        if (all.size() != Quantity.values().length) {
            throw new IllegalArgumentException("not every quantity: " + all.keySet());
        }
        amounts = Collections.unmodifiableMap(all);
    }

    /** How much of {@code quantity} it costs. */
    public Amount of(Quantity quantity) {
        Amount amount = amounts.get(quantity);
        if (amount == null) {
            throw new IllegalStateException("no " + quantity);
        }
        return amount;
    }

    /** At most so much of {@code quantity}. */
    public double most(Quantity quantity) {
        return of(quantity).most().value();
    }
}
