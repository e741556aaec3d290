/** Holds the evidence against the record. */
@org.jspecify.annotations.NullMarked
package dev.belfry.faults.check;
