/** The byte-level reader and writer that Belfry's binary records share, and the error for a record that cannot be read. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core.record;
