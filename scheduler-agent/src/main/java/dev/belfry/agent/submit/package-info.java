/** How runs get into the queue: the submitter's side of the intake. */
@org.jspecify.annotations.NullMarked
package dev.belfry.agent.submit;
