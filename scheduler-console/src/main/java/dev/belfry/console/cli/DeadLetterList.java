package dev.belfry.console.cli;

import dev.belfry.console.query.Snapshot;
import dev.belfry.core.queue.DeadLetter;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs that have failed for good, one a row, newest first. */
final class DeadLetterList {
    private DeadLetterList() {}

    /**
     * @param job only those of this one; null for all
     * @param limit at most so many
     */
    static Listing of(Collection<DeadLetter> letters, Snapshot snapshot, @Nullable String job, int limit) {
        Listing list = new Listing(new TextTable("RUN", "JOB", "OUTCOME", "DUE", "ENDED", "PARAMETERS"));
        letters.stream()
                .filter(letter ->
                        job == null || snapshot.nameOf(letter.run().jobUid()).equals(job))
                .sorted(Comparator.comparing(DeadLetter::at).reversed())
                .limit(limit)
                .forEach(letter -> {
                    String name = snapshot.nameOf(letter.run().jobUid());
                    list.table()
                            .row(
                                    letter.run().runId(),
                                    name,
                                    letter.outcome().text(),
                                    Times.instant(letter.due()),
                                    Times.past(letter.at(), snapshot.now()),
                                    letter.run().parameters());
                    list.tree().add(tree(letter, name));
                });
        return list;
    }

    private static Map<String, Object> tree(DeadLetter letter, String job) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("run", letter.run().runId());
        tree.put("job", job);
        tree.put("outcome", letter.outcome().text());
        tree.put("due", Times.iso(letter.due()));
        tree.put("ended", Times.iso(letter.at()));
        tree.put("parameters", letter.run().parameters());
        tree.put("by", letter.run().by());
        return tree;
    }
}
