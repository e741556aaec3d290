/** The client on the simulated store and on a real one. */
@org.jspecify.annotations.NullMarked
package dev.belfry.testkit.client;
