package dev.belfry.console.query;

import dev.belfry.core.job.Recovery;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.RequestedRun;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.version.JobRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * An attempt that is under way on a shard that is to move, or whose owner is to be lost.
 *
 * @param what the fire or run that it is of, for people
 * @param agent the id of the agent that runs it
 * @param since when it began, by that agent's clock
 * @param recovery what becomes of it if that agent is lost
 */
public record InFlight(ShardKey shard, int attempt, String what, String agent, Instant since, Recovery recovery) {

    /**
     * Those of the shards that have another owner, or none, at the end of a forecast.
     *
     * @param ledgers reads those of a layout, by shard
     */
    public static List<InFlight> of(
            Snapshot snapshot, WhatIf whatIf, Function<LayoutKey, Map<String, LedgerRecord>> ledgers) {
        Map<LayoutKey, List<ShardKey>> concerned = new TreeMap<>();
        whatIf.moves().stream()
                .filter(move -> move.from().isPresent())
                .forEach(move -> concerned
                        .computeIfAbsent(move.shard().of(), layout -> new ArrayList<>())
                        .add(move.shard()));
        List<InFlight> found = new ArrayList<>();
        concerned.forEach((layout, shards) -> {
            Optional<JobRecord> job = snapshot.job(snapshot.nameOf(layout.jobUid()));
            Map<String, LedgerRecord> read = ledgers.apply(layout);
            shards.forEach(shard -> Optional.ofNullable(read.get(Integer.toString(shard.shard())))
                    .ifPresent(ledger -> found.addAll(of(shard, ledger, recovery(job)))));
        });
        return found;
    }

    private static Recovery recovery(Optional<JobRecord> job) {
        return job.map(record -> record.definition().recovery()).orElse(Recovery.RERUN);
    }

    private static List<InFlight> of(ShardKey shard, LedgerRecord ledger, Recovery recovery) {
        List<InFlight> found = new ArrayList<>();
        for (Span span : ledger.above()) {
            if (span.mark() instanceof Mark.Started started) {
                found.add(of(shard, started, "the fire of " + span.first(), recovery));
            }
        }
        for (RequestedRun run : ledger.requested()) {
            if (run.mark() instanceof Mark.Started started) {
                found.add(of(shard, started, "run " + run.runId(), recovery));
            }
        }
        return found;
    }

    private static InFlight of(ShardKey shard, Mark.Started started, String what, Recovery recovery) {
        String incarnation = started.incarnation();
        int tilde = incarnation.indexOf('~');
        return new InFlight(
                shard,
                started.attempt(),
                what,
                tilde < 0 ? incarnation : incarnation.substring(0, tilde),
                started.at(),
                recovery);
    }
}
