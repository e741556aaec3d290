package dev.belfry.console.query;

import dev.belfry.core.job.Upstreams;
import dev.belfry.core.version.JobVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a job that runs after others stands in the workflow runs that it is part of. Pure functions of a case. */
final class WorkflowStory {
    private WorkflowStory() {}

    static boolean isTold(JobVersion version) {
        return !version.definition().upstreams().after().isEmpty();
    }

    /** The last workflow run that was due up to the instant asked for, or began up to it if nobody scheduled it. */
    static List<String> of(Case facts, JobVersion version) {
        List<String> told = new ArrayList<>();
        Upstreams upstreams = version.definition().upstreams();
        String rule = upstreams.rule().name().toLowerCase(Locale.ROOT).replace('_', '-');
        told.add("It runs in workflow runs, after " + String.join(" and ", upstreams.after()) + ", by the rule " + rule
                + (upstreams.when().isEmpty()
                        ? ""
                        : " and when "
                                + String.join(
                                        ", ",
                                        upstreams.when().stream()
                                                .map(Object::toString)
                                                .toList()))
                + "; it has no fires of its own.");
        String name = facts.job().name();
        Optional<WorkflowView> last = facts.workflows().stream()
                .filter(run -> !run.due().isAfter(facts.at()) && find(run, name).isPresent())
                .max(Comparator.comparing(WorkflowView::due).thenComparing(WorkflowView::begun));
        last.ifPresentOrElse(
                run -> find(run, name).ifPresent(job -> told.add(standing(run, job))),
                () -> told.add("No workflow run with it is kept that was due up to " + facts.at() + "."));
        return told;
    }

    private static Optional<WorkflowView.JobView> find(WorkflowView run, String name) {
        return run.jobs().stream().filter(job -> job.name().equals(name)).findFirst();
    }

    private static String standing(WorkflowView run, WorkflowView.JobView job) {
        String why = job.why().isEmpty() ? "" : ": " + job.why();
        String attempt = job.run().map(id -> " (run " + id + ")").orElse("");
        String gate = job.notBefore()
                .filter(at -> !job.done())
                .map(WorkflowStory::notBefore)
                .orElse("");
        return "In workflow run " + run.id() + ", due at " + run.due() + " and " + run.state() + ", it is "
                + job.state() + attempt + why + gate + ". 'belfry describe workflow " + run.id()
                + "' tells of the others.";
    }

    private static String notBefore(Instant at) {
        return "; its own trigger holds it back until " + at;
    }
}
