/** A real ensemble and real agents, each in a JVM of its own. */
@org.jspecify.annotations.NullMarked
package dev.belfry.faults.cluster;
