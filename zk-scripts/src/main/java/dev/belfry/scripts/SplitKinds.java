package dev.belfry.scripts;

import static dev.belfry.scripts.ZnodeKind.Content.NONE;
import static dev.belfry.scripts.ZnodeKind.Content.json;
import static dev.belfry.scripts.ZnodeKind.Presence.PERSISTENT;

import dev.belfry.core.queue.HandedPage;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.workflow.SplitCodec;
import dev.belfry.core.workflow.SplitHead;
import dev.belfry.core.workflow.SplitPage;
import dev.belfry.core.workflow.SubTask;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The kinds of znodes that runs have which are split into sub-tasks. */
final class SplitKinds {
    static final String RUN = "/splits/<run>";

    private static final String MASTER = "the master";

    private SplitKinds() {}

    static List<ZnodeKind> list() {
        return List.of(
                new ZnodeKind(
                        Paths.SPLITS,
                        PERSISTENT,
                        "whoever starts first",
                        "runs that are split into sub-tasks, until they are over",
                        NONE),
                new ZnodeKind(
                        RUN,
                        PERSISTENT,
                        MASTER + ", in the multi that makes it true; it deletes it when it is over",
                        "one such run as a whole: what it does, and how many of its sub-tasks have ended",
                        json(SplitCodec.SCHEMA, (path, node) -> head(path, node.data()))
                                .atMost(SplitCodec.MOST_BYTES)),
                new ZnodeKind(
                        RUN + "/<n>",
                        PERSISTENT,
                        MASTER + ", in the multi that makes it true; it deletes it when the run is over",
                        SplitPage.ROWS + " of its sub-tasks, with their outcomes and outputs",
                        json(SplitCodec.SCHEMA, (path, node) -> page(path, node.data()))
                                .atMost(SplitCodec.MOST_BYTES)),
                new ZnodeKind(
                        "/outbox/<incarnation>/<n>.<part>",
                        PERSISTENT,
                        "the agent; " + MASTER + " deletes it with what it makes of it",
                        "sub-tasks that the attempt with this number hands in",
                        json(HandedPage.SCHEMA, (path, node) -> handed(path, node.data()))
                                .atMost(HandedPage.MOST_BYTES)));
    }

    /** A run under another's name would be taken for it. */
    private static Object head(String path, byte[] data) {
        SplitHead head = SplitCodec.decodeHead(path, data);
        if (!Paths.split(head.parent()).equals(path)) {
            throw CorruptRecordException.malformed(path, "it is the split run " + head.parent());
        }
        return head;
    }

    private static Object page(String path, byte[] data) {
        SplitPage page = SplitCodec.decodePage(path, data);
        if (!Integer.toString(page.number()).equals(Paths.name(path))) {
            throw CorruptRecordException.malformed(path, "it is page " + page.number());
        }
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("page", page.number());
        shown.put("rows", page.rows().stream().map(SplitKinds::row).toList());
        return shown;
    }

    private static Map<String, Object> row(SplitPage.Row row) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("name", row.name());
        shown.put("digest", row.digest());
        shown.put("outcome", row.outcome());
        shown.put("output", row.output().map(Object::toString));
        return shown;
    }

    private static Object handed(String path, byte[] data) {
        HandedPage page = HandedPage.decode(path, data);
        Map<String, Object> tasks = new LinkedHashMap<>();
        for (SubTask task : page.tasks()) {
            tasks.put(task.name(), task.parameters());
        }
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("policy", page.policy());
        shown.put("tasks", tasks);
        return shown;
    }
}
