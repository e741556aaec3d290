/** The plan: which agent is to own which shard. Pure: the same input gives the same plan. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core.assign;
