/**
 * A whole cluster in one thread and in virtual time: the shipped agents and masters over a simulated store, faults drawn
 * from a seed, and the invariants that hold after every step.
 */
@org.jspecify.annotations.NullMarked
package dev.belfry.testkit.cluster;
