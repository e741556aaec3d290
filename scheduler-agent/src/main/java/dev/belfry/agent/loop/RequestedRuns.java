package dev.belfry.agent.loop;

import dev.belfry.core.ledger.FireId;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.RunRequest;
import java.util.List;
import java.util.Map;

/**
 * Runs of a job that somebody asked for, and who owes them: the layout that was in force when the master accepted the run,
 * and of a broadcast job the agents that were registered by then. The record lists them long after they are over.
 */
final class RequestedRuns {

    private RequestedRuns() {}

    /** All that the record lists. */
    static List<FireId> listed(JobRecord job) {
        return job.requests().stream().map(RequestedRuns::fire).toList();
    }

    /** Those that a shard owes or has owed. */
    static List<FireId> owed(JobRecord job, OwnedShard shard) {
        return job.requests().stream()
                .filter(request -> owes(shard, job, request))
                .map(RequestedRuns::fire)
                .toList();
    }

    /** What a run was given when it was asked for. */
    static Map<String, String> parameters(JobRecord job, FireId fire) {
        return job.requests().stream()
                .filter(request ->
                        fire.requested().filter(request.runId()::equals).isPresent())
                .findFirst()
                .map(RunRequest::parameters)
                .orElse(Map.of());
    }

    private static FireId fire(RunRequest request) {
        return FireId.requested(request.runId(), request.accepted());
    }

    private static boolean owes(OwnedShard shard, JobRecord job, RunRequest request) {
        if (shard.ref.isBroadcast()) {
            return request.accepted().isAfter(shard.joined);
        }
        return job.layoutOf(request)
                .filter(layout -> layout == shard.ref.layout())
                .isPresent();
    }
}
