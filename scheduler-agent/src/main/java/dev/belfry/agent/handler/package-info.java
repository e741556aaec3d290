/**
 * Handlers that come with the agent and are there only where its owner has switched them on: commands of one directory,
 * and requests to hosts of a list.
 */
@org.jspecify.annotations.NullMarked
package dev.belfry.agent.handler;
