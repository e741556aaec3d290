/** The master's side of the queue: reads what is submitted and reported, decides, and writes inboxes and outcomes. */
@org.jspecify.annotations.NullMarked
package dev.belfry.master.queue;
