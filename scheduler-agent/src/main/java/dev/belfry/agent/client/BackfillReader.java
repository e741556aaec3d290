package dev.belfry.agent.client;

import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.workflow.BackfillRun;
import dev.belfry.core.workflow.BackfillRunCodec;
import dev.belfry.store.Znode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Reads backfills.
 *
 * <p>Not thread-safe; owned by the client's loop. One per question.
 */
final class BackfillReader {
    private final Requests requests;
    private final Deadline deadline;

    BackfillReader(Requests requests, Deadline deadline) {
        this.requests = requests;
        this.deadline = deadline;
    }

    /** All that are kept, by id; those that cannot be read are named. */
    CompletableFuture<Readings<BackfillRun>> backfills() {
        return requests.sync("get-backfills-sync", deadline)
                .thenCompose(synced -> requests.children("get-backfills", Paths.BACKFILLS, deadline))
                .thenCompose(names -> requests.readAll(
                        "get-backfill",
                        names.stream().sorted().map(Paths::backfill).toList(),
                        deadline))
                .thenApply(BackfillReader::readings);
    }

    private static Readings<BackfillRun> readings(List<Znode> found) {
        List<BackfillRun> runs = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (Znode znode : found) {
            try {
                runs.add(BackfillRunCodec.decode(znode.path(), znode.data()));
            } catch (CorruptRecordException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        return new Readings<>(runs, problems);
    }
}
