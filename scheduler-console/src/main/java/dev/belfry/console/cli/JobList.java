package dev.belfry.console.cli;

import dev.belfry.agent.client.JobState;
import dev.belfry.console.query.JobText;
import dev.belfry.console.query.NextFire;
import dev.belfry.console.query.Snapshot;
import dev.belfry.core.job.Placement;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.version.JobRecord;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The jobs, one a row. */
final class JobList {
    private final Snapshot snapshot;
    private final Function<JobRecord, Collection<LedgerRecord>> ledgers;
    private final Map<String, Integer> owned = new HashMap<>();

    /** @param ledgers reads those of the layout in force; asked only of jobs whose next fire they alone know */
    JobList(Snapshot snapshot, Function<JobRecord, Collection<LedgerRecord>> ledgers) {
        this.snapshot = snapshot;
        this.ledgers = ledgers;
        snapshot.table().layouts().forEach((key, rows) -> owned.merge(key.jobUid(), rows.count(), Integer::sum));
    }

    /** @param all deleted ones, too */
    Listing list(boolean all) {
        Listing list = new Listing(
                new TextTable("JOB", "STATE", "PLACEMENT", ">OWNED", ">SHARDS", "NEXT", "TRIGGER", ">VERSION", "BY"));
        for (JobState state : snapshot.jobs()) {
            if (all || !state.record().deleted()) {
                row(list, state.record());
            }
        }
        return list;
    }

    private void row(Listing list, JobRecord record) {
        Instant now = snapshot.now();
        NextFire next =
                NextFire.of(record, now, NextFire.needsLedgers(record, now) ? ledgers.apply(record) : List.of());
        boolean sticky = record.definition().placement() == Placement.STICKY;
        int count = owned.getOrDefault(record.uid(), 0);
        list.table()
                .row(
                        record.name(),
                        JobText.state(record, now),
                        Listing.word(record.definition().placement()),
                        sticky ? count : "-",
                        sticky ? record.definition().shards().count() : "-",
                        next(next, now),
                        JobText.triggers(record.definition()),
                        record.newest().number(),
                        record.newest().author().name());
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("name", record.name());
        one.put("uid", record.uid());
        one.put("state", JobText.state(record, now));
        one.put("placement", Listing.word(record.definition().placement()));
        one.put("shards", record.definition().shards().count());
        one.put("owned", count);
        one.put("next", Times.iso(next.at()));
        one.put("nextAfterRun", next.afterRun());
        one.put("trigger", JobText.triggers(record.definition()));
        one.put("version", record.newest().number());
        one.put("layout", record.newest().layout());
        one.put("by", record.newest().author().name());
        list.tree().add(one);
    }

    /** {@code in 5s}; {@code after run} of a fixed delay while a run has not ended. */
    static String next(NextFire next, Instant now) {
        return next.at().map(at -> Times.relative(at, now)).orElse(next.afterRun() ? "after run" : "-");
    }
}
