package dev.belfry.history.jdbc;

import dev.belfry.core.version.JobRecord;
import dev.belfry.history.HistoryRow;
import dev.belfry.history.HistoryStore.KnownJob;
import dev.belfry.history.JobGone;
import dev.belfry.history.JobRows;
import dev.belfry.history.Restored;
import dev.belfry.history.Restored.JobCut;
import dev.belfry.history.RowKind;
import dev.belfry.history.jdbc.RowTable.Placed;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the history knew of jobs at some point of the chain: what restores before that point have taken back is left out. Of one
 * read.
 */
final class JobTable {
    private final Map<String, List<HistoryRow>> versions = new TreeMap<>();
    private final Map<String, Instant> ended = new HashMap<>();
    private final Map<String, JobGone> gone = new TreeMap<>();

    /** @param before the segment before which it looks; {@link Long#MAX_VALUE} for the present */
    static JobTable read(Connection connection, Restorations restorations, long before) throws SQLException {
        JobTable table = new JobTable();
        List<Restored> restores = restorations.read(connection).stream()
                .filter(restored -> restored.segment() < before)
                .toList();
        for (Placed placed : restorations.placed(connection, RowKind.JOB_VERSION)) {
            if (placed.segment() < before && !takenBack(placed, restores)) {
                table.versions
                        .computeIfAbsent(placed.row().text("job_uid"), uid -> new ArrayList<>())
                        .add(placed.row());
            }
        }
        for (Placed placed : restorations.placed(connection, RowKind.JOB_END)) {
            if (placed.segment() < before && !takenBack(placed, restores)) {
                table.ended.put(placed.row().text("job_uid"), placed.row().instant("deleted_at"));
            }
        }
        for (Placed placed : restorations.placed(connection, RowKind.JOB_GONE)) {
            if (placed.segment() < before && !takenBack(placed, restores)) {
                table.gone.put(placed.row().text("job_uid"), JobGone.of(placed.row()));
            }
        }
        return table;
    }

    private static boolean takenBack(Placed placed, List<Restored> restores) {
        String uid = placed.row().text("job_uid");
        for (Restored restored : restores) {
            if (placed.segment() >= restored.segment()) {
                continue;
            }
            if (placed.row().kind() == RowKind.JOB_GONE
                    && !placed.row().instant("noticed").isBefore(restored.copied())) {
                return true;
            }
            Optional<JobCut> cut = restored.jobs().stream()
                    .filter(job -> job.uid().equals(uid))
                    .findFirst();
            if (cut.isPresent() && isBeyond(placed.row(), cut.get())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBeyond(HistoryRow row, JobCut cut) {
        return switch (row.kind()) {
            case JOB_VERSION -> row.number("version") > cut.version();
            case JOB_END -> !cut.deleted();
            default -> false;
        };
    }

    Map<String, KnownJob> known() {
        Map<String, KnownJob> known = new HashMap<>();
        versions.forEach((uid, rows) -> {
            HistoryRow newest = rows.get(0);
            for (HistoryRow row : rows) {
                newest = row.number("version") > newest.number("version") ? row : newest;
            }
            known.put(
                    uid,
                    new KnownJob(
                            newest.text("job_name"),
                            (int) newest.number("version"),
                            Optional.ofNullable(ended.get(uid))));
        });
        return known;
    }

    List<JobRecord> records() {
        List<JobRecord> jobs = new ArrayList<>();
        versions.forEach((uid, rows) -> jobs.add(JobRows.record(rows, Optional.ofNullable(ended.get(uid)))));
        return jobs;
    }

    Map<String, JobGone> gone() {
        return gone;
    }
}
