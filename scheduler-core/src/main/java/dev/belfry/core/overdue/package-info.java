/** Fires that have no outcome although it is time: which they are, what is remembered of them, and what is said. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core.overdue;
