/** Takes what the journal says to the history. */
@org.jspecify.annotations.NullMarked
package dev.belfry.history.export;
