package dev.belfry.bench.report;

/** A column of a workload's table. */
record Column(String title, String metric) {}
