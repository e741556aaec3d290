package dev.belfry.core.assign;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Successor;

/** One change of one row of the assignment table. Each is valid whether or not the others of its plan are written. */
public sealed interface Change {
    /** The row. */
    ShardKey shard();

    /**
     * Removes the row: its job or layout is no more, and the owner has released it or cannot run it any more.
     *
     * @param shard the row
     */
    record Drop(ShardKey shard) implements Change {}

    /**
     * Tells the owner to let go with nobody to follow.
     *
     * @param shard the row
     * @param owner the present owner
     */
    record Withdraw(ShardKey shard, Incarnation owner) implements Change {}

    /**
     * Makes an incarnation the owner from a new generation on. Nobody else can run the shard at this moment.
     *
     * @param shard the row
     * @param to the new owner; may be the former one
     */
    record Grant(ShardKey shard, Incarnation to) implements Change {}

    /**
     * Makes an incarnation the owner of a shard whose layout or job is over, and asks it back at once: it starts
     * nothing, records what the shard still owes as superseded, and lets go. Nobody else can run the shard at this
     * moment.
     *
     * @param shard the row
     * @param to the new owner; need not have the handler
     */
    record Settle(ShardKey shard, Incarnation to) implements Change {}

    /**
     * Takes back a move that has lost its aim, while the owner still holds the shard. Should the owner's release cross
     * with it, the release counts, and the next plan grants anew.
     *
     * @param shard the row
     * @param owner the present owner
     * @param next another successor, or {@link Successor#NONE}
     */
    record Retract(ShardKey shard, Incarnation owner, Successor next) implements Change {}

    /**
     * Begins a move: tells the owner to let go to another.
     *
     * @param shard the row
     * @param owner the present owner
     * @param next who is to follow
     */
    record Offer(ShardKey shard, Incarnation owner, Incarnation next) implements Change {}
}
