/** Runs that are queued and handed to agents one by one: what is stored of them, and what the master makes of it. */
@org.jspecify.annotations.NullMarked
package dev.belfry.core.queue;
