package dev.belfry.bench.peer;

import dev.belfry.bench.store.Store;
import java.nio.file.Path;
import java.util.List;

/**
 * A scheduler that can be measured.
 *
 * @param name as on the command line and in results
 * @param store what it needs below it
 * @param abilities what can be asked of it
 * @param program of one agent
 * @param schema SQL that has to run first
 * @param configuration how it is set up, for the record
 * @param oneOffs the ways in which it is set up to run what is submitted to it; none of a scheduler that only knows schedules
 */
public record Contender(
        String name,
        Store.Kind store,
        Abilities abilities,
        Program program,
        List<String> schema,
        List<String> configuration,
        List<OneOffs> oneOffs) {

    /** Belfry's own name. */
    public static final String BELFRY = "belfry";

    public Contender {
        schema = List.copyOf(schema);
        configuration = List.copyOf(configuration);
        oneOffs = List.copyOf(oneOffs);
    }

    /** What starts one agent. */
    public record Program(List<Path> classPath, String mainClass) {
        public Program {
            classPath = List.copyOf(classPath);
        }
    }

    /**
     * What starts one process that runs what is submitted, or submits it; with the class path of the scheduler.
     *
     * @param name as in results
     * @param tuned whether it is set up for this load, and not as it comes
     * @param batch runs that are submitted in one call where as many as possible are to run
     * @param configuration how it is set up, for the record
     */
    public record OneOffs(String name, String mainClass, boolean tuned, int batch, String configuration) {}

    /**
     * What a scheduler can express.
     *
     * @param spread jobs of one period that are due at different instants within a second
     * @param shards jobs cut into shards that agents own
     * @param registersOnce one agent registers the jobs for all; otherwise every agent has to
     */
    public record Abilities(boolean spread, boolean shards, boolean registersOnce) {}
}
