/** What needs no clock, no store and no thread, measured alone: with JMH, in JVMs of its own. */
@org.jspecify.annotations.NullMarked
package dev.belfry.bench.pure;
