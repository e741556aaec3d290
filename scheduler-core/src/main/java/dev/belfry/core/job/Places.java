package dev.belfry.core.job;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the jobs of a text stand, so that what is found wrong by comparing jobs with each other is told with its place. Immutable.
 */
public final class Places {

    static final Places NONE = new Places(Map.of());

    /** A job of the text: its number and what was written of it. */
    private record Written(int number, Node.Mapping mapping) {}

    private final Map<String, Written> jobs;

    private Places(Map<String, Written> jobs) {
        this.jobs = jobs;
    }

    static Places of(@Nullable Node jobs) {
        Map<String, Written> found = new LinkedHashMap<>();
        for (int i = 0; jobs instanceof Node.Sequence list && i < list.items().size(); i++) {
            if (list.items().get(i) instanceof Node.Mapping mapping
                    && mapping.get(JobForm.NAME.name()) instanceof Node.Scalar name) {
                found.putIfAbsent(name.text(), new Written(i, mapping));
            }
        }
        return new Places(found);
    }

    Optional<DefinitionError> error(String file, JobProblem problem) {
        Written written = jobs.get(problem.job());
        if (written == null) {
            return Optional.empty();
        }
        int item = problem.item();
        Node value = written.mapping().get(problem.key());
        Node at = item >= 0
                        && value instanceof Node.Sequence list
                        && item < list.items().size()
                ? list.items().get(item)
                : value;
        Position position = at == null ? written.mapping().at() : at.at();
        String path = Paths.key(Paths.item(FileForm.JOBS.name(), written.number()), problem.key());
        return Optional.of(new DefinitionError(
                file,
                position.line(),
                position.column(),
                item < 0 ? path : Paths.item(path, item),
                problem.message(),
                problem.expected(),
                problem.hint()));
    }

    /** Two texts with equal jobs are equal wherever these stand. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Places;
    }

    @Override
    public int hashCode() {
        return 1;
    }
}
