/**
 * Workflows, backfills and sub-tasks: which runs follow which, decided by graphs, tables and counts. Pure functions on immutable
 * values; whoever calls them stores what they answer and does what they say.
 */
@NullMarked
package dev.belfry.core.workflow;

import org.jspecify.annotations.NullMarked;
