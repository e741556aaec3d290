/** What handlers note of their own fires, and what follows from the notes. */
@org.jspecify.annotations.NullMarked
package dev.belfry.bench.evidence;
