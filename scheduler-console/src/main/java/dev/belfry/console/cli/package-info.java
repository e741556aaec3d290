/** The command line: reads arguments, asks, prints. What it reads it reads through {@code query}, what it writes through {@code command}. */
@org.jspecify.annotations.NullMarked
package dev.belfry.console.cli;
