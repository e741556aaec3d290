package dev.belfry.console.cli;

import dev.belfry.console.query.WorkflowView;
import dev.belfry.console.query.WorkflowView.JobView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One workflow run with all of its jobs. */
final class WorkflowDescription {
    private WorkflowDescription() {}

    /** For people. */
    static List<String> lines(WorkflowView run, Instant now) {
        TextTable table = new TextTable("JOB", "STATE", ">ATTEMPT", "RUN", "WHY", "NOT BEFORE", "OUTPUT");
        for (JobView job : run.jobs()) {
            table.row(
                    job.name(),
                    job.state(),
                    job.attempt(),
                    job.run().orElse("-"),
                    job.why(),
                    job.notBefore().map(Times::instant).orElse("-"),
                    job.output().orElse("-"));
        }
        String end = run.ended()
                .map(at -> ", ended " + Times.past(at, now))
                .orElse(", " + run.done() + " of " + Words.count(run.jobs().size(), "job") + " done");
        return List.of(
                "workflow run " + run.id() + ": " + run.state() + ", " + (run.scheduled() ? "due " : "asked for at ")
                        + run.due() + end,
                "",
                table.render().stripTrailing());
    }

    /** For programs. */
    static Map<String, Object> tree(WorkflowView run) {
        Map<String, Object> tree = WorkflowList.tree(run);
        List<Map<String, Object>> jobs = new ArrayList<>();
        run.jobs().forEach(job -> jobs.add(tree(job)));
        tree.put("jobs", jobs);
        return tree;
    }

    private static Map<String, Object> tree(JobView job) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("job", job.name());
        one.put("state", job.state());
        one.put("attempt", job.attempt());
        one.put("run", job.run().orElse(null));
        one.put("after", job.after());
        one.put("why", job.why());
        one.put("notBefore", Times.iso(job.notBefore()));
        one.put("output", job.output().orElse(null));
        return one;
    }

    /** Why a workflow run cannot be shown. */
    static NoException absent(String id) {
        return new NoException("no workflow run '" + id
                + "'; 'belfry get workflows' lists those under way and the last 200 that have ended");
    }
}
