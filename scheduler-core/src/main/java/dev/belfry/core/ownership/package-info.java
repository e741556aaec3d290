/** Who owns a shard, and for how long: assignment table, lease, epoch, hand-over. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core.ownership;
