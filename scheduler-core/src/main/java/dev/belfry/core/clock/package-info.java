/** Clocks that were set: by how much, and what that means for what is settled. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core.clock;
