/** A code-search engine whose stages run as sharded jobs: the provider, its settings, and the check of the result. */
@org.jspecify.annotations.NullMarked
package dev.belfry.examples.search;
