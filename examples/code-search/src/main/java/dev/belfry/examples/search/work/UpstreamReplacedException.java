package dev.belfry.examples.search.work;

import java.io.IOException;

/** A generation was removed while it was to be read, because two newer ones have been published since. */
public final class UpstreamReplacedException extends IOException {
    private static final long serialVersionUID = 1;

    UpstreamReplacedException(String file, IOException cause) {
        super(file + " was replaced by a newer generation", cause);
    }
}
