package dev.belfry.core.workflow;

import dev.belfry.core.job.DefinitionError;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.JobProblem;
import dev.belfry.core.job.ParsedDefinitions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is wrong with the workflows of a namespace: upstreams that nobody knows, cycles, roots that do not start together, jobs
 * that would never run, runs that could not be stored. Pure functions.
 *
 * <p>They judge what was read, and nothing is locked: of two who apply at once each may be right by itself and both together wrong.
 * The workflow does not begin then, and the master logs why.
 */
public final class WorkflowChecks {

    private WorkflowChecks() {}

    /**
     * What is wrong with the jobs of some files beside each other and beside what is there.
     *
     * @param inFiles what is wrong with jobs of the files, at its place
     * @param elsewhere what becomes wrong with jobs that are there, because of the files
     */
    public record Findings(List<DefinitionError> inFiles, List<JobProblem> elsewhere) {
        public Findings {
            inFiles = List.copyOf(inFiles);
            elsewhere = List.copyOf(elsewhere);
        }

        /** Whether nothing is wrong. */
        public boolean none() {
            return inFiles.isEmpty() && elsewhere.isEmpty();
        }
    }

    /** Everything that is wrong with these jobs, which are all there are; by job. */
    public static List<JobProblem> of(Collection<JobDefinition> jobs) {
        WorkflowGraph graph = WorkflowGraph.of(jobs);
        List<JobProblem> problems = new ArrayList<>();
        graph.sets().forEach(set -> problems.addAll(among(set, graph)));
        return List.copyOf(problems);
    }

    private static List<JobProblem> among(List<String> set, WorkflowGraph graph) {
        List<JobProblem> found = unknownUpstreams(set, graph);
        found.addAll(Cycles.among(set, graph));
        if (found.isEmpty()) {
            // Only a set that is whole can be judged as one.
            graph.workflow(set.get(0)).ifPresent(workflow -> found.addAll(StartChecks.of(workflow)));
        }
        return found;
    }

    /**
     * What is wrong if the jobs of these files are applied.
     *
     * @param files those that are applied together
     * @param present the jobs that are there and stay, of any name; those of the files replace them
     */
    public static Findings of(List<ParsedDefinitions> files, Collection<JobDefinition> present) {
        Map<String, JobDefinition> all = new TreeMap<>();
        present.forEach(job -> all.put(job.name(), job));
        files.forEach(file -> file.jobs().forEach(job -> all.put(job.name(), job)));
        Set<JobProblem> before = new HashSet<>(of(present));
        List<DefinitionError> inFiles = new ArrayList<>();
        List<JobProblem> elsewhere = new ArrayList<>();
        for (JobProblem problem : of(all.values())) {
            List<DefinitionError> placed = files.stream()
                    .map(file -> file.errorAt(problem).orElse(null))
                    .filter(Objects::nonNull)
                    .toList();
            inFiles.addAll(placed);
            if (placed.isEmpty() && !before.contains(problem)) {
                elsewhere.add(problem);
            }
        }
        // By file in their order, which the stable sort keeps as it is within a place.
        List<String> order = files.stream().map(ParsedDefinitions::file).toList();
        inFiles.sort(Comparator.comparingInt((DefinitionError error) -> order.indexOf(error.file()))
                .thenComparingInt(DefinitionError::line)
                .thenComparingInt(DefinitionError::column));
        return new Findings(inFiles, elsewhere);
    }

    /**
     * Which of some jobs must not be written because of what would become wrong with a workflow: all of a workflow that they change,
     * or none. What was wrong before is no reason.
     *
     * @param wanted those that are applied together; of several of one name the last counts
     * @param present the jobs that are there, of any name; the wanted ones replace them
     * @return why not, by the name of the job
     */
    public static Map<String, String> refusals(Collection<JobDefinition> wanted, Collection<JobDefinition> present) {
        Set<JobProblem> before = new HashSet<>(of(present));
        Map<String, JobDefinition> all = new TreeMap<>();
        present.forEach(job -> all.put(job.name(), job));
        wanted.forEach(job -> all.put(job.name(), job));
        WorkflowGraph graph = WorkflowGraph.of(all.values());
        Set<String> changed = new TreeSet<>();
        wanted.forEach(job -> changed.add(job.name()));
        Map<String, String> refusals = new TreeMap<>();
        for (List<String> set : graph.sets()) {
            List<JobProblem> problems = new ArrayList<>(among(set, graph));
            problems.removeAll(before);
            if (!problems.isEmpty()) {
                set.stream().filter(changed::contains).forEach(name -> refusals.put(name, reason(name, problems)));
            }
        }
        return refusals;
    }

    /** What is wrong with the job itself, or else with another of its workflow. */
    private static String reason(String job, List<JobProblem> problems) {
        return problems.stream()
                .filter(problem -> problem.job().equals(job))
                .findFirst()
                .map(problem -> problem.render().substring(("job " + job + ": ").length()))
                .orElseGet(() -> "belongs to a workflow with an error, of which nothing is applied: "
                        + problems.get(0).render());
    }

    private static List<JobProblem> unknownUpstreams(List<String> set, WorkflowGraph graph) {
        List<JobProblem> found = new ArrayList<>();
        for (String name : set) {
            JobDefinition job = graph.jobs().get(name);
            List<String> after = job == null ? List.of() : job.upstreams().after();
            for (int i = 0; i < after.size(); i++) {
                if (!graph.jobs().containsKey(after.get(i))) {
                    found.add(JobProblem.of(name, "after", "there is no job \"" + after.get(i) + "\"")
                            .at(i)
                            .expecting("the name of a job that is applied before or together with it")
                            .nearest(after.get(i), graph.jobs().keySet()));
                }
            }
        }
        return found;
    }
}
