package dev.belfry.agent.handler;

/** What a built-in handler called has answered that it failed: a command with its exit code, a server with a status. */
public final class FailedCallException extends Exception {
    private static final long serialVersionUID = 1;

    FailedCallException(String message) {
        super(message);
    }
}
