package dev.belfry.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.journal.JournalBounds;
import dev.belfry.core.journal.JournalCounts.Origin;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Transaction;
import dev.belfry.testkit.store.SiteCounts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Journals of the gone become counts, whatever happens on the way, and every outcome is there exactly once. */
class JournalKeeperTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final JournalKeeper.Bounds THREE = new JournalKeeper.Bounds(3, JournalBounds.GONE_BYTES);

    private static String gone(int n) {
        return String.format(Locale.ROOT, "agent-%02d~%x", n, n + 1);
    }

    /** Journals of gone incarnations; after every commit every outcome is there once. */
    private static JournalScene scene(long seed, int journals, int entries) {
        JournalScene scene = new JournalScene(seed);
        for (int n = 0; n < journals; n++) {
            scene.journal(gone(n), entries, 40);
        }
        Map<Origin, Long> all = scene.outcomes();
        scene.ensemble.history((zxid, session, site, writes) -> {
            if (site.startsWith("journal-")) {
                assertThat(scene.outcomes()).as(site + " of seed " + seed).isEqualTo(all);
            }
        });
        return scene;
    }

    @Test
    void beyondTheNumberTheOldestBecomeCountsAndNothingIsLost() {
        JournalScene scene = scene(1, 6, 200);
        Map<Origin, Long> all = scene.outcomes();
        scene.master("m1", THREE);
        scene.pass(LONG);
        assertThat(scene.writers()).containsExactly(gone(3), gone(4), gone(5));
        assertThat(scene.entries(gone(3))).hasSize(200);
        assertThat(scene.outcomes()).isEqualTo(all).containsEntry(Origin.SCHEDULED, 1_200L);
        assertThat(scene.data(Paths.JOURNAL)).isNotEmpty();
    }

    @Test
    void beyondTheBytesTheOldestEntriesBecomeCountsAndTheNewestStay() {
        JournalScene scene = new JournalScene(2);
        for (int n = 0; n < 3; n++) {
            scene.journal(gone(n), 120, 20_000);
        }
        Map<Origin, Long> all = scene.outcomes();
        long bytes = scene.bytes();
        long most = bytes / 2;
        scene.master("m1", new JournalKeeper.Bounds(40, most));
        scene.pass(LONG);
        assertThat(scene.outcomes()).isEqualTo(all);
        // No more is folded than has to be: at most one step of 90 entries too many.
        assertThat(scene.bytes()).isLessThanOrEqualTo(most).isGreaterThan(most - 90 * bytes / 360);
        assertThat(scene.entries(gone(2))).hasSize(120);
        List<String> left = scene.entries(gone(1));
        assertThat(left).isNotEmpty().last().isEqualTo("000000000120");
    }

    @Test
    void boundsOfAWholeNamespaceAddUp() {
        long all = JournalBounds.LIVING_BYTES + JournalBounds.GONE_BYTES + 2 * JournalBounds.TERM_BYTES;
        assertThat(all).isEqualTo(JournalBounds.NAMESPACE_BYTES);
        for (int living : new int[] {1, 3, 100, 1_000}) {
            assertThat(living * JournalBounds.share(living)).isLessThanOrEqualTo(JournalBounds.LIVING_BYTES);
        }
    }

    @Test
    void journalThatWasWrittenLastIsKeptEvenIfItBeganFirst() {
        JournalScene late = new JournalScene(3);
        for (int n = 0; n < 4; n++) {
            late.journal(gone(n), 5, 0);
        }
        late.entry(gone(0), 6, 0);
        late.master("m1", THREE);
        late.pass(LONG);
        assertThat(late.writers()).containsExactly(gone(0), gone(2), gone(3));
    }

    @Test
    void journalsOfTheLivingAreLeftAloneEvenIfTheMasterHasNotHeardOfThem() {
        JournalScene scene = scene(4, 6, 5);
        scene.live.add(gone(0));
        scene.create(Paths.agent(gone(1)), new byte[0]);
        scene.master("m1", THREE);
        scene.pass(LONG);
        assertThat(scene.writers()).containsExactly(gone(0), gone(1), gone(3), gone(4), gone(5));
        assertThat(scene.entries(gone(0))).hasSize(5);
        assertThat(scene.entries(gone(1))).hasSize(5);
    }

    @Test
    void journalThatIsExportedAndDeletedMeanwhileIsNoTrouble() {
        JournalScene scene = new JournalScene(5);
        for (int n = 0; n < 6; n++) {
            scene.journal(gone(n), 3, 0);
        }
        JournalScene.Keeper master = scene.master("m1", THREE);
        scene.pass(Duration.ofSeconds(30));
        assertThat(master.party.session).isNotNull();
        JournalScene.Party exporter = scene.new Party("exporter");
        for (int n = 1; n <= 3; n++) {
            exporter.commit(Transaction.at("export").delete(Paths.journalEntry(gone(0), n), -1));
        }
        exporter.commit(Transaction.at("export").delete(Paths.journal(gone(0)), -1));
        scene.pass(LONG);
        assertThat(scene.writers()).containsExactly(gone(3), gone(4), gone(5));
    }

    @Test
    void whatCannotBeReadIsKeptAndDoesNotStandInTheWayOfTheRest() {
        JournalScene scene = new JournalScene(6);
        scene.journal(gone(0), 2, 0);
        scene.create(Paths.journalEntry(gone(0), 3), "{\"v\":99,\"fires\":[]}".getBytes(StandardCharsets.UTF_8));
        for (int n = 1; n < 6; n++) {
            scene.journal(gone(n), 3, 0);
        }
        scene.put(Paths.journal(gone(1)), "not counts");
        scene.master("m1", THREE);
        scene.pass(LONG);
        assertThat(scene.writers()).contains(gone(0), gone(1), gone(5)).hasSize(3);
        assertThat(scene.entries(gone(0))).hasSize(3);
        assertThat(scene.data(Paths.journal(gone(1)))).asString().isEqualTo("not counts");
    }

    // --- faults

    @ParameterizedTest
    @ValueSource(
            strings = {
                "journal-sync",
                "journal-writers",
                "journal-registration",
                "journal-entries",
                "journal-entry",
                "journal-counts",
                "journal-total",
                "journal-fold",
                "journal-remove"
            })
    void requestOrReplyLostAtAnySiteCountsNothingTwice(String site) {
        for (boolean afterCommit : new boolean[] {false, true}) {
            for (int nth = 1; nth <= 3; nth++) {
                JournalScene scene = scene(70 + nth, 5, 100);
                Map<Origin, Long> all = scene.outcomes();
                for (int i = 0; i < nth; i++) {
                    if (afterCommit) {
                        scene.ensemble.faults().loseReply(site);
                    } else {
                        scene.ensemble.faults().loseRequest(site);
                    }
                }
                scene.master("m1", THREE);
                scene.pass(Duration.ofMinutes(20));
                SiteCounts met = scene.ensemble.faults().count(site);
                assertThat(afterCommit ? met.lostAfter() : met.lostBefore())
                        .as(site)
                        .isPositive();
                assertThat(scene.writers()).as(site).containsExactly(gone(2), gone(3), gone(4));
                assertThat(scene.outcomes()).as(site).isEqualTo(all);
            }
        }
    }

    @Test
    void masterThatDiesAnywhereIsFollowedByOneThatGoesOn() {
        for (int steps = 0; steps < 2_000; steps += 37) {
            JournalScene scene = scene(100 + steps, 5, 100);
            Map<Origin, Long> all = scene.outcomes();
            JournalScene.Keeper first = scene.master("m1", THREE);
            awaitFirst(scene);
            for (int i = 0; i < steps; i++) {
                scene.scheduler.step();
            }
            first.party.process.kill();
            scene.master("m2", THREE);
            scene.pass(LONG);
            assertThat(scene.writers()).as("steps " + steps).containsExactly(gone(2), gone(3), gone(4));
            assertThat(scene.outcomes()).as("steps " + steps).isEqualTo(all);
        }
    }

    @Test
    void oldMasterThatGoesOnIsFencedAndCountsNothing() {
        for (int steps = 0; steps < 2_000; steps += 53) {
            JournalScene scene = scene(200 + steps, 5, 100);
            Map<Origin, Long> all = scene.outcomes();
            scene.master("m1", THREE);
            awaitFirst(scene);
            for (int i = 0; i < steps; i++) {
                scene.scheduler.step();
            }
            scene.master("m2", THREE);
            scene.pass(LONG);
            assertThat(scene.writers()).as("steps " + steps).containsExactly(gone(2), gone(3), gone(4));
            assertThat(scene.outcomes()).as("steps " + steps).isEqualTo(all);
        }
    }

    private static void awaitFirst(JournalScene scene) {
        for (int i = 0; scene.ensemble.faults().count("journal-sync").sent() == 0 && i < 1_000_000; i++) {
            scene.scheduler.step();
        }
        assertThat(scene.ensemble.faults().count("journal-sync").sent()).isPositive();
    }

    @Test
    void anythingMayBeLostAtAnyTime() {
        for (long seed = 300; seed < 330; seed++) {
            JournalScene scene = scene(seed, 6, 120);
            Map<Origin, Long> all = scene.outcomes();
            scene.master("m1", THREE);
            scene.ensemble.faults().lose(0.01, 0.01);
            scene.pass(LONG);
            scene.ensemble.faults().stop();
            scene.pass(Duration.ofMinutes(1));
            scene.master("m2", THREE);
            scene.pass(LONG);
            assertThat(scene.writers()).as("seed " + seed).containsExactly(gone(3), gone(4), gone(5));
            assertThat(scene.outcomes()).as("seed " + seed).isEqualTo(all);
        }
    }

    // --- the masters' own

    @Test
    void entriesOfEarlierTermsAreBoundedAndThoseOfThePresentTermAreLeftAlone() {
        JournalScene scene = new JournalScene(8);
        for (int term = 1; term <= 12; term++) {
            scene.create(
                    Paths.MASTER_JOURNAL + String.format(Locale.ROOT, "/t%012d", term),
                    entry(term, 0).encode());
            for (int n = 1; n <= 100; n++) {
                long generation = Generation.of(term, n).value();
                scene.create(
                        Paths.MASTER_JOURNAL + String.format(Locale.ROOT, "/g%020d-00", generation),
                        entry(term, generation).encode());
            }
        }
        scene.create(Paths.MASTER_JOURNAL + "/unknown", new byte[0]);
        scene.master("m1", THREE);
        scene.pass(LONG);
        List<String> left = scene.ensemble.peekChildren(Paths.MASTER_JOURNAL);
        // 900 of earlier terms, the present one's 101, and what nobody knows.
        assertThat(left).hasSize(900 + 101 + 1).contains("unknown", "t000000000012", "t000000000011");
        assertThat(left).doesNotContain("t000000000001", "t000000000002");
        assertThat(left)
                .contains(String.format(
                        Locale.ROOT, "g%020d-00", Generation.of(11, 100).value()));
    }

    private static TableEntry entry(long term, long generation) {
        return new TableEntry(term, "a~1", generation, JournalScene.NOON, List.of());
    }
}
