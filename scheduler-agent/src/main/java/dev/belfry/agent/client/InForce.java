package dev.belfry.agent.client;

import dev.belfry.core.ownership.HeartbeatRecord;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Waits until a change of a definition is taken up: every agent that is registered has reported to have applied it, or
 * its registration is gone.
 *
 * <p>Not thread-safe; owned by the client's loop.
 */
final class InForce {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Requests requests;
    private final long zxid;
    private final Deadline deadline;
    /** The requests themselves may take a little longer than the waiting. */
    private final Deadline reading;

    InForce(Requests requests, long zxid, Deadline deadline) {
        this.requests = requests;
        this.zxid = zxid;
        this.deadline = deadline;
        this.reading = new Deadline(deadline.nanos() + Duration.ofSeconds(5).toNanos());
    }

    /** The incarnations that have not applied the change by the deadline; empty if all have. */
    CompletableFuture<List<String>> await() {
        return missing()
                .thenCompose(missing -> missing.isEmpty() || requests.deadlinePassed(deadline)
                        ? CompletableFuture.completedFuture(missing)
                        : requests.after(POLL).thenCompose(waited -> await()));
    }

    private CompletableFuture<List<String>> missing() {
        return requests.children("in-force-agents", Paths.AGENTS, reading)
                .thenCompose(names -> requests.readAll(
                                "in-force-read",
                                names.stream().map(Paths::heartbeat).toList(),
                                reading)
                        .thenApply(heartbeats -> {
                            Map<String, Long> applied = new HashMap<>();
                            heartbeats.forEach(znode -> applied.put(Paths.name(znode.path()), appliedJobs(znode)));
                            return names.stream()
                                    .filter(name -> applied.getOrDefault(name, -1L) < zxid)
                                    .toList();
                        }));
    }

    private static long appliedJobs(Znode znode) {
        try {
            return HeartbeatRecord.decode(znode.path(), znode.data()).appliedJobs();
        } catch (CorruptRecordException e) {
            return -1;
        }
    }
}
