/** The four stages, as a plain library: tokenise, index, recommend, evaluate. */
@org.jspecify.annotations.NullMarked
package dev.belfry.examples.search.stage;
