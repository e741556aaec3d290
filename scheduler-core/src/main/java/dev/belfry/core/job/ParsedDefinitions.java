package dev.belfry.core.job;

import dev.belfry.core.schedule.BusinessCalendar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a text declares, and everything that is wrong with it. Immutable.
 *
 * @param file the name of the file as given
 * @param jobs those that are right, in the order of the text; if there is any error, apply none of them
 * @param calendars those that are right, by name; a job carries those that it uses, too
 * @param queues the rules of the queues that are declared, by name; empty if any of them is wrong
 * @param pools the slots of the pools that are declared, by name; empty if any of them is wrong
 * @param errors in the order of the text; empty if the text is valid
 * @param later what the jobs ask for that this version cannot run: the text is valid, but do not apply it
 * @param places where the jobs stand
 */
public record ParsedDefinitions(
        String file,
        List<JobDefinition> jobs,
        Map<String, BusinessCalendar> calendars,
        Map<String, QueueRules> queues,
        Map<String, Integer> pools,
        List<DefinitionError> errors,
        List<DefinitionError> later,
        Places places) {

    public ParsedDefinitions {
        Objects.requireNonNull(file, "file");
        jobs = List.copyOf(jobs);
        calendars = Ordered.copyOf(calendars);
        queues = Ordered.copyOf(queues);
        pools = Ordered.copyOf(pools);
        errors = List.copyOf(errors);
        later = List.copyOf(later);
        Objects.requireNonNull(places, "places");
    }

    /** What is wrong with a job beside other jobs, as an error at its place; empty if the job is not in this text. */
    public Optional<DefinitionError> errorAt(JobProblem problem) {
        return places.error(file, problem);
    }

    /** Whether nothing is wrong with the text. */
    public boolean isValid() {
        return errors.isEmpty();
    }

    /**
     * The jobs of a text that can be applied as a whole.
     *
     * @throws IllegalDefinitionException if anything is wrong or needs a later version, with all of that
     */
    public List<JobDefinition> jobsOrThrow() {
        List<DefinitionError> all = new ArrayList<>(errors);
        all.addAll(later);
        if (!all.isEmpty()) {
            all.sort(DefinitionError.BY_POSITION);
            throw new IllegalDefinitionException(file, all);
        }
        return jobs;
    }
}
