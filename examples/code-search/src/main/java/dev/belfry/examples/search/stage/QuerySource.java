package dev.belfry.examples.search.stage;

import dev.belfry.examples.search.result.QuerySet;
import java.io.IOException;

/** Looks the query set up; called anew by every run, so that an edited file of queries is taken up. */
@FunctionalInterface
public interface QuerySource {
    /** The queries as they are now. */
    QuerySet read() throws IOException;
}
