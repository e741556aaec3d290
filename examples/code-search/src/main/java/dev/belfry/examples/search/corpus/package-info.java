/** The files that are searched, as they are now. */
@org.jspecify.annotations.NullMarked
package dev.belfry.examples.search.corpus;
