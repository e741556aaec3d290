/** The catalogue of faults. */
@org.jspecify.annotations.NullMarked
package dev.belfry.faults.fault;
