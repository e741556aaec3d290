/** The event loop of an agent: one thread that owns all its coordination state. */
@org.jspecify.annotations.NullMarked
package dev.belfry.agent.loop;
