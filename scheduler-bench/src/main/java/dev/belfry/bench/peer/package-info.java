/** The schedulers that are compared: Belfry, and peers that are resolved and compiled when they are measured. */
@org.jspecify.annotations.NullMarked
package dev.belfry.bench.peer;
