/**
 * What a job is: its definition, read from YAML, JSON or code, validated once and completely, and written back.
 *
 * <p>One table of keys ({@code JobForm} and the forms it refers to) drives reading, writing, the differences that a plan
 * shows, the JSON Schema and the reference page. Nothing here reads a clock, a file or the network.
 */
@NullMarked
package dev.belfry.core.job;

import org.jspecify.annotations.NullMarked;
