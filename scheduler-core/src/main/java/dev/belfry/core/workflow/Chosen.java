package dev.belfry.core.workflow;

import java.util.Base64;
import java.util.BitSet;
import java.util.Objects;

/** Which of a number of instants are meant, by their places in the order of time. Immutable; 100,000 take 17 KB as text. */
public final class Chosen {
    private final int all;
    private final BitSet places;

    private Chosen(int all, BitSet places) {
        this.all = all;
        this.places = places;
        if (places.length() > all) {
            throw new IllegalArgumentException("place " + (places.length() - 1) + " is chosen of " + all);
        }
    }

    /** All of them. */
    public static Chosen all(int all) {
        BitSet places = new BitSet();
        places.set(0, all);
        return new Chosen(all, places);
    }

    /** Some of them. */
    public static Chosen of(int all, BitSet places) {
        return new Chosen(all, (BitSet) places.clone());
    }

    /**
     * Reads what {@link #text} has written.
     *
     * @throws IllegalArgumentException if it is no such text
     */
    public static Chosen parse(int all, String text) {
        return text.isEmpty()
                ? all(all)
                : new Chosen(all, BitSet.valueOf(Base64.getUrlDecoder().decode(text)));
    }

    /** How many there are to choose from. */
    public int all() {
        return all;
    }

    /** How many are meant. */
    public int count() {
        return places.cardinality();
    }

    public boolean contains(int place) {
        return places.get(place);
    }

    /** Empty if all are meant. */
    public String text() {
        byte[] bytes = places.isEmpty() ? new byte[1] : places.toByteArray();
        return count() == all ? "" : Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Chosen chosen && chosen.all == all && chosen.places.equals(places);
    }

    @Override
    public int hashCode() {
        return Objects.hash(all, places);
    }

    @Override
    public String toString() {
        return count() + " of " + all;
    }
}
