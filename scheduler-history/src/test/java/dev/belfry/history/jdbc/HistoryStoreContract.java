package dev.belfry.history.jdbc;

import static dev.belfry.history.jdbc.Samples.NOON;
import static dev.belfry.history.jdbc.Samples.UID;
import static dev.belfry.history.jdbc.Samples.WRITER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.JobRecord;
import dev.belfry.history.AuditReport;
import dev.belfry.history.AuditReport.Anchor;
import dev.belfry.history.FireQuery;
import dev.belfry.history.FireRow;
import dev.belfry.history.HistoryException;
import dev.belfry.history.HistoryStore.KnownJob;
import dev.belfry.history.JournalMark;
import dev.belfry.history.TableRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every history has to do, whatever the database. Long, since each kind of row is removed, changed and added in turn. */
@Timeout(120)
abstract class HistoryStoreContract {
    private Databases.Place place;
    private JdbcHistoryStore store;
    private Instant now = Instant.parse("2026-11-02T12:10:00Z");

    abstract Databases.Place place();

    @BeforeEach
    void open() {
        place = place();
        store = open("search");
    }

    @AfterEach
    void close() {
        store.close();
    }

    private JdbcHistoryStore open(String namespace) {
        return JdbcHistoryStore.open(place.open(), namespace, () -> now);
    }

    private List<FireRow> fires(FireQuery query) {
        List<FireRow> found = new ArrayList<>();
        store.fires(query, found::add);
        return found;
    }

    private List<FireRow> all() {
        return fires(FireQuery.between(Instant.MIN, Instant.MAX));
    }

    private int sql(String statement) throws SQLException {
        try (HistoryDatabase database = shared();
                Connection connection = database.source().getConnection();
                Statement run = connection.createStatement()) {
            return run.executeUpdate(statement);
        } finally {
            reopen();
        }
    }

    /** An H2 file can be open once only. */
    private HistoryDatabase shared() {
        store.close();
        return place.open();
    }

    private void reopen() {
        store = open("search");
    }

    // --- writing and reading

    @Test
    void auditBesideAnExporterAndRetentionFindsNothing() throws Exception {
        Thread exporter = new Thread(() -> {
            for (int i = 0; i < 120; i++) {
                store.append(Samples.events(Samples.rows(Samples.fires(i + 1, 10 * i, 10))));
                if (i % 10 == 9) {
                    store.retain(java.time.Instant.now().minusMillis(20));
                }
            }
        });
        exporter.start();
        int audits = 0;
        do {
            assertThat(store.audit(List.of()).findings()).isEmpty();
            audits++;
        } while (exporter.isAlive());
        exporter.join();
        assertThat(audits).isGreaterThan(2);
        assertThat(store.audit(List.of()).findings()).isEmpty();
    }

    @Test
    void greatestTokenIsThatOfLinesVersionsAndTerms() {
        assertThat(store.greatestToken()).isZero();
        store.append(Samples.events(Samples.rows(Samples.fires(1, 0, 3))));
        long ofLines = Samples.fire(2).token();
        assertThat(store.greatestToken()).isEqualTo(ofLines);
        store.append(Samples.events(TableRows.of("a version", Samples.change())));
        assertThat(store.greatestToken() >>> 20)
                .isEqualTo(Math.max(ofLines >>> 20, Samples.change().generation()));
        TableEntry master = new TableEntry(1L << 20, "a~1", 0, Samples.NOON, List.of());
        store.append(Samples.events(TableRows.of("t" + master.term(), master)));
        assertThat(store.greatestToken()).isEqualTo(master.term() << 40);
    }

    @Test
    void whatIsWrittenIsReadBack() {
        assertThat(store.append(Samples.everyEvent())).isTrue();
        assertThat(store.append(Samples.definitions())).isTrue();

        assertThat(all()).isEqualTo(Samples.fires(1, 0, 6));
        assertThat(store.table(Instant.MIN, Instant.MAX)).containsExactly(Samples.newMaster(), Samples.change());
        assertThat(store.counted(NOON, NOON.plusSeconds(1))).containsExactly(Samples.counted(5));
        assertThat(store.counted(NOON.plus(Duration.ofHours(2)), Instant.MAX)).isEmpty();
        JobRecord job = store.jobs().get(0);
        assertThat(job).isEqualTo(Samples.job().withSettled(1));
        assertThat(store.job(UID)).contains(job);
        assertThat(store.knownJobs())
                .isEqualTo(Map.of(UID, new KnownJob("index", 2, Samples.job().deletedAt())));
        assertThat(store.marks()).isEqualTo(Map.of(WRITER, new JournalMark(WRITER, 1, 6, 0, "", 1, false)));
        assertThat(store.outcomes(WRITER, 1, 2)).hasSize(5).allMatch(line -> line.kind() == FireEntry.Kind.FINAL);
        assertThat(store.outcomes(WRITER, 2, Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void firesAreFoundByJobAndShardAndTime() {
        store.append(Samples.everyEvent());
        assertThat(fires(FireQuery.between(NOON, NOON.plusSeconds(2)))).hasSize(2);
        assertThat(fires(FireQuery.between(NOON, Instant.MAX).job("index").shard("1")))
                .hasSize(2);
        assertThat(fires(FireQuery.between(NOON, Instant.MAX).job(UID).limit(3)))
                .hasSize(3);
        assertThat(fires(FireQuery.between(NOON, Instant.MAX).job("another"))).isEmpty();
    }

    @Test
    void historyOutlivesItsConnection() {
        store.append(Samples.everyEvent());
        Anchor head = store.head();
        store.close();
        reopen();
        assertThat(store.head()).isEqualTo(head);
        assertThat(all()).hasSize(6);
    }

    @Test
    void batchSentTwiceIsWrittenOnce() {
        assertThat(store.append(Samples.everyEvent())).isTrue();
        Anchor head = store.head();
        assertThat(store.append(Samples.everyEvent())).isFalse();
        assertThat(store.append(Samples.definitions())).isTrue();
        assertThat(store.append(Samples.definitions())).isFalse();
        assertThat(all()).hasSize(6);
        assertThat(store.head().segment()).isEqualTo(head.segment() + 1);
        assertThat(store.audit(List.of(head)).findings()).isEmpty();
    }

    @Test
    void batchBasedOnAnOldMarkLeavesNothingBehind() {
        store.append(Samples.everyEvent());
        JournalMark old = JournalMark.none(WRITER).at(2, 1);
        assertThat(store.append(Samples.events(Samples.rows(Samples.fires(2, 50, 1)), old)))
                .isFalse();
        JournalMark fresh = store.marks().get(WRITER).at(2, 1);
        assertThat(store.append(Samples.events(Samples.rows(Samples.fires(2, 50, 1)), fresh)))
                .isTrue();
        assertThat(store.append(Samples.events(Samples.rows(Samples.fires(3, 60, 1)), fresh.at(3, 1))))
                .isFalse();
        assertThat(all()).hasSize(7);
    }

    @Test
    void markOfAJournalThatIsNoMoreIsRemoved() {
        store.append(Samples.everyEvent());
        assertThat(store.append(
                        Samples.events(List.of(), store.marks().get(WRITER).ended())))
                .isTrue();
        assertThat(store.marks()).isEmpty();
        assertThat(all()).hasSize(6);
    }

    @Test
    void textsOfUserCodeAreMadeFitForTheDatabase() {
        String reason = "nul \0, half a pair \ud83d, whole \ud83d\ude00, tab\t and 'quote'";
        FireRow row = new FireRow(WRITER, 1, 0, "index", Samples.fire(0, reason));
        assertThat(store.append(Samples.events(
                        List.of(row.row()), JournalMark.none(WRITER).at(1, 1))))
                .isTrue();
        assertThat(all().get(0).event().reason())
                .isEqualTo("nul \ufffd, half a pair ?, whole \ud83d\ude00, tab\t and 'quote'");
        assertThat(store.audit(List.of()).findings()).isEmpty();
    }

    @Test
    void namespacesOfOneDatabaseKnowNothingOfEachOther() {
        store.append(Samples.everyEvent());
        store.close();
        try (JdbcHistoryStore other = open("billing")) {
            assertThat(other.marks()).isEmpty();
            assertThat(other.append(Samples.everyEvent())).isTrue();
            assertThat(other.audit(List.of()).segments()).isEqualTo(1);
        }
        reopen();
        assertThat(store.audit(List.of()).rows()).isEqualTo(11);
    }

    // --- retention

    /** Three segments of events a day apart, with definitions between them. */
    private void threeDays() {
        for (int day = 1; day <= 3; day++) {
            JournalMark mark = store.marks().getOrDefault(WRITER, JournalMark.none(WRITER));
            store.append(Samples.events(Samples.rows(Samples.fires(day, day * 100, 3)), mark.at(day, 3)));
            if (day == 1) {
                store.append(Samples.definitions());
            }
            now = now.plus(Duration.ofDays(1));
        }
    }

    @Test
    void retentionRemovesOldEventsAndTheChainStaysWhole() {
        threeDays();
        Anchor before = store.head();
        assertThat(store.retain(now.minus(Duration.ofHours(36)))).isEqualTo(6);
        assertThat(all()).isEqualTo(Samples.fires(3, 300, 3));
        assertThat(store.jobs()).hasSize(1);
        AuditReport audit = store.audit(List.of(before));
        assertThat(audit.findings()).isEmpty();
        assertThat(audit.expired()).isEqualTo(2);
        assertThat(audit.segments()).isEqualTo(5);
        assertThat(store.retain(now.minus(Duration.ofHours(36)))).isZero();
        assertThat(store.head()).isEqualTo(audit.head());
    }

    @Test
    void removalThatIsNotOfRetentionIsFoundEvenIfItLooksLikeIt() throws SQLException {
        threeDays();
        store.retain(now.minus(Duration.ofHours(60)));
        sql("update belfry_retention set up_to = 3");
        sql("delete from belfry_fire where segment = 3");
        assertThat(store.audit(List.of()).findings())
                .singleElement()
                .asString()
                .contains("segment 5", "was changed", "belfry_retention");
    }

    // --- audit

    private void history() {
        store.append(Samples.everyEvent());
        store.append(Samples.definitions());
        threeDaysLater();
    }

    private void threeDaysLater() {
        now = now.plus(Duration.ofDays(3));
        JournalMark mark = store.marks().get(WRITER);
        store.append(Samples.events(Samples.rows(Samples.fires(2, 100, 3)), mark.at(2, 3)));
        store.append(Samples.events(
                Samples.rows(Samples.fires(3, 200, 3)),
                store.marks().get(WRITER).at(3, 3)));
        store.retain(now.minus(Duration.ofDays(2)));
        // The first segment's rows are gone; these are looked at.
        store.append(Samples.events(
                Samples.everyEvent().rows().subList(6, 11),
                store.marks().get(WRITER).at(3, 4)));
    }

    @Test
    void everyRowThatIsRemovedIsNamed() throws SQLException {
        history();
        assertThat(store.audit(List.of()).findings()).isEmpty();
        store.close();
        for (String[] one : new String[][] {
            {"belfry_fire", "pos = 1 and segment = 3", "segment 3", "row 1 is missing"},
            {"belfry_fire", "segment = 4", "segment 4", "row 0 and the 2 after it are missing"},
            {"belfry_job_version", "version = 2", "segment 2", "row 1 is missing"},
            {"belfry_job_end", "pos = 2", "segment 2", "row 2 is missing"},
            {"belfry_retention", "pos = 0", "segment 5", "row 0 is missing"},
            {"belfry_table_version", "generation = 0", "segment 6", "row 0 is missing"},
            {"belfry_table_change", "line = 1", "segment 6", "row 3 is missing"},
            {"belfry_counted", "pos = 4", "segment 6", "row 4 is missing"}
        }) {
            open();
            history();
            assertThat(sql("delete from " + one[0] + " where " + one[1]))
                    .as(one[0])
                    .isPositive();
            assertThat(store.audit(List.of()).findings())
                    .as(one[0])
                    .anySatisfy(finding -> assertThat(finding).contains(one[2], one[3]));
            store.close();
        }
        open();
    }

    @Test
    void everyRowThatIsChangedIsNamed() throws SQLException {
        store.close();
        for (String[] one : new String[][] {
            {"belfry_fire", "outcome = 'succeeded' where segment = 3 and pos = 2", "segment 3", "row 2 was changed"},
            {"belfry_fire", "ended = null where segment = 4 and pos = 1", "segment 4", "row 1 was changed"},
            {
                "belfry_fire",
                "due = due + interval '1' second where segment = 4 and pos = 0",
                "segment 4",
                "row 0 was changed"
            },
            {"belfry_job_version", "effective_from = changed where version = 2", "segment 2", "row 1 was changed"},
            {"belfry_job_end", "deleted_at = deleted_at + interval '1' day", "segment 2", "row 2 was changed"},
            {"belfry_table_version", "term = 4 where generation = 0", "segment 6", "row 0 was changed"},
            {"belfry_table_change", "owner = 'mallory' where line = 0", "segment 6", "row 2 was changed"},
            {"belfry_counted", "fires = fires + 1", "segment 6", "was changed"},
            {
                "belfry_segment",
                "written_at = written_at - interval '1' day where segment = 4",
                "segment 4",
                "was changed"
            },
            {"belfry_segment", "rows_hash = hash where segment = 3", "segment 3", "was changed"},
            {"belfry_namespace", "head_segment = 5", "segment 6", "belfry_namespace"}
        }) {
            open();
            history();
            assertThat(sql("update " + one[0] + " set " + one[1])).as(one[0]).isPositive();
            assertThat(store.audit(List.of()).findings())
                    .as(one[0] + " " + one[1])
                    .anySatisfy(finding -> assertThat(finding).contains(one[2], one[3]));
            store.close();
        }
        open();
    }

    @Test
    void everyRowThatIsAddedIsNamed() throws SQLException {
        store.close();
        String fire =
                "select ns, %s, %s, writer, entry + 1000, line, kind, job_uid, job_name, layout, shard, due, last_due,"
                        + " fires, scheduled, run_id, attempt, token, agent, started, ended, outcome, reason from belfry_fire"
                        + " where segment = 3 and pos = 0";
        for (String[] one : new String[][] {
            {"belfry_fire " + fire.formatted("segment", "pos + 3"), "segment 3", "row 3 was added"},
            {"belfry_fire " + fire.formatted("2", "pos"), "segment 2", "row 0 was added"},
            {"belfry_fire " + fire.formatted("1", "pos"), "segment 1", "row"},
            {"belfry_fire " + fire.formatted("99", "pos"), "segment 99", "a row was added"},
            {"belfry_job_end select ns, 3, 7, 'other', deleted_at from belfry_job_end", "segment 3", "row 7 was added"},
            {
                "belfry_counted select ns, segment, 9, journal, due_hour, last_hour, job_uid, scheduled, outcome, 7, noticed"
                        + " from belfry_counted",
                "segment 6",
                "row 9 was added"
            },
            {
                "belfry_retention select ns, segment, 1, 4, removed_rows, written_before from belfry_retention",
                "segment 5",
                "row 1 was added"
            }
        }) {
            open();
            history();
            assertThat(sql("insert into " + one[0])).as(one[0]).isPositive();
            assertThat(store.audit(List.of()).findings())
                    .as(one[0])
                    .anySatisfy(finding -> assertThat(finding).contains(one[1], one[2]));
            store.close();
        }
        open();
    }

    @Test
    void segmentThatIsRemovedIsNamed() throws SQLException {
        history();
        sql("delete from belfry_fire where segment = 4");
        sql("delete from belfry_segment where segment = 4");
        assertThat(store.audit(List.of()).findings().get(0)).contains("segment 4 is missing");
    }

    @Test
    void endThatIsCutOffIsFoundByWhoKeptAnAnchor() throws SQLException {
        history();
        Anchor kept = store.head();
        Anchor middle = Anchor.parse(hashOf(4));
        for (String table :
                List.of("belfry_table_version", "belfry_table_change", "belfry_counted", "belfry_segment")) {
            sql("delete from " + table + " where segment = 6");
        }
        sql("update belfry_namespace set head_segment = 5,"
                + " head_hash = (select hash from belfry_segment where segment = 5)");
        assertThat(store.audit(List.of()).findings()).isEmpty();
        assertThat(store.audit(List.of(middle, kept)).findings())
                .singleElement()
                .asString()
                .contains("segment 6", "cut off");
    }

    private String hashOf(long segment) throws SQLException {
        try (HistoryDatabase database = shared();
                Connection connection = database.source().getConnection();
                Statement run = connection.createStatement();
                java.sql.ResultSet found =
                        run.executeQuery("select hash from belfry_segment where segment = " + segment)) {
            found.next();
            return segment + ":" + found.getString(1);
        } finally {
            reopen();
        }
    }

    @Test
    void anchorsAreReadAsTheyArePrinted() {
        store.append(Samples.everyEvent());
        assertThat(Anchor.parse(store.head().toString())).isEqualTo(store.head());
        assertThatThrownBy(() -> Anchor.parse("7:abc"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("<segment>:<64 hex digits>");
    }

    // --- failures

    @Test
    void brokenSchemaIsRefusedWithAdvice() throws SQLException {
        sql("drop table belfry_fire");
        assertThatThrownBy(() -> store.append(Samples.everyEvent()))
                .isInstanceOfSatisfying(
                        HistoryException.class, e -> assertThat(e.kind()).isEqualTo(HistoryException.Kind.REFUSED))
                .hasMessageContaining("check the rights");
        assertThat(store.marks()).isEmpty();
    }

    @Test
    void unknownOutcomesOfALaterVersionAreReadAsUnknown() throws SQLException {
        store.append(Samples.everyEvent());
        sql("update belfry_fire set outcome = 'teleported' where line = 1");
        assertThat(all().get(1).event().outcome()).isEqualTo(Outcome.UNKNOWN);
    }
}
