package dev.belfry.history;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import java.util.Locale;
import java.util.Optional;

/**
 * One line of a journal in the history.
 *
 * @param writer the incarnation that wrote it, or the queue in a term of the master
 * @param entry number of the entry in its journal
 * @param line number of the line in the entry, from 0; writer, entry and line together are never used twice
 * @param jobName empty if the job was not known any more when the line was exported
 * @param event what the line says
 */
public record FireRow(String writer, long entry, int line, String jobName, FireEntry event) {

    /** @throws IllegalArgumentException if an instant of the event is beyond what can be stored */
    public HistoryRow row() {
        return HistoryRow.of(
                RowKind.FIRE,
                writer,
                entry,
                (long) line,
                event.kind().name().toLowerCase(Locale.ROOT),
                event.jobUid(),
                jobName,
                (long) event.layout(),
                event.shard(),
                event.fire().due(),
                event.last(),
                event.count(),
                event.fire().isScheduled(),
                event.fire().runId(event.jobUid()),
                (long) event.attempt(),
                event.token(),
                agent(),
                event.started(),
                event.ended(),
                event.kind() == FireEntry.Kind.STARTED ? "" : event.outcome().text(),
                event.reason());
    }

    /** Who made the attempt; empty for a line of the queue without one. */
    private String agent() {
        boolean own = event.incarnation().isEmpty() && !Paths.isQueueJournal(writer);
        String incarnation = own ? writer : event.incarnation();
        return incarnation.contains("~") ? new Incarnation(incarnation).agentId() : incarnation;
    }

    /** What a row of kind {@link RowKind#FIRE} says. */
    public static FireRow of(HistoryRow row) {
        FireEntry.Kind kind = FireEntry.Kind.valueOf(row.text("kind").toUpperCase(Locale.ROOT));
        FireEntry event = new FireEntry(
                kind,
                row.text("job_uid"),
                (int) row.number("layout"),
                row.text("shard"),
                new FireId(
                        row.instant("due"), row.flag("scheduled") ? Optional.empty() : Optional.of(row.text("run_id"))),
                row.instant("last_due"),
                row.number("fires"),
                (int) row.number("attempt"),
                row.number("token"),
                row.instant("started"),
                row.instant("ended"),
                kind == FireEntry.Kind.STARTED ? Outcome.UNKNOWN : Outcome.of(row.text("outcome")),
                row.text("reason"),
                Paths.isQueueJournal(row.text("writer")) ? row.text("agent") : "");
        return new FireRow(
                row.text("writer"), row.number("entry"), (int) row.number("line"), row.text("job_name"), event);
    }
}
