package dev.belfry.history.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.client.Journal;
import dev.belfry.core.job.Job;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.journal.JournalCounts.Cell;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.JobVersion;
import dev.belfry.history.FireQuery;
import dev.belfry.history.FireRow;
import dev.belfry.history.HistoryException;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.JobGone;
import dev.belfry.history.export.FlakyStore.Fault;
import dev.belfry.history.jdbc.Databases;
import dev.belfry.history.jdbc.JdbcHistoryStore;
import dev.belfry.store.StoreConnection;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import dev.belfry.store.zk.ZkConnection;
import dev.belfry.store.zk.ZkSettings;
import dev.belfry.testkit.zookeeper.EmbeddedZooKeeper;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An exporter round by round, with whatever may happen to journals and database between and within rounds. */
@Timeout(180)
class TenureTest {
    private static final String ONE = "one~100";
    private static final String TWO = "two~200";

    @TempDir
    Path directory;

    private EmbeddedZooKeeper server;
    private StoreConnection connection;
    private JournalAccess access;
    private HandMadeJournal journal;
    private JdbcHistoryStore store;
    private ExportSettings settings = ExportSettings.named("test").batch(7);
    private Fault fault = Fault.NONE;
    private Tally tally = new Tally();
    private Tenure tenure;
    private InstantSource clock = InstantSource.system();

    Databases.Place place() {
        return Databases.h2(directory);
    }

    @BeforeEach
    void start() {
        server = EmbeddedZooKeeper.start(directory.resolve("zookeeper"));
        connection = ZkConnection.open(
                ZkSettings.builder(server.connectString(), "search").build());
        access = new JournalAccess(connection);
        journal = new HandMadeJournal(access);
        store = JdbcHistoryStore.open(place().open(), "search");
        restart();
    }

    @AfterEach
    void stop() {
        access.close();
        connection.close();
        store.close();
        server.close();
    }

    /** As if the process were another one. */
    private void restart() {
        HistoryStore flaky = new FlakyStore(store, () -> fault);
        tenure = new Tenure(new Tenure.Parts(access, flaky, settings, tally, clock));
    }

    /** A round that succeeds, once the faults are over. */
    private void round() {
        fault = Fault.NONE;
        tenure.round();
    }

    private void roundWith(Fault bad) {
        fault = bad;
        try {
            tenure.round();
        } catch (HistoryException e) {
            restart();
        }
        fault = Fault.NONE;
    }

    private List<FireEntry> listed() {
        List<FireEntry> found = new ArrayList<>();
        store.fires(FireQuery.between(Instant.MIN, Instant.MAX), row -> found.add(row.event()));
        return found;
    }

    private Map<Cell, Long> counted() {
        Map<Cell, Long> cells = new TreeMap<>();
        store.counted(Instant.MIN, Instant.MAX).forEach(row -> cells.merge(row.cell(), row.fires(), Long::sum));
        return cells;
    }

    /** Listed or counted, each outcome that was ever written, and none of them twice. */
    private void everythingIsThereOnce() {
        List<FireEntry> listed = listed();
        assertThat(listed).doesNotHaveDuplicates().isSubsetOf(journal.written);
        Map<Cell, Long> all = HandMadeJournal.cells(listed);
        counted().forEach((cell, count) -> all.merge(cell, count, Long::sum));
        assertThat(all).isEqualTo(HandMadeJournal.cells(journal.written));
        theWholeJournalIsComplete();
        assertThat(store.audit(List.of()).findings()).isEmpty();
    }

    /** History and ZooKeeper together, exported or not. */
    private void theWholeJournalIsComplete() {
        WholeJournal read = WholeJournal.read(connection, store, Instant.MIN, Instant.MAX);
        assertThat(read.altered()).isEmpty();
        Journal whole = read.journal();
        readShardByShardItIsTheSame(whole);
        List<FireEntry> lines = whole.fires().stream().map(Journal.Line::entry).toList();
        assertThat(lines).doesNotHaveDuplicates().isSubsetOf(journal.written);
        Map<Cell, Long> all = HandMadeJournal.cells(lines);
        whole.counts()
                .values()
                .forEach(counts -> counts.cells().forEach((cell, count) -> all.merge(cell, count, Long::sum)));
        assertThat(all).isEqualTo(HandMadeJournal.cells(journal.written));
    }

    @Test
    void deletionThatNobodySawIsToldForGoodFromARecordThatSomebodyRemoved() {
        Instant noon = HandMadeJournal.NOON;
        job("unseen");
        job("removed");
        roundAt(noon);
        assertThat(store.gone()).isEmpty();
        deleteJob("removed");
        roundAt(noon.plus(Duration.ofHours(23)));
        JobGone removed = store.gone().get("removed~1");
        assertThat(removed.mayHaveBeenDeleted(Optional.empty())).isFalse();
        deleteJob("unseen");
        roundAt(noon.plus(Duration.ofHours(23 + 25)));
        JobGone unseen = store.gone().get("unseen~1");
        assertThat(unseen)
                .isEqualTo(
                        new JobGone("unseen~1", noon.plus(Duration.ofHours(23)), noon.plus(Duration.ofHours(23 + 25))));
        assertThat(unseen.mayHaveBeenDeleted(Optional.empty())).isTrue();
        assertThat(unseen.mayHaveBeenDeleted(Optional.of(noon.plus(Duration.ofHours(23)))))
                .isTrue();
        assertThat(unseen.mayHaveBeenDeleted(Optional.of(noon.plus(Duration.ofHours(25)))))
                .as("fires less than a day before the record was gone")
                .isFalse();
        roundAt(noon.plus(Duration.ofDays(9)));
        assertThat(store.gone()).containsOnly(Map.entry("removed~1", removed), Map.entry("unseen~1", unseen));
        assertThat(store.audit(List.of()).findings()).isEmpty();
    }

    private void roundAt(Instant now) {
        clock = InstantSource.fixed(now);
        restart();
        round();
    }

    private void job(String name) {
        JobVersion version = new JobVersion(
                1,
                HandMadeJournal.NOON,
                HandMadeJournal.NOON,
                1,
                Job.named(name).cron("0 0 0 * * ?").build(),
                false,
                new Author(Author.Origin.OPERATOR, "anna", ""));
        JobRecord record = new JobRecord(name, name + "~1", List.of(version), List.of(), Optional.empty());
        String parent = Paths.job(name).replaceFirst("/[^/]*$", "");
        if (access.read(parent).isEmpty()) {
            access.commit(Transaction.at("test").create(parent, new byte[0]).build());
        }
        assertThat(access.commit(Transaction.at("test")
                        .create(Paths.job(name), JobRecordCodec.encode(record))
                        .build()))
                .isTrue();
    }

    private void deleteJob(String name) {
        assertThat(access.commit(
                        Transaction.at("test").delete(Paths.job(name), -1).build()))
                .isTrue();
    }

    private void readShardByShardItIsTheSame(Journal whole) {
        StreamedJournal streamed = StreamedJournal.read(connection, store, Instant.MIN, Instant.MAX);
        assertThat(streamed.altered()).isEmpty();
        assertThat(streamed.problems()).isEqualTo(whole.problems());
        assertThat(cells(streamed.counts())).isEqualTo(cells(whole.counts()));
        Map<StreamedJournal.Shard, List<FireEntry>> expected = new HashMap<>();
        whole.fires()
                .forEach(line -> expected.computeIfAbsent(
                                new StreamedJournal.Shard(
                                        line.entry().jobUid(),
                                        line.entry().layout(),
                                        line.entry().shard()),
                                shard -> new ArrayList<>())
                        .add(line.entry()));
        assertThat(streamed.shards()).isEqualTo(expected.keySet());
        expected.forEach((shard, lines) -> assertThat(streamed.lines(shard))
                .extracting(Journal.Line::entry)
                .isEqualTo(lines));
        expected.forEach((shard, lines) -> assertThat(streamed.firstOutcome(shard.jobUid()))
                .isEqualTo(whole.fires().stream()
                        .map(Journal.Line::entry)
                        .filter(line -> line.jobUid().equals(shard.jobUid())
                                && line.kind() == FireEntry.Kind.FINAL
                                && line.fire().isScheduled())
                        .map(line -> line.fire().due())
                        .min(Instant::compareTo)));
    }

    private static Map<Cell, Long> cells(Map<String, JournalCounts> counts) {
        Map<Cell, Long> all = new TreeMap<>();
        counts.values().forEach(of -> of.cells().forEach((cell, count) -> all.merge(cell, count, Long::sum)));
        return all;
    }

    @Test
    void linesAddedToAnEntryThatWasExportedFollow() {
        journal.begin(ONE);
        journal.entry(ONE, 3, 0);
        round();
        assertThat(listed()).hasSize(3);
        journal.extend(ONE, 2);
        round();
        journal.extend(ONE, 1);
        journal.entry(ONE, 2, 1);
        round();
        assertThat(listed()).containsExactlyElementsOf(journal.written);
        assertThat(counted()).isEmpty();
        List<FireRow> rows = new ArrayList<>();
        store.fires(FireQuery.between(Instant.MIN, Instant.MAX), rows::add);
        assertThat(rows).extracting(FireRow::entry).containsExactly(1L, 1L, 1L, 1L, 1L, 1L, 3L, 3L);
        assertThat(rows).extracting(FireRow::line).containsExactly(0, 1, 2, 3, 4, 5, 0, 1);
    }

    @Test
    void lostAnswerOfTheDatabaseDoublesNothingAndLosesNothing() {
        journal.begin(ONE);
        for (int i = 0; i < 10; i++) {
            journal.entry(ONE, 3, 0);
            roundWith(i % 2 == 0 ? Fault.AFTER : Fault.BEFORE);
            journal.extend(ONE, 1);
        }
        round();
        assertThat(listed()).containsExactlyElementsOf(journal.written);
    }

    @Test
    void whatBecameCountsBeforeItWasExportedIsCountedAndTheRestListed() {
        journal.begin(ONE);
        journal.entry(ONE, 4, 0);
        journal.entry(ONE, 4, 0);
        journal.fold(ONE, 1);
        round();
        assertThat(counted().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(4);
        assertThat(tally.status().counted()).isEqualTo(4);
        everythingIsThereOnce();
        // Now while the database is away: exported, extended, never seen.
        journal.extend(ONE, 2);
        roundWith(Fault.BEFORE);
        journal.entry(ONE, 5, 0);
        journal.entry(ONE, 5, 0);
        journal.fold(ONE, 2);
        round();
        everythingIsThereOnce();
        assertThat(counted().values().stream().mapToLong(Long::longValue).sum()).isGreaterThan(4);
    }

    /** An hour of an agent that writes an entry every three seconds, with rounds and the journal's bound as they are. */
    @Test
    void databaseThatIsAwayForLongerThanTheJournalReachesIsCaughtUpWith() {
        journal.begin(ONE);
        journal.entry(ONE, 2, 0);
        round();
        long listedBefore = listed().size();
        for (int entry = 1; entry <= 1_200; entry++) {
            journal.entry(ONE, 1, 0);
            if (journal.entries(ONE) > 900) {
                journal.fold(ONE, 64);
            }
            if (entry % 150 == 0) {
                roundWith(Fault.BEFORE);
            }
        }
        assertThat(listed()).hasSize((int) listedBefore);
        round();
        everythingIsThereOnce();
        assertThat(listed()).hasSizeGreaterThan(800);
        assertThat(counted().values()).isNotEmpty();
        round();
        everythingIsThereOnce();
    }

    @Test
    void journalThatMadeRoomAltogetherIsAccountedForInTheTotal() {
        journal.begin(ONE);
        journal.begin(TWO);
        journal.entry(ONE, 4, 0);
        round();
        journal.entry(ONE, 4, 0);
        journal.entry(TWO, 3, 0);
        journal.merge(ONE);
        journal.merge(TWO);
        round();
        everythingIsThereOnce();
        assertThat(store.marks()).doesNotContainKeys(ONE, TWO);
        round();
        everythingIsThereOnce();
    }

    @Test
    void exportedEntriesOfTheGoneAreDeletedAndStayCountedInTheJournal() {
        settings = settings.keep(Duration.ZERO);
        journal.begin(ONE);
        journal.begin(TWO);
        journal.register(TWO);
        for (int i = 0; i < 100; i++) {
            journal.entry(ONE, 2, 0);
        }
        journal.entry(TWO, 2, 0);
        restart();
        round();
        assertThat(access.children(Paths.journal(ONE))).isEmpty();
        assertThat(access.children(Paths.journal(TWO))).hasSize(1);
        Znode parent = access.read(Paths.journal(ONE)).orElseThrow();
        assertThat(JournalCounts.decode(parent.path(), parent.data()).cells())
                .isEqualTo(HandMadeJournal.cells(journal.written.subList(0, 200)));
        restart();
        round();
        everythingIsThereOnce();
        assertThat(counted()).isEmpty();
    }

    @Test
    void exportedEntriesOfTheLivingAreDeletedExceptTheLastAndStayCounted() {
        settings = settings.keep(Duration.ZERO);
        journal.begin(ONE);
        journal.register(ONE);
        for (int i = 0; i < 200; i++) {
            journal.entry(ONE, 2, 0);
        }
        restart();
        round();
        assertThat(access.children(Paths.journal(ONE))).containsExactly("000000000200");
        journal.extend(ONE, 1);
        journal.entry(ONE, 3, 0);
        restart();
        round();
        assertThat(access.children(Paths.journal(ONE))).containsExactly("000000000201");
        everythingIsThereOnce();
        assertThat(counted()).isEmpty();
    }

    @Test
    void entriesThatWereNotExportedAreNotDeleted() {
        settings = settings.keep(Duration.ZERO);
        journal.begin(ONE);
        journal.entry(ONE, 2, 0);
        journal.garbage(ONE);
        journal.entry(ONE, 2, 0);
        restart();
        round();
        assertThat(access.children(Paths.journal(ONE))).containsExactly("000000000002", "000000000003");
    }

    @Test
    void whatRetentionHasRemovedIsNotTakenForLost() {
        clock = InstantSource.fixed(HandMadeJournal.NOON.plus(Duration.ofDays(10)));
        settings = settings.retention(Duration.ofDays(1));
        restart();
        journal.begin(ONE);
        journal.entry(ONE, 4, 0);
        journal.entry(ONE, 4, 0);
        round();
        assertThat(store.retain(Instant.now().plusSeconds(60))).isEqualTo(8);
        journal.fold(ONE, 1);
        restart();
        round();
        assertThat(counted()).isEmpty();
        assertThat(listed()).isEmpty();
    }

    @Test
    void entriesOfTheGoneStayForAWhile() {
        journal.begin(ONE);
        journal.entry(ONE, 2, 0);
        round();
        restart();
        round();
        assertThat(access.children(Paths.journal(ONE))).hasSize(1);
    }

    @Test
    void entryThatCannotBeReadIsNamedAndHoldsUpNothing() {
        journal.begin(ONE);
        journal.entry(ONE, 2, 0);
        journal.garbage(ONE);
        journal.entry(ONE, 2, 0);
        round();
        assertThat(listed()).hasSize(4);
        assertThat(tally.status().unreadable()).singleElement().asString().contains(Paths.journalEntry(ONE, 2));
    }

    @Test
    void whateverHappensEveryOutcomeIsListedOrCountedOnce() {
        for (long seed = 1; seed <= 6; seed++) {
            Random random = new Random(seed);
            Map<String, Integer> lives = new TreeMap<>();
            for (int step = 0; step < 150; step++) {
                int agent = random.nextInt(3);
                try {
                    step(random, "agent-" + seed + agent, lives);
                } catch (AssertionError e) {
                    throw new AssertionError("seed " + seed + ", step " + step, e);
                }
            }
            restart();
            round();
            try {
                everythingIsThereOnce();
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private void step(Random random, String agent, Map<String, Integer> lives) {
        String writer = agent + "~" + lives.getOrDefault(agent, 1);
        if (!journal.writers().contains(writer)) {
            journal.begin(writer);
        }
        int entries = journal.entries(writer);
        switch (random.nextInt(13)) {
            case 0, 1, 2 -> journal.entry(writer, 1 + random.nextInt(4), random.nextInt(4) == 0 ? 1 : 0);
            case 3, 4 -> {
                if (entries > 0) {
                    journal.extend(writer, 1 + random.nextInt(3));
                }
            }
            case 5, 6 -> {
                if (entries > 1) {
                    journal.fold(writer, 1 + random.nextInt(entries - 1));
                }
            }
            case 7 -> {
                if (random.nextInt(3) == 0) {
                    journal.merge(writer);
                    // An incarnation never comes back.
                    lives.merge(agent, 2, Integer::sum);
                }
            }
            case 8 -> roundWith(Fault.BEFORE);
            case 9 -> roundWith(Fault.AFTER);
            case 10 -> restart();
            case 11 -> theWholeJournalIsComplete();
            default -> round();
        }
    }
}
