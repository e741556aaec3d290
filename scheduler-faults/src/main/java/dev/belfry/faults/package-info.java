/** Campaigns of real faults against real clusters. */
@org.jspecify.annotations.NullMarked
package dev.belfry.faults;
