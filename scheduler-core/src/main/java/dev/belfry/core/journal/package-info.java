/** The journal: what happened, for exports and for the proof; written in the multi that makes it true. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core.journal;
