package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.Journal;
import dev.belfry.console.query.Snapshot;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.TableEntry;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "export-events",
        description = "Prints the record for other tools: every attempt (runs), every version of the assignment"
                + " (assignments), every change of master (masters).")
final class ExportEventsVerb extends PastVerb {

    /** What can be exported. */
    enum What {
        RUNS,
        ASSIGNMENTS,
        MASTERS;

        /** As it is written on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** How. */
    enum Form {
        TSV,
        JSON;

        /** As it is written on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    @Parameters(paramLabel = "WHAT", description = "runs, assignments or masters.")
    What what = What.RUNS;

    @Option(
            names = "--from",
            paramLabel = "INSTANT",
            description = "Events of fires or versions from here on. Default: all that is kept.")
    Instant from = Instant.MIN;

    @Option(names = "--to", paramLabel = "INSTANT", description = "Events before this. Default: now.")
    Instant to = Instant.MAX;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "tsv with a heading (default), or json, one object a line.")
    Form form = Form.TSV;

    private boolean headed;

    ExportEventsVerb(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() {
        TimeRange.check(this, from, to);
        return super.call();
    }

    @Override
    int ask(BelfryClient client) {
        Journal journal = journal(client, from, to);
        switch (what) {
            case RUNS -> runs(journal, snapshot(client));
            case ASSIGNMENTS -> journal.table().forEach(this::assignments);
            case MASTERS -> journal.table().forEach(this::master);
        }
        return journal.problems().isEmpty() ? Exit.DONE : Exit.NO;
    }

    private boolean within(Instant at) {
        return !at.isBefore(from) && at.isBefore(to);
    }

    private void runs(Journal journal, Snapshot snapshot) {
        for (Journal.Line line : journal.fires()) {
            FireEntry entry = line.entry();
            if (!within(entry.fire().due())) {
                continue;
            }
            Map<String, Object> event = new LinkedHashMap<>();
            event.put("event", word(entry.kind()));
            event.put("job", snapshot.nameOf(entry.jobUid()));
            event.put("job_uid", entry.jobUid());
            event.put("layout", entry.layout());
            event.put("shard", entry.shard());
            event.put("run", entry.fire().runId(entry.jobUid()));
            event.put("scheduled", entry.fire().due().toString());
            event.put("last_scheduled", entry.last().toString());
            event.put("fires", entry.count());
            event.put("attempt", entry.attempt());
            // A text in JSON: it exceeds what many readers keep of a number.
            event.put("token", Long.toString(entry.token()));
            event.put("agent", agent(line.incarnation()));
            event.put("incarnation", line.incarnation());
            event.put("start", instant(entry.started()));
            event.put("end", instant(entry.ended()));
            event.put(
                    "outcome",
                    entry.kind() == FireEntry.Kind.STARTED
                            ? ""
                            : entry.outcome().text());
            event.put("reason", entry.reason());
            emit(event);
        }
    }

    private static String word(FireEntry.Kind kind) {
        return kind.name().toLowerCase(java.util.Locale.ROOT);
    }

    private static String agent(String incarnation) {
        return incarnation.contains("~") ? new Incarnation(incarnation).agentId() : incarnation;
    }

    private static String instant(Instant at) {
        return at.equals(Instant.EPOCH) ? "" : at.toString();
    }

    private void assignments(TableEntry entry) {
        if (entry.generation() == 0 || !within(entry.at())) {
            return;
        }
        for (TableEntry.Line line : entry.changes()) {
            Map<String, Object> event = new LinkedHashMap<>();
            event.put("generation", Long.toString(entry.generation()));
            event.put("term", entry.term());
            event.put("at", entry.at().toString());
            event.put("change", line.kind());
            event.put("job_uid", line.jobUid());
            event.put("layout", line.layout());
            event.put("shard", line.shard());
            event.put("owner", line.owner());
            event.put("next", line.next());
            event.put("reason", line.reason());
            emit(event);
        }
    }

    private void master(TableEntry entry) {
        if (entry.generation() != 0 || !within(entry.at())) {
            return;
        }
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("term", entry.term());
        event.put("incarnation", entry.incarnation());
        event.put("at", entry.at().toString());
        emit(event);
    }

    private void emit(Map<String, Object> event) {
        if (form == Form.JSON) {
            print(Documents.line(event));
            return;
        }
        if (!headed) {
            headed = true;
            print(String.join("\t", event.keySet()));
        }
        print(String.join(
                "\t",
                event.values().stream()
                        .map(v -> v.toString().replaceAll("[\\t\\n\\r]", " "))
                        .toList()));
    }
}
