package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.Ledgers;
import dev.belfry.console.query.JobText;
import dev.belfry.console.query.NextFire;
import dev.belfry.console.query.Snapshot;
import dev.belfry.core.job.DefinitionYaml;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.RecentOutcome;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One job with its versions and the ledgers of its shards.
 *
 * @param ledgers of the layout in force, by shard
 * @param owners ids of the agents that own shards of that layout, by shard
 */
record JobDescription(JobRecord job, Map<String, LedgerRecord> ledgers, Map<String, String> owners, Instant now) {

    /** A job as it is now. */
    static JobDescription of(JobRecord job, Map<String, LedgerRecord> ledgers, Snapshot snapshot) {
        int layout = job.at(snapshot.now()).layout();
        Map<String, String> owners = new HashMap<>();
        snapshot.table().forEach((key, row) -> {
            if (key.jobUid().equals(job.uid()) && key.layout() == layout) {
                owners.put(Integer.toString(key.shard()), row.owner().agentId());
            }
        });
        return new JobDescription(job, ledgers, owners, snapshot.now());
    }

    /** Shards of a sticky job that exist and of which nothing is recorded. */
    private List<String> unrecorded() {
        JobDefinition current = job.at(now).definition();
        boolean sticky = current.placement() == Placement.STICKY && !job.deleted();
        return IntStream.range(0, sticky ? current.shards().count() : 0)
                .mapToObj(Integer::toString)
                .filter(shard -> !ledgers.containsKey(shard))
                .toList();
    }

    private String owner(String shard) {
        return owners.getOrDefault(shard, "nobody");
    }

    /** The ledgers of the layout that is in force. */
    static Ledgers ledgers(BelfryClient client, JobRecord job, Instant now) {
        JobVersion current = job.at(now);
        boolean broadcast = current.definition().placement() == Placement.BROADCAST;
        return client.ledgers(job.uid(), broadcast ? 0 : current.layout());
    }

    private NextFire next() {
        return NextFire.of(job, now, ledgers.values());
    }

    /** For people. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(job.name() + " (" + job.uid() + "): " + JobText.state(job, now) + ", "
                + JobText.triggers(job.definition()));
        NextFire next = next();
        next.at().ifPresent(at -> lines.add("next fire " + Times.instant(at) + ", " + Times.relative(at, now)));
        if (next.afterRun()) {
            lines.add("next fire after the run that has not ended yet");
        }
        lines.add("");
        lines.add(DefinitionYaml.write(List.of(job.definition())).stripTrailing());
        lines.add("");
        lines.add(versions(job, now).render().stripTrailing());
        lines.add("");
        lines.add(
                ledgers.isEmpty() && unrecorded().isEmpty()
                        ? "No shard has recorded anything yet."
                        : shards().render().stripTrailing());
        return lines;
    }

    /** For programs. */
    Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", job.name());
        tree.put("uid", job.uid());
        tree.put("state", JobText.state(job, now));
        tree.put("next", Times.iso(next().at()));
        tree.put("nextAfterRun", next().afterRun());
        tree.put("definition", DefinitionYaml.write(List.of(job.definition())));
        tree.put(
                "versions",
                job.versions().stream().map(JobDescription::versionTree).toList());
        tree.put("deletedAt", Times.iso(job.deletedAt()));
        tree.put("requests", job.requests().stream().map(r -> r.runId()).toList());
        Map<String, Object> shards = new LinkedHashMap<>();
        boolean sticky = job.at(now).definition().placement() == Placement.STICKY;
        ledgers.forEach((shard, ledger) -> {
            Map<String, Object> one = ledgerTree(ledger);
            if (sticky) {
                one.put("owner", owners.get(shard));
            }
            shards.put(shard, one);
        });
        for (String shard : unrecorded()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("finalUpTo", null);
            one.put("recent", List.of());
            one.put("owner", owners.get(shard));
            shards.put(shard, one);
        }
        tree.put("shards", shards);
        return tree;
    }

    private static TextTable versions(JobRecord job, Instant now) {
        TextTable table = new TextTable(">VERSION", "FROM", "", ">LAYOUT", "PAUSED", "ENABLED", "BY", "REASON");
        for (JobVersion version : job.versions()) {
            table.row(
                    version.number(),
                    Times.instant(version.from()),
                    Times.relative(version.from(), now),
                    version.layout(),
                    version.paused() ? "yes" : "no",
                    version.definition().enabled() ? "yes" : "no",
                    version.author().name(),
                    version.author().reason());
        }
        return table;
    }

    /** For programs. */
    static Map<String, Object> versionTree(JobVersion version) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("number", version.number());
        one.put("from", Times.iso(version.from()));
        one.put("written", Times.iso(version.changed()));
        one.put("layout", version.layout());
        one.put("paused", version.paused());
        one.put("enabled", version.definition().enabled());
        one.put("origin", version.author().origin().name().toLowerCase(java.util.Locale.ROOT));
        one.put("by", version.author().name());
        one.put("reason", version.author().reason());
        return one;
    }

    private TextTable shards() {
        boolean sticky = job.at(now).definition().placement() == Placement.STICKY;
        TextTable table = new TextTable(
                "SHARD", "OWNER", "FINAL UP TO", "OPEN ABOVE", "LAST OUTCOME", "REASON", "ENDED", "RECORDED BY");
        ledgers.forEach((shard, ledger) -> {
            RecentOutcome last =
                    ledger.recent().isEmpty() ? null : ledger.recent().get(0);
            table.row(
                    shard,
                    sticky ? owner(shard) : shard,
                    Times.instant(ledger.mark()),
                    ledger.above().size(),
                    last == null ? "" : last.outcome().text(),
                    last == null ? "" : last.reason(),
                    last == null ? "" : Times.past(last.ended(), now),
                    ledger.writer());
        });
        unrecorded().forEach(shard -> table.row(shard, owner(shard), "no fire yet", 0, "", "", "", ""));
        return table;
    }

    private static Map<String, Object> ledgerTree(LedgerRecord ledger) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("finalUpTo", Times.iso(ledger.mark()));
        one.put("writer", ledger.writer());
        one.put("next", Times.iso(ledger.delayNext()));
        List<Map<String, Object>> recent = new ArrayList<>();
        for (RecentOutcome outcome : ledger.recent()) {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("due", Times.iso(outcome.due()));
            each.put("fires", outcome.count());
            each.put("outcome", outcome.outcome().text());
            each.put("reason", outcome.reason());
            each.put("attempt", outcome.attempt());
            each.put("started", Times.iso(outcome.started()));
            each.put("ended", Times.iso(outcome.ended()));
            each.put("run", outcome.requested().isEmpty() ? null : outcome.requested());
            each.put("incarnation", outcome.incarnation());
            recent.add(each);
        }
        one.put("recent", recent);
        return one;
    }
}
