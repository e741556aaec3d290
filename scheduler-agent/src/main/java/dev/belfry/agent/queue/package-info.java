/** The agent's side of the queue: what the master hands it is taken, run and reported (ADR 19). */
@org.jspecify.annotations.NullMarked
package dev.belfry.agent.queue;
