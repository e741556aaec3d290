package dev.belfry.master;

import dev.belfry.core.version.JobRecord;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One look at the parts of one broadcast job. Not thread-safe. */
final class PartsLook {
    static final String CHECKPOINT = ":checkpoint";

    final JobRecord job;
    final String parent;
    final Instant began;
    final Deque<String> names = new ArrayDeque<>();
    /** Of which of them there is a checkpoint. */
    final Set<String> checkpoints = new HashSet<>();

    final Map<String, KnownPart> known;
    /** The ids of the agents that were registered when it began. */
    final Set<String> present;
    /** Whether nobody takes part any more. */
    final boolean ended;

    boolean open;

    PartsLook(
            JobRecord job,
            String parent,
            Instant began,
            List<String> children,
            Map<String, KnownPart> known,
            Set<String> present) {
        this.job = job;
        this.parent = parent;
        this.began = began;
        for (String child : children) {
            if (child.endsWith(CHECKPOINT)) {
                checkpoints.add(child.substring(0, child.length() - CHECKPOINT.length()));
            } else {
                names.add(child);
            }
        }
        this.known = known;
        this.present = present;
        this.ended = job.endOfLayout(job.lastBroadcast().orElseThrow().layout())
                .filter(end -> !end.isAfter(began))
                .isPresent();
    }
}
