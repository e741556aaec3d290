package dev.belfry.console.cli;

import dev.belfry.agent.client.Journal;
import dev.belfry.console.query.Attempt;
import dev.belfry.console.query.Run;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.workflow.BackfillId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One run with everything that the journal lists of it. */
final class RunDescription {
    private RunDescription() {}

    /** For people. */
    static List<String> lines(Run run, String job) {
        TextTable table = new TextTable(
                "SHARD", "WHAT", ">ATTEMPT", "TOKEN", "STARTED", "ENDED", "TOOK", "OUTCOME", "REASON", "INCARNATION");
        for (Journal.Line line : run.lines()) {
            FireEntry entry = line.entry();
            table.row(
                    entry.shard(),
                    Listing.word(entry.kind()),
                    entry.attempt(),
                    entry.token(),
                    Times.instant(entry.started()),
                    Times.instant(entry.ended()),
                    took(entry).map(Times::length).orElse("-"),
                    entry.kind() == FireEntry.Kind.STARTED
                            ? ""
                            : entry.outcome().text(),
                    entry.reason(),
                    line.incarnation());
        }
        return List.of(
                "run " + run.id() + " of " + job + ": " + run.state() + ", due "
                        + run.fire().due()
                        + BackfillId.ofRun(run.id())
                                .map(id -> ", of backfill " + id)
                                .orElse(""),
                "",
                table.render().stripTrailing());
    }

    private static Optional<Duration> took(FireEntry entry) {
        return entry.started().equals(Instant.EPOCH) || entry.ended().equals(Instant.EPOCH)
                ? Optional.empty()
                : Optional.of(Duration.between(entry.started(), entry.ended()));
    }

    /** For programs. */
    static Map<String, Object> tree(Run run, String job) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("run", run.id());
        tree.put("job", job);
        tree.put("due", Times.iso(run.fire().due()));
        tree.put("fires", run.count());
        tree.put("state", run.state());
        tree.put("attempts", run.attempts());
        tree.put("started", Times.iso(run.started()));
        tree.put("ended", Times.iso(run.ended()));
        tree.put("tookMillis", Times.millis(run.took()));
        tree.put("agents", List.copyOf(run.agents()));
        Map<String, Object> shards = new LinkedHashMap<>();
        run.shards().forEach((shard, last) -> shards.put(shard, shard(last, run.lines(shard))));
        tree.put("shards", shards);
        return tree;
    }

    private static Map<String, Object> shard(FireEntry last, List<Journal.Line> lines) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("kind", Listing.word(last.kind()));
        one.put("outcome", last.outcome().text());
        one.put("reason", last.reason());
        one.put("attempt", last.attempt());
        one.put("token", Long.toString(last.token()));
        one.put("started", Times.iso(last.started()));
        one.put("ended", Times.iso(last.ended()));
        one.put("tookMillis", Times.millis(took(last)));
        String writer = lines.stream()
                .filter(line -> line.entry().equals(last))
                .map(Journal.Line::incarnation)
                .findFirst()
                .orElse("");
        one.put("incarnation", writer);
        one.put("attempts", attempts(Attempt.of(lines)));
        return one;
    }

    /** Attempts, for programs. */
    static List<Map<String, Object>> attempts(List<Attempt> attempts) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Attempt attempt : attempts) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("attempt", attempt.number());
            one.put("token", Long.toString(attempt.token()));
            one.put("agent", attempt.agent());
            one.put("incarnation", attempt.incarnation());
            one.put("started", Times.iso(attempt.started()));
            one.put("ended", Times.iso(attempt.ended()));
            one.put("tookMillis", Times.millis(attempt.took()));
            one.put("outcome", attempt.outcome().map(Outcome::text).orElse(null));
            one.put("reason", attempt.reason());
            one.put("abandoned", attempt.abandoned());
            all.add(one);
        }
        return all;
    }
}
