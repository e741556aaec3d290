/** Processes of a measurement: starting them, and what the system says of their cost. */
@org.jspecify.annotations.NullMarked
package dev.belfry.bench.machine;
