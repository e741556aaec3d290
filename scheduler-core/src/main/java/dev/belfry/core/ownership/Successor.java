package dev.belfry.core.ownership;

import static java.util.Objects.requireNonNull;

import dev.belfry.core.agent.Incarnation;

/** Who is to own a shard after its present owner: nobody is planned, nobody may, or an incarnation. */
public sealed interface Successor {
    /** The owner stays: no move is under way. */
    Successor NONE = new Unplanned();

    /** The owner is to let go, and nobody takes the shard. */
    Successor WITHDRAW = new Withdrawn();

    /** The owner is to let go to this incarnation. */
    static Successor of(Incarnation incarnation) {
        return new Named(incarnation);
    }

    /** See {@link #NONE}. */
    record Unplanned() implements Successor {}

    /** See {@link #WITHDRAW}. */
    record Withdrawn() implements Successor {}

    /**
     * A move is under way.
     *
     * @param incarnation who takes over
     */
    record Named(Incarnation incarnation) implements Successor {
        /** Refuses null. */
        public Named {
            requireNonNull(incarnation);
        }
    }
}
