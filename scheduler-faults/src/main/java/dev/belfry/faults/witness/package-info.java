/** What the jobs' own code writes down, apart from what the product records. */
@org.jspecify.annotations.NullMarked
package dev.belfry.faults.witness;
