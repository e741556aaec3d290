package dev.belfry.console.cli;

import dev.belfry.console.query.Explanation;
import dev.belfry.console.query.JobText;
import dev.belfry.console.query.Standing;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.run.Outcome;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An explanation for programs: the facts, and then the sentences that people read. */
final class ExplanationTree {
    private ExplanationTree() {}

    /**
     * @param at the instant asked for
     * @param now when the facts of the present were read
     */
    static Map<String, Object> of(Explanation told, Instant at, Instant now) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("job", told.job().name());
        tree.put("uid", told.job().uid());
        tree.put("at", Times.iso(at));
        tree.put("now", Times.iso(now));
        tree.put("version", JobDescription.versionTree(told.version()));
        tree.put(
                "coming",
                told.job().versions().stream()
                        .filter(version -> version.from().isAfter(now))
                        .map(JobDescription::versionTree)
                        .toList());
        tree.put("deletedAt", Times.iso(told.job().deletedAt()));
        tree.put("trigger", JobText.triggers(told.version().definition()));
        tree.put("due", Times.iso(told.due()));
        tree.put("next", Times.iso(told.next().at()));
        tree.put("nextAfterRun", told.next().afterRun());
        tree.put("shards", told.shards().stream().map(ExplanationTree::shard).toList());
        tree.put("because", List.copyOf(told.sentences()));
        return tree;
    }

    private static Map<String, Object> shard(Standing standing) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("shard", standing.shard());
        one.put("state", standing.state().toString());
        one.put("outcome", standing.outcome().map(Outcome::text).orElse(null));
        one.put("reason", standing.reason());
        one.put("ended", Times.iso(standing.ended()));
        one.put("ownerThen", standing.ownerThen().orElse(null));
        one.put("owner", standing.owner().map(row -> row.owner().name()).orElse(null));
        one.put("since", standing.owner().map(row -> row.since().toString()).orElse(null));
        one.put("movesTo", standing.owner().map(ExplanationTree::next).orElse(null));
        one.put("attempts", RunDescription.attempts(standing.attempts()));
        return one;
    }

    private static String next(Tenancy row) {
        return row.next() instanceof Successor.Named named
                ? named.incarnation().name()
                : row.next() instanceof Successor.Withdrawn ? "nobody" : "";
    }
}
