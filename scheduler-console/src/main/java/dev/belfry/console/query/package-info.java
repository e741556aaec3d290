/** What is, put together for a person: rows of tables, explanations, previews. Reads only. */
@org.jspecify.annotations.NullMarked
package dev.belfry.console.query;
