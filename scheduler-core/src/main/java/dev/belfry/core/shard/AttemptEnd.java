package dev.belfry.core.shard;

/**
 * How an attempt ended, as the code that ran it saw it.
 *
 * @param succeeded whether it returned normally
 * @param error class name of the exception; empty if it succeeded
 * @param message a short text for people; may be empty
 * @param retryable false if another attempt cannot help
 */
public record AttemptEnd(boolean succeeded, String error, String message, boolean retryable) {

    /** It returned normally. */
    public static AttemptEnd success() {
        return new AttemptEnd(true, "", "", false);
    }

    /** It threw. */
    public static AttemptEnd failure(String error, String message) {
        return new AttemptEnd(false, error, message, true);
    }
}
