/** From raw results to medians, verdicts, tables and plots. */
@org.jspecify.annotations.NullMarked
package dev.belfry.bench.report;
