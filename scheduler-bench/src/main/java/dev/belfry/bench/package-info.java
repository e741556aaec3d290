/** Measurements: JMH for the pure parts, a main per workload for whole clusters. Nothing here asserts a time. */
@org.jspecify.annotations.NullMarked
package dev.belfry.bench;
