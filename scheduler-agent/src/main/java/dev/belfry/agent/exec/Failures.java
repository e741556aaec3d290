package dev.belfry.agent.exec;

import dev.belfry.agent.handler.FailedCallException;
import dev.belfry.core.shard.AttemptEnd;

/** What is recorded of something that user code threw. Whatever the exception's own methods do, an answer comes of it. */
final class Failures {
    private static final int LONGEST_MESSAGE = 1_000;

    private Failures() {}

    /** The failure that a throwable stands for. */
    static AttemptEnd of(Throwable thrown) {
        String message = message(thrown);
        String said = thrown instanceof FailedCallException ? message : "";
        return new AttemptEnd(false, name(thrown.getClass()), message, true, said);
    }

    /** The class name as people write it: a nested class with a dot, so that its simple name is what follows the last. */
    private static String name(Class<?> type) {
        String canonical = type.getCanonicalName();
        return canonical == null ? type.getName() : canonical;
    }

    private static String message(Throwable thrown) {
        try {
            String message = thrown.getMessage();
            if (message == null) {
                return "";
            }
            return message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE);
        } catch (Throwable hostile) {
            return "its message cannot be read: " + hostile.getClass().getName();
        }
    }
}
