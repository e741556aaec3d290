package dev.belfry.examples.search.result;

/**
 * A document found.
 *
 * @param path of the document
 * @param score in millionths, positive
 */
public record Hit(String path, long score) {}
