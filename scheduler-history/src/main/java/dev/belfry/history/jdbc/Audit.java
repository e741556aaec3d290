package dev.belfry.history.jdbc;

import dev.belfry.history.AuditReport;
import dev.belfry.history.AuditReport.Anchor;
import dev.belfry.history.HistoryRow;
import dev.belfry.history.RowKind;
import dev.belfry.history.SegmentKind;
import dev.belfry.history.jdbc.RowTable.Placed;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Goes along the hash chain and compares what is there with what was written. Holds the rows of {@link #STRETCH} segments at a
 * time. One use; not thread-safe.
 */
final class Audit {
    /** Segments looked at in one go. */
    private static final int STRETCH = 50;

    private final Connection connection;
    private final int ns;
    private final Chain chain;
    private final List<String> findings = new ArrayList<>();
    private final Map<Long, String> hashes = new HashMap<>();
    private long segments;
    private long rows;
    private long expired;
    private long removedUpTo;
    private Anchor end = new Anchor(0, Digests.BEGINNING);

    Audit(Connection connection, int ns, Chain chain) {
        this.connection = connection;
        this.ns = ns;
        this.chain = chain;
    }

    AuditReport run(List<Anchor> anchors) throws SQLException {
        removedUpTo = Retention.upTo(connection, ns);
        // What an exporter adds from here on is left to the next audit.
        Anchor head = chain.head(connection);
        for (Anchor anchor : anchors) {
            hashes.put(anchor.segment(), "");
        }
        hashes.put(0L, Digests.BEGINNING);
        List<SegmentHead> stretch = next(0, head.segment());
        while (!stretch.isEmpty()) {
            look(stretch);
            stretch = next(stretch.get(stretch.size() - 1).segment(), head.segment());
        }
        if (!end.equals(head)) {
            found("the chain ends with segment " + end.segment() + ", but belfry_namespace says that it goes on to "
                    + head.segment() + (head.segment() == end.segment() ? " with another hash" : "")
                    + ": segments after it are missing, or the head was changed");
        }
        beyond();
        for (Anchor anchor : anchors) {
            String hash = hashes.get(anchor.segment());
            if (!anchor.hash().equals(hash)) {
                found("segment " + anchor.segment() + " is " + (hash == null || hash.isEmpty() ? "missing" : "another")
                        + " than an earlier audit reported: the chain was cut off or written anew");
            }
        }
        strays();
        return new AuditReport(segments, rows, expired, end, findings);
    }

    private void found(String finding) {
        if (findings.size() < AuditReport.MOST_FINDINGS) {
            findings.add(finding);
        }
    }

    /** Segments after the end: whoever adds one moves the head with it, so the head is read after them. */
    private void beyond() throws SQLException {
        long last;
        try (PreparedStatement statement =
                connection.prepareStatement("select coalesce(max(segment), 0) from belfry_segment where ns = ?")) {
            statement.setInt(1, ns);
            try (ResultSet found = statement.executeQuery()) {
                found.next();
                last = found.getLong(1);
            }
        }
        long head = chain.head(connection).segment();
        if (last > head) {
            found("segment " + last + " is there, but belfry_namespace says that the chain ends with " + head
                    + ": segments were added, or the head was changed");
        }
    }

    private List<SegmentHead> next(long after, long upTo) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select " + SegmentHead.COLUMNS
                + " from belfry_segment where ns = ? and segment > ? and segment <= ? order by segment")) {
            statement.setMaxRows(STRETCH);
            statement.setInt(1, ns);
            statement.setLong(2, after);
            statement.setLong(3, upTo);
            List<SegmentHead> heads = new ArrayList<>();
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    heads.add(SegmentHead.read(found));
                }
            }
            return heads;
        }
    }

    private void look(List<SegmentHead> stretch) throws SQLException {
        long from = stretch.get(0).segment();
        long to = stretch.get(stretch.size() - 1).segment();
        long removedBefore = removedUpTo;
        Map<Long, List<Placed>> placed = rows(from, to);
        removedUpTo = Retention.upTo(connection, ns);
        for (SegmentHead head : stretch) {
            segments++;
            link(head);
            List<Placed> of = placed.getOrDefault(head.segment(), List.of());
            boolean removed = head.kind().equals(SegmentKind.EVENTS.text()) && head.segment() <= removedUpTo;
            boolean meanwhile = head.segment() > removedBefore;
            if (removed && (of.isEmpty() || meanwhile)) {
                expired++;
            } else {
                compare(head, of);
            }
        }
    }

    /** Compares the segment's own hash, and whether it follows the one before. */
    private void link(SegmentHead head) {
        if (head.segment() != end.segment() + 1) {
            long missing = head.segment() - end.segment() - 1;
            found("segment " + (end.segment() + 1) + " is missing"
                    + (missing > 1 ? ", and so are the " + (missing - 1) + " after it" : ""));
        } else if (!head.previous().equals(end.hash())) {
            found("segment " + head.segment() + " does not follow segment " + end.segment()
                    + ": one of the two was written anew");
        }
        if (!Digests.segment(head).equals(head.hash())) {
            found("segment " + head.segment() + " was changed: its own entry in belfry_segment has another hash");
        }
        if (hashes.containsKey(head.segment())) {
            hashes.put(head.segment(), head.hash());
        }
        end = new Anchor(head.segment(), head.hash());
    }

    private void compare(SegmentHead head, List<Placed> of) {
        Digests.Rows digests = new Digests.Rows();
        byte[] digestsThen = head.digests();
        boolean named = false;
        int expected = 0;
        for (Placed placed : of) {
            rows++;
            byte[] digest = Digests.row(placed.row());
            digests.add(digest);
            if (placed.pos() < expected || placed.pos() >= head.rows()) {
                named = found(head, placed, "was added");
                continue;
            }
            named |= missing(head, expected, placed.pos());
            int at = placed.pos() * Digests.SHORT;
            if (at + Digests.SHORT > digestsThen.length
                    || !Arrays.equals(digestsThen, at, at + Digests.SHORT, digest, 0, Digests.SHORT)) {
                named = found(head, placed, "was changed");
            }
            expected = placed.pos() + 1;
        }
        named |= missing(head, expected, head.rows());
        if (!named && !digests.hash().equals(head.rowsHash())) {
            found("segment " + head.segment() + ": a row was changed, and its digest with it");
        }
    }

    private boolean missing(SegmentHead head, int from, int to) {
        if (from >= to) {
            return false;
        }
        found("segment " + head.segment() + " of " + head.writtenAt() + ": row " + from
                + (to - from > 1 ? " and the " + (to - from - 1) + " after it are" : " is") + " missing");
        return true;
    }

    private boolean found(SegmentHead head, Placed placed, String what) {
        found("segment " + head.segment() + " of " + head.writtenAt() + ": row " + placed.pos() + " " + what + ": "
                + describe(placed.row()));
        return true;
    }

    private static String describe(HistoryRow row) {
        StringBuilder text = new StringBuilder(row.kind().table());
        for (int i = 0; i < row.values().size(); i++) {
            String name = row.kind().columns().get(i).name();
            if (!name.equals("definition")) {
                text.append(' ').append(name).append('=').append(row.values().get(i));
            }
        }
        return text.toString();
    }

    private Map<Long, List<Placed>> rows(long from, long to) throws SQLException {
        Map<Long, List<Placed>> placed = new TreeMap<>();
        for (RowKind kind : RowKind.values()) {
            RowTable table = Chain.table(kind);
            try (PreparedStatement statement =
                    connection.prepareStatement(table.select() + "where ns = ? and segment >= ? and segment <= ?")) {
                statement.setInt(1, ns);
                statement.setLong(2, from);
                statement.setLong(3, to);
                try (ResultSet found = statement.executeQuery()) {
                    while (found.next()) {
                        Placed one = table.read(found);
                        placed.computeIfAbsent(one.segment(), segment -> new ArrayList<>())
                                .add(one);
                    }
                }
            }
        }
        placed.values().forEach(list -> list.sort(Comparator.comparingInt(Placed::pos)));
        return placed;
    }

    /** Rows that claim to be of a segment that there is not. */
    private void strays() throws SQLException {
        for (RowKind kind : RowKind.values()) {
            try (PreparedStatement statement = connection.prepareStatement(
                    Chain.table(kind).select() + "r where ns = ? and not exists (select 1 from belfry_segment s"
                            + " where s.ns = r.ns and s.segment = r.segment) order by segment, pos")) {
                statement.setMaxRows(AuditReport.MOST_FINDINGS);
                statement.setInt(1, ns);
                try (ResultSet found = statement.executeQuery()) {
                    while (found.next()) {
                        Placed stray = Chain.table(kind).read(found);
                        found("a row was added: it claims to be of segment " + stray.segment()
                                + ", which is not there: " + describe(stray.row()));
                    }
                }
            }
        }
    }
}
