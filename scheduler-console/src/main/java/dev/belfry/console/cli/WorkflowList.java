package dev.belfry.console.cli;

import dev.belfry.console.query.WorkflowView;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Workflow runs, one a row, newest first. */
final class WorkflowList {
    private static final int SHOWN = 5;

    private WorkflowList() {}

    /**
     * @param job only runs of which it is part; null for all
     * @param limit at most so many
     */
    static Listing of(Collection<WorkflowView> runs, @Nullable String job, int limit, Instant now) {
        Listing list = new Listing(new TextTable("WORKFLOW", "STATE", "DUE", "BEGUN", ">JOBS", "FAILED"));
        runs.stream()
                .filter(run -> job == null
                        || run.jobs().stream().anyMatch(one -> one.name().equals(job)))
                .sorted(Comparator.comparing(WorkflowView::begun).reversed().thenComparing(WorkflowView::id))
                .limit(limit)
                .forEach(run -> row(list, run, now));
        return list;
    }

    private static void row(Listing list, WorkflowView run, Instant now) {
        list.table()
                .row(
                        run.id(),
                        run.state(),
                        Times.instant(run.due()),
                        Times.past(run.begun(), now),
                        run.done() + "/" + run.jobs().size(),
                        shown(List.copyOf(run.failed())));
        list.tree().add(tree(run));
    }

    private static String shown(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(SHOWN, names.size())))
                + (names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "");
    }

    /** A run, for programs. */
    static Map<String, Object> tree(WorkflowView run) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("id", run.id());
        tree.put("state", run.state());
        tree.put("due", Times.iso(run.due()));
        tree.put("scheduled", run.scheduled());
        tree.put("begun", Times.iso(run.begun()));
        tree.put("ended", Times.iso(run.ended()));
        tree.put("done", run.done());
        tree.put("all", run.jobs().size());
        tree.put("failed", List.copyOf(run.failed()));
        return tree;
    }
}
