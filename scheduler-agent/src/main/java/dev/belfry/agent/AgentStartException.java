package dev.belfry.agent;

/** An agent could not be started, or was not registered within the time that it was to wait. The message says why. */
public final class AgentStartException extends RuntimeException {
    private static final long serialVersionUID = 1;

    AgentStartException(String message) {
        super(message);
    }
}
