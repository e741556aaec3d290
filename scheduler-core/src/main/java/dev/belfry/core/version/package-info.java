/** A job as the store keeps it: its definition's recent versions, from when on each is in force, and runs asked for. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core.version;
