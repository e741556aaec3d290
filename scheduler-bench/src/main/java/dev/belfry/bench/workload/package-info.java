/** What is measured: one class for each question. */
@org.jspecify.annotations.NullMarked
package dev.belfry.bench.workload;
