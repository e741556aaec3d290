package dev.belfry.history;

import java.util.List;
import java.util.Locale;

/**
 * What a row of the history is about; each kind has a table of its own.
 *
 * <p>The order of the kinds and of their columns is part of the hash chain: both only ever grow at the end.
 */
public enum RowKind {
    /** One line of an agent's journal: an attempt's start or end, or an outcome. */
    FIRE(
            SegmentKind.EVENTS,
            Column.text("writer"),
            Column.number("entry"),
            Column.number("line"),
            Column.text("kind"),
            Column.text("job_uid"),
            Column.text("job_name"),
            Column.number("layout"),
            Column.text("shard"),
            Column.instant("due"),
            Column.instant("last_due"),
            Column.number("fires"),
            Column.flag("scheduled"),
            Column.text("run_id"),
            Column.number("attempt"),
            Column.number("token"),
            Column.text("agent"),
            Column.optionalInstant("started"),
            Column.optionalInstant("ended"),
            Column.text("outcome"),
            Column.text("reason")),
    /** One version of the assignment table; generation 0 is a change of master. */
    TABLE_VERSION(
            SegmentKind.EVENTS,
            Column.text("name"),
            Column.number("term"),
            Column.number("generation"),
            Column.text("incarnation"),
            Column.instant("at")),
    /** What a version of the table changed about one shard. */
    TABLE_CHANGE(
            SegmentKind.EVENTS,
            Column.text("name"),
            Column.number("line"),
            Column.text("kind"),
            Column.text("job_uid"),
            Column.number("layout"),
            Column.number("shard"),
            Column.text("owner"),
            Column.text("next"),
            Column.text("reason")),
    /** One version of a job, with its definition. */
    JOB_VERSION(
            SegmentKind.DEFINITIONS,
            Column.text("job_uid"),
            Column.number("version"),
            Column.text("job_name"),
            Column.number("layout"),
            Column.instant("effective_from"),
            Column.instant("changed"),
            Column.flag("paused"),
            Column.text("origin"),
            Column.text("author"),
            Column.text("reason"),
            Column.text("definition")),
    /** The deletion of a job. */
    JOB_END(SegmentKind.DEFINITIONS, Column.text("job_uid"), Column.instant("deleted_at")),
    /** Fires whose lines became counts before they were exported: counted, not listed. */
    COUNTED(
            SegmentKind.EVENTS,
            Column.text("journal"),
            Column.optionalInstant("due_hour"),
            Column.optionalInstant("last_hour"),
            Column.text("job_uid"),
            Column.flag("scheduled"),
            Column.text("outcome"),
            Column.number("fires"),
            Column.instant("noticed")),
    /** Rows of events that were removed because of their age. */
    RETENTION(
            SegmentKind.RETENTION,
            Column.number("up_to"),
            Column.number("removed_rows"),
            Column.instant("written_before")),
    /** A job whose record was found to be gone without its deletion having been seen. */
    JOB_GONE(
            SegmentKind.DEFINITIONS, Column.text("job_uid"), Column.optionalInstant("seen"), Column.instant("noticed")),
    /** A restore of the namespace from a copy. */
    RESTORE(
            SegmentKind.DEFINITIONS,
            Column.number("term"),
            Column.instant("copied"),
            Column.instant("restored"),
            Column.text("restored_by"),
            Column.number("generation")),
    /** From where on the lines of a writer are of before a restore. */
    RESTORE_CUT(
            SegmentKind.DEFINITIONS,
            Column.number("term"),
            Column.text("writer"),
            Column.number("entry"),
            Column.number("line")),
    /** From where on what is known of a job is of before a restore. */
    RESTORE_JOB(
            SegmentKind.DEFINITIONS,
            Column.number("term"),
            Column.text("job_uid"),
            Column.number("version"),
            Column.flag("deleted"));

    private final SegmentKind segment;
    private final List<Column> columns;

    RowKind(SegmentKind segment, Column... columns) {
        this.segment = segment;
        this.columns = List.of(columns);
    }

    /** The kind of segment that holds such rows. */
    public SegmentKind segment() {
        return segment;
    }

    /** The columns, in the order of a row's values. */
    public List<Column> columns() {
        return columns;
    }

    /** The name of the table: {@code belfry_fire}. */
    public String table() {
        return "belfry_" + name().toLowerCase(Locale.ROOT);
    }

    /** What values a column has. */
    public enum Type {
        TEXT,
        /** A {@link Long}. */
        NUMBER,
        /** A {@link Boolean}. */
        FLAG,
        /** An {@link java.time.Instant}; Belfry's own are in whole milliseconds. */
        INSTANT,
        /** Likewise; {@link java.time.Instant#EPOCH} stands for none. */
        OPTIONAL_INSTANT
    }

    /** One column of a table. */
    public record Column(String name, Type type) {
        static Column text(String name) {
            return new Column(name, Type.TEXT);
        }

        static Column number(String name) {
            return new Column(name, Type.NUMBER);
        }

        static Column flag(String name) {
            return new Column(name, Type.FLAG);
        }

        static Column instant(String name) {
            return new Column(name, Type.INSTANT);
        }

        static Column optionalInstant(String name) {
            return new Column(name, Type.OPTIONAL_INSTANT);
        }
    }
}
