package dev.belfry.console.cli;

/** The answer is no; the message says why. Ends a command with exit code 1. */
final class NoException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoException(String message) {
        super(message);
    }
}
