package dev.belfry.core.cost;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A sum of products that can be read: the text and the value come from the same factors. Not thread-safe. */
public final class Arithmetic {
    private final List<String> terms = new ArrayList<>();
    private double sum;

    /**
     * One factor.
     *
     * @param what what there are so many of; empty for a bare number
     */
    record Factor(double value, String what) {
        @Override
        public String toString() {
            return what.isEmpty() ? number(value) : number(value) + " " + what;
        }
    }

    static Factor of(double value, String what) {
        return new Factor(value, what);
    }

    /** Adds the product of {@code factors}; nothing is added, nor written, if one of them is zero. */
    Arithmetic add(Factor... factors) {
        double product = 1;
        List<String> texts = new ArrayList<>();
        for (Factor factor : factors) {
            product *= factor.value();
            texts.add(factor.toString());
        }
        if (product > 0) {
            sum += product;
            terms.add(String.join(" x ", texts));
        }
        return this;
    }

    Estimate estimate() {
        return new Estimate(sum, terms.isEmpty() ? "0" : String.join(" + ", terms));
    }

    /** A number as people read it: whole from 100 on, two decimals from 1 on, three digits below. */
    public static String number(double value) {
        if (value == Math.rint(value) || value >= 100) {
            return String.format(Locale.ROOT, "%,d", Math.round(value));
        }
        BigDecimal exact = BigDecimal.valueOf(value);
        BigDecimal rounded =
                value >= 1 ? exact.setScale(2, java.math.RoundingMode.HALF_UP) : exact.round(new MathContext(3));
        return rounded.stripTrailingZeros().toPlainString();
    }
}
