/** Scenarios of many seeds: run, cut to what matters, told again, and summed up over hours. */
@org.jspecify.annotations.NullMarked
package dev.belfry.testkit.campaign;
