/** Where the history is, and what commands make of it: reading it beside the journal, and exporting to it. */
@org.jspecify.annotations.NullMarked
package dev.belfry.console.history;
