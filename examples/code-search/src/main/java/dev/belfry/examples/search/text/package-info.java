/** What a text means to the engine: its terms, its summary, and how well it answers a query. Pure functions. */
@org.jspecify.annotations.NullMarked
package dev.belfry.examples.search.text;
