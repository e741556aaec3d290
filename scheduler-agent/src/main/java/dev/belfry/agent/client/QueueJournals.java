package dev.belfry.agent.client;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.store.Znode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * The outcomes of queued runs that the journals of the masters list. The newest entry of each
 * may still grow, and is read each time; the others are read once.
 *
 * <p>Not thread-safe; owned by the client's loop.
 */
final class QueueJournals {
    /** Writers of lines about queued runs have names that begin so. */
    private static final String WRITER = "queue-";
    /** Runs that are kept, the latest ones; more than the journals list for long. */
    private static final int MOST = 100_000;

    private final Requests requests;
    private final Set<String> read = new HashSet<>();
    private final Map<String, Map<Integer, Outcome>> outcomes = new LinkedHashMap<>();

    QueueJournals(Requests requests) {
        this.requests = requests;
    }

    /** The outcomes by shard of a run, as far as they are known. */
    Optional<Map<Integer, Outcome>> of(String runId) {
        return Optional.ofNullable(outcomes.get(runId));
    }

    /** Reads what has come since the last time. */
    CompletableFuture<Boolean> refresh(Deadline deadline) {
        Set<String> growing = new HashSet<>();
        return requests.children("follow-journals", Paths.JOURNAL, deadline)
                .thenCompose(writers -> {
                    List<CompletableFuture<List<String>>> lists = writers.stream()
                            .filter(writer -> writer.startsWith(WRITER))
                            .map(writer -> entries(writer, deadline))
                            .toList();
                    return CompletableFuture.allOf(lists.toArray(new CompletableFuture<?>[0]))
                            .thenApply(done -> lists.stream()
                                    .map(CompletableFuture::join)
                                    .peek(list -> list.stream()
                                            .max(Comparator.naturalOrder())
                                            .ifPresent(growing::add))
                                    .flatMap(List::stream)
                                    .toList());
                })
                .thenCompose(paths -> {
                    read.retainAll(new HashSet<>(paths));
                    List<String> fresh = new ArrayList<>(paths);
                    fresh.removeIf(read::contains);
                    return requests.readAll("follow-journal", fresh, deadline);
                })
                .thenApply(znodes -> {
                    znodes.forEach(this::take);
                    read.removeAll(growing);
                    return true;
                });
    }

    private CompletableFuture<List<String>> entries(String writer, Deadline deadline) {
        String journal = Paths.journal(writer);
        return requests.children("follow-journals", journal, deadline)
                .thenApply(names ->
                        names.stream().map(name -> journal + '/' + name).toList());
    }

    private void take(Znode znode) {
        read.add(znode.path());
        try {
            for (FireEntry line : FireJournal.decode(znode.path(), znode.data())) {
                if (line.kind() == FireEntry.Kind.FINAL && line.shard().matches("[0-9]{1,9}")) {
                    outcomes.computeIfAbsent(line.fire().runId(line.jobUid()), id -> new TreeMap<>())
                            .put(Integer.parseInt(line.shard()), line.outcome());
                }
            }
        } catch (CorruptRecordException e) {
            // Whoever lists the journal is told; here its runs count as not listed.
            return;
        }
        var oldest = outcomes.keySet().iterator();
        while (outcomes.size() > MOST) {
            oldest.next();
            oldest.remove();
        }
    }
}
