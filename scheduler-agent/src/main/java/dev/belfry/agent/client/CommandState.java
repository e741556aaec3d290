package dev.belfry.agent.client;

import dev.belfry.core.command.Command;
import java.time.Instant;

/**
 * A command as it was read.
 *
 * @param command with its result, if the master has consumed it
 * @param sent when it became durable, by the ensemble's clock
 */
public record CommandState(Command command, Instant sent) {}
