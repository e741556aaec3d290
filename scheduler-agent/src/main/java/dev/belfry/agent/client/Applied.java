package dev.belfry.agent.client;

import dev.belfry.core.job.DefinitionDiff.FieldChange;
import java.time.Instant;
import java.util.List;

/** What became of a definition that was applied. */
public sealed interface Applied {

    /** The job's name. */
    String job();

    /**
     * The job is new.
     *
     * @param from what is due at or after this instant is due under it
     * @param zxid of the write, to be compared with what agents report to have applied
     */
    record Created(String job, String uid, Instant from, long zxid) implements Applied {}

    /**
     * The job has a new version.
     *
     * @param changes the fields that differ; none if only its owner changed
     * @param from what is due at or after this instant is due under it
     * @param zxid of the write
     */
    record Changed(String job, String uid, int version, List<FieldChange> changes, Instant from, long zxid)
            implements Applied {
        public Changed {
            changes = List.copyOf(changes);
        }
    }

    /** The job already is as declared; nothing was written. */
    record Unchanged(String job, String uid, int version) implements Applied {}

    /** Nothing was written. */
    record Refused(String job, String why) implements Applied {}
}
