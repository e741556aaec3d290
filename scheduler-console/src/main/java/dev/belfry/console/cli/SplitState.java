package dev.belfry.console.cli;

import dev.belfry.core.workflow.SplitHead;
import java.util.LinkedHashMap;
import java.util.Map;

/** How far a run is that is split into sub-tasks. */
final class SplitState {
    private SplitState() {}

    /** In one word: splitting, gathering, reducing, stopping. */
    static String word(SplitHead split) {
        return Listing.word(split.phase());
    }

    /** The word, and how many of its sub-tasks have ended. */
    static String brief(SplitHead split) {
        return word(split) + " " + split.settled() + "/" + split.tasks();
    }

    /** For programs. */
    static Map<String, Object> tree(SplitHead split) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("phase", word(split));
        tree.put("tasks", split.tasks());
        tree.put("ended", split.settled());
        tree.put("failed", split.failed());
        tree.put("mayFail", split.policy().tolerated());
        tree.put("stopsEarly", split.policy().stopsEarly());
        return tree;
    }
}
