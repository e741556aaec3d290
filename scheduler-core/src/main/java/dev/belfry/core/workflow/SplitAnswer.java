package dev.belfry.core.workflow;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** What comes of something that was asked of a split run. */
public sealed interface SplitAnswer {

    /**
     * It is done.
     *
     * @param next the split run as it is from now on
     * @param pages the numbers of the pages that are new or have changed; the head may have changed as well
     * @param effects what follows
     */
    record Step(Split next, Set<Integer> pages, List<SplitEffect> effects) implements SplitAnswer {
        public Step {
            Objects.requireNonNull(next, "next");
            pages = Collections.unmodifiableSet(new TreeSet<>(pages));
            effects = List.copyOf(effects);
        }
    }

    /** It cannot be done, and nothing has changed; the reason is for the code that asked. */
    record Refused(String reason) implements SplitAnswer {}
}
