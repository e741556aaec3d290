/** What the owner of a shard decides about its fires: a pure state machine for one tenancy. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core.shard;
