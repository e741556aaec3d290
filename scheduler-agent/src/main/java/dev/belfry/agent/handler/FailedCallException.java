package dev.belfry.agent.handler;

import dev.belfry.core.ledger.FailureText;

/** What a built-in handler called has answered that it failed: a command with its exit code, a server with a status. */
public final class FailedCallException extends Exception {
    private static final long serialVersionUID = 1;
    /** With what stands before it, the recorded reason of a failure can hold this. */
    private static final int MOST_BYTES = 700;

    private FailedCallException(String message) {
        super(message);
    }

    /** The failure of a call that said {@code output}, of which the end is kept. */
    static FailedCallException with(String what, String output) {
        String end = FailureText.tail(output, MOST_BYTES);
        return new FailedCallException(end.isEmpty() ? what : what + ": " + end);
    }
}
