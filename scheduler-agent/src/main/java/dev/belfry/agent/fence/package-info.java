/** Fencing of what job code writes: a writer that was replaced is refused, however late it wakes. */
@org.jspecify.annotations.NullMarked
package dev.belfry.agent.fence;
