/** The client: reads what is, applies definitions, sends commands; runs nothing itself. */
@org.jspecify.annotations.NullMarked
package dev.belfry.agent.client;
