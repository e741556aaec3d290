package dev.belfry.store;

import java.util.List;

/** The answer to a request for the names of a znode's children. */
public sealed interface Listing {

    /**
     * The names, sorted.
     *
     * @param childVersion how often the set of children has changed
     */
    record Found(List<String> names, int childVersion) implements Listing {
        public Found {
            names = List.copyOf(names);
        }
    }

    /** The server says that there is no such znode. */
    record Missing(String path) implements Listing {}

    /** No answer; nothing is known. */
    record Failed(Failure failure) implements Listing {}
}
