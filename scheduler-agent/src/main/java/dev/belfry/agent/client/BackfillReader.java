package dev.belfry.agent.client;

import dev.belfry.core.queue.DeadLetter;
import dev.belfry.core.queue.DeadLetterPage;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.workflow.BackfillRun;
import dev.belfry.core.workflow.BackfillRunCodec;
import dev.belfry.store.Znode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Reads backfills, and runs that have failed for good.
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
                .thenApply(found ->
                        readings(found, znode -> List.of(BackfillRunCodec.decode(znode.path(), znode.data()))));
    }

    /** The runs that have failed for good, oldest first; pages that cannot be read are named. */
    CompletableFuture<Readings<DeadLetter>> deadLetters() {
        return requests.sync("get-dead-sync", deadline)
                .thenCompose(synced -> requests.children("get-dead", Paths.DEAD_LETTERS, deadline))
                .thenCompose(names -> requests.readAll(
                        "get-dead-page",
                        names.stream()
                                .map(Long::valueOf)
                                .sorted()
                                .map(Paths::deadLetters)
                                .toList(),
                        deadline))
                .thenApply(found -> readings(
                        found,
                        znode -> DeadLetterPage.decode(znode.path(), znode.data())
                                .letters()));
    }

    private static <T> Readings<T> readings(List<Znode> found, Function<Znode, List<T>> decode) {
        List<T> read = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (Znode znode : found) {
            try {
                read.addAll(decode.apply(znode));
            } catch (CorruptRecordException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        return new Readings<>(read, problems);
    }
}
