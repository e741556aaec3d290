/** Queries, answers, and the score and check sum that sum up a whole search engine. */
@org.jspecify.annotations.NullMarked
package dev.belfry.examples.search.result;
