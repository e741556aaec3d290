package dev.belfry.examples.search.work;

import java.io.IOException;

/** The shard has been published by a writer with a greater fencing token: whoever sees this is no longer its owner. */
public final class StaleWriterException extends IOException {
    private static final long serialVersionUID = 1;

    StaleWriterException(String shard, long own, long published) {
        super(shard + " was published under fencing token " + published + ", this attempt has " + own
                + ": a newer owner is at work, nothing was replaced. If the scheduler's ZooKeeper data was deleted and"
                + " its tokens began anew, delete the work directory too");
    }
}
