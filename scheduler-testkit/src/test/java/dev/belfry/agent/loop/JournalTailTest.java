package dev.belfry.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.journal.JournalBounds;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.journal.JournalCounts.Origin;
import dev.belfry.core.ledger.FailureText;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.record.Paths;
import dev.belfry.master.JournalScene;
import dev.belfry.store.Commit;
import dev.belfry.store.Transaction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What an incarnation writes stays within its share, the newest stays listed, and every outcome is there once. */
class JournalTailTest {
    private static final String WRITER = "writer~1";

    private final JournalScene scene = new JournalScene(9);
    private final JournalScene.Party party = scene.new Party("writer");
    private final JournalTail tail = new JournalTail(party.store, party.session(), WRITER);
    private long written;

    JournalTailTest() {
        scene.create(Paths.agent(WRITER), new byte[0]);
        scene.create(Paths.journal(WRITER), new byte[0]);
        party.resumed = tail::resumed;
    }

    private static FireEntry line(long n, int padding) {
        return JournalScene.line(
                FireId.scheduled(JournalScene.NOON.plusSeconds(n * 30)), FireEntry.Kind.FINAL, padding);
    }

    /** Writes outcomes until {@code total} are written, each in a commit of its own. */
    private void write(int total, int padding) {
        for (; written < total; written++) {
            Transaction.Builder transaction = Transaction.at("flush").exists(Paths.agent(WRITER));
            JournalTail.Part part = tail.add(transaction, List.of(line(written, padding)), true);
            List<Commit> answers = new ArrayList<>();
            party.store.commit(party.session(), transaction.build(), answers::add);
            while (answers.isEmpty()) {
                scene.scheduler.step();
            }
            if (answers.get(0) instanceof Commit.Applied) {
                tail.applied(part);
            } else {
                throw new AssertionError(answers.toString());
            }
        }
    }

    private void assertAllThere() {
        assertThat(scene.outcomes()).isEqualTo(Map.of(Origin.SCHEDULED, written));
    }

    @Test
    void smallCommitsShareAnEntry() {
        write(100, 10);
        assertThat(scene.entries(WRITER)).hasSizeLessThan(100 / 10);
        assertAllThere();
    }

    @Test
    void journalOfOneAmongMoreKeepsASmallerShareAndTheNewest() {
        for (int n = 0; n < 400; n++) {
            scene.create(Paths.agent("other-" + n + "~1"), new byte[0]);
        }
        write(2_000, 400);
        scene.pass(Duration.ofSeconds(10));
        long share = JournalBounds.share(401);
        assertThat(scene.bytes()).isLessThanOrEqualTo(share + 20_000).isGreaterThan(share / 2);
        assertAllThere();
        String newest = scene.entries(WRITER).get(scene.entries(WRITER).size() - 1);
        assertThat(new String(scene.data(Paths.journal(WRITER) + '/' + newest), StandardCharsets.UTF_8))
                .contains(Long.toString(line(written - 1, 0).fire().due().toEpochMilli()));
    }

    @Test
    void requestOrReplyOfATrimThatIsLostCountsNothingTwice() {
        for (int n = 0; n < 400; n++) {
            scene.create(Paths.agent("other-" + n + "~1"), new byte[0]);
        }
        JournalScene.Party exporter = scene.new Party("exporter");
        scene.ensemble.faults().loseReply("journal-trim");
        scene.ensemble.faults().loseRequest("journal-trim");
        long trims = 0;
        while (trims < 6) {
            write((int) written + 1, 400);
            if (trims < scene.ensemble.faults().count("journal-trim").sent()) {
                // Nothing else is under way when the connection goes.
                trims = scene.ensemble.faults().count("journal-trim").sent();
                exported(exporter, 2);
                scene.pass(Duration.ofSeconds(20));
            }
        }
        scene.pass(Duration.ofSeconds(20));
        assertThat(scene.ensemble.faults().count("journal-trim").lostAfter()).isEqualTo(1);
        assertThat(scene.ensemble.faults().count("journal-trim").lostBefore()).isEqualTo(1);
        assertThat(scene.bytes()).isLessThanOrEqualTo(2 * JournalBounds.share(401));
        assertAllThere();
    }

    /** What an exporter does with the oldest entries: counts and deletes in one transaction. Whether it was let. */
    private boolean exported(JournalScene.Party exporter, int entries) {
        String parent = Paths.journal(WRITER);
        List<String> names = scene.entries(WRITER);
        JournalCounts counts = JournalCounts.decode(parent, scene.data(parent));
        Transaction.Builder transaction = Transaction.at("export-clear");
        for (String name : names.subList(0, Math.min(entries, names.size() - 1))) {
            String path = parent + '/' + name;
            FireJournal.decode(path, scene.data(path)).forEach(counts::add);
            transaction.delete(path, -1);
        }
        int version = scene.ensemble.peek(parent).orElseThrow().version();
        List<Commit> answers = new ArrayList<>();
        transaction.put(parent, counts.encode(), version);
        exporter.store.commit(exporter.session(), transaction.build(), answers::add);
        while (answers.isEmpty()) {
            scene.scheduler.step();
        }
        return answers.get(0) instanceof Commit.Applied;
    }

    @Test
    void entriesThatAnExporterDeletesAreCountedByOneOfTheTwo() {
        for (int n = 0; n < 400; n++) {
            scene.create(Paths.agent("other-" + n + "~1"), new byte[0]);
        }
        JournalScene.Party exporter = scene.new Party("exporter");
        Random random = new Random(Long.getLong("belfry.seed", 17));
        int deleted = 0;
        while (written < 2_500) {
            write((int) written + 1 + random.nextInt(40), 400);
            if (random.nextInt(3) == 0 && scene.entries(WRITER).size() > 2) {
                deleted += exported(exporter, 1 + random.nextInt(20)) ? 1 : 0;
            }
            if (random.nextInt(4) == 0) {
                scene.pass(Duration.ofSeconds(15));
                assertAllThere();
            }
        }
        scene.pass(Duration.ofSeconds(20));
        assertAllThere();
        assertThat(deleted).isGreaterThan(10);
        assertThat(scene.ensemble.faults().count("journal-back-counts").sent())
                .as("trims that found what an exporter had left")
                .isGreaterThan(2);
        assertThat(scene.bytes()).isLessThanOrEqualTo(2 * JournalBounds.share(401));
    }

    @Test
    void countsThatSomebodySpoiltAreWrittenAnewFromWhatWasKnown() {
        for (int n = 0; n < 400; n++) {
            scene.create(Paths.agent("other-" + n + "~1"), new byte[0]);
        }
        write(300, 400);
        assertThat(scene.data(Paths.journal(WRITER))).as("trimmed").isNotEmpty();
        scene.put(Paths.journal(WRITER), "garbage");
        write(900, 400);
        scene.pass(Duration.ofSeconds(20));
        assertAllThere();
    }

    @Test
    void linesWithLongReasonsAreSpreadOverEntriesThatStaySmall() {
        List<FireEntry> lines = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            lines.add(line(i, i % 3 == 0 ? FailureText.MOST_BYTES : 0));
        }
        List<List<FireEntry>> parts = JournalTail.entries(lines);
        assertThat(parts.stream().flatMap(List::stream).toList()).isEqualTo(lines);
        assertThat(parts).hasSizeLessThan(12).allSatisfy(part -> {
            assertThat(part).hasSizeBetween(1, 120);
            assertThat(FireJournal.encode(part)).hasSizeLessThan(60_000);
            assertThat(FireJournal.encode(part).length)
                    .isLessThan(part.stream().mapToInt(FireEntry::mostBytes).sum() + 100);
        });
    }
}
