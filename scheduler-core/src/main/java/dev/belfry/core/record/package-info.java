/** How records are laid out in the store: paths, JSON, and what to say when one cannot be read. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core.record;
