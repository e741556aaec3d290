package dev.belfry.agent.fence;

import java.sql.SQLNonTransientException;

/**
 * A write was refused because one with a greater fencing token has come before it: its attempt was replaced, and nothing that
 * it does is wanted any more. Not to be tried again; in a definition, {@code retry: {not-on: [StaleWriterException]}}.
 */
public final class StaleWriterException extends SQLNonTransientException {
    private static final long serialVersionUID = 1L;

    private final String resource;
    private final long token;
    private final long highest;

    StaleWriterException(String resource, long token, long highest) {
        super("write to '" + resource + "' refused: token " + token + " is stale, " + highest
                + " has written; this attempt was replaced by a later one");
        this.resource = resource;
        this.token = token;
        this.highest = highest;
    }

    /** What was to be written. */
    public String resource() {
        return resource;
    }

    /** The token of the writer that was refused. */
    public long token() {
        return token;
    }

    /** The greatest token that has written. */
    public long highest() {
        return highest;
    }
}
