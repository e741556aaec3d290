/** User code on threads of its own, apart from the agent's loop. */
@org.jspecify.annotations.NullMarked
package dev.belfry.agent.exec;
