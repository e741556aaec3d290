package dev.belfry.core.job;

/**
 * Something that a definition asks for and that this version of Belfry cannot run yet.
 *
 * @param path the key that asks for it, such as {@code placement}
 * @param feature what it is called, such as {@code queued placement}
 */
public record LaterFeature(String path, String feature) {

    /** The refusal in one sentence without a full stop. */
    public String message() {
        return "needs " + feature + ", which this version does not run yet";
    }
}
