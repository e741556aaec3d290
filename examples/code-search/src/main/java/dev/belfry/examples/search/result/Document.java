package dev.belfry.examples.search.result;

/**
 * A file of the corpus as the index knows it.
 *
 * @param path relative to the corpus
 * @param length in terms
 * @param summary one sentence from the file itself; empty when it has none
 */
public record Document(String path, int length, String summary) {}
