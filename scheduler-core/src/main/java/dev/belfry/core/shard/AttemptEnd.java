package dev.belfry.core.shard;

import dev.belfry.core.ledger.FailureText;
import dev.belfry.core.ledger.Reasons;

/**
 * How an attempt ended, as the code that ran it saw it.
 *
 * @param succeeded whether it returned normally
 * @param error class name of the exception; empty if it succeeded
 * @param message a short text for people; may be empty
 * @param retryable false if another attempt cannot help
 * @param said what it has to say even if it was told to stop, such as the end of a command's output; may be empty
 */
public record AttemptEnd(boolean succeeded, String error, String message, boolean retryable, String said) {

    /** One that has nothing to say if it was told to stop. */
    public AttemptEnd(boolean succeeded, String error, String message, boolean retryable) {
        this(succeeded, error, message, retryable, "");
    }

    /** It returned normally. */
    public static AttemptEnd success() {
        return new AttemptEnd(true, "", "", false);
    }

    /** It was never started, because the lease was over when its turn came. */
    public static AttemptEnd notStarted() {
        return new AttemptEnd(false, Reasons.LEASE_OVER, "", true);
    }

    /** Whether it is {@link #notStarted}; no exception's class has that name. */
    public boolean wasNotStarted() {
        return !succeeded && error.equals(Reasons.LEASE_OVER);
    }

    /** What is recorded of its failure: the error and what it said. */
    public String reason() {
        return FailureText.of(message.isEmpty() ? error : error + ": " + message);
    }

    /** It threw. */
    public static AttemptEnd failure(String error, String message) {
        return new AttemptEnd(false, error, message, true);
    }
}
