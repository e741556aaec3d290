package dev.belfry.testkit.submit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.client.ClientLoop;
import dev.belfry.agent.client.RunPlace;
import dev.belfry.agent.client.RunResult;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.queue.DeclaredRules;
import dev.belfry.core.queue.Segment;
import dev.belfry.core.queue.SegmentState;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.store.Session;
import dev.belfry.store.Transaction;
import dev.belfry.testkit.store.Faults;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run is followed through the state of its segment into the journal, whatever is lost on the way. */
class FollowedRunsTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final String FIRST = Paths.segment("s1", 1);
    private static final String SECOND = Paths.segment("s1", 2);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final IntakeTown town = new IntakeTown(21, 1);
    private final IntakeTown.Member member = town.clients.get(0);
    private final ClientLoop client = new ClientLoop(member.loop, member.connection.view(member.loop));

    @BeforeEach
    void setUp() {
        client.start();
        town.open();
        commit(Transaction.at("test")
                .create(Paths.JOURNAL, new byte[0])
                .create(Paths.journal("queue-7"), new byte[0])
                .create(Paths.parent(FIRST), new byte[0])
                .create(FIRST, segment("a", "").encode()));
    }

    private void commit(Transaction.Builder transaction) {
        town.commit(transaction);
        town.pass(Duration.ofMillis(200));
    }

    private static Segment segment(String id, String key) {
        Submission.Options options = Submission.USUAL.withKey(key);
        return new Segment(List.of(new Submission(id, "load-1", 2, Optional.empty(), Map.of(), options, "ada")));
    }

    private static byte[] state(Outcome first, Outcome second) {
        return settled(first == second ? Map.of(first, 3) : Map.of(first, 1, second, 2));
    }

    /** @param tasks by outcome, as the bits of a number */
    private static byte[] settled(Map<Outcome, Integer> tasks) {
        Map<Outcome, BitSet> sets = new EnumMap<>(Outcome.class);
        tasks.forEach((outcome, bits) -> sets.put(outcome, BitSet.valueOf(new long[] {bits})));
        return new SegmentState(sets, Map.of()).encode();
    }

    private static byte[] lines(String run, Outcome... outcomes) {
        List<FireEntry> lines = new java.util.ArrayList<>();
        for (int shard = 0; shard < outcomes.length; shard++) {
            lines.add(new FireEntry(
                    FireEntry.Kind.FINAL,
                    "load-1",
                    0,
                    Integer.toString(shard),
                    FireId.requested(run, NOON),
                    NOON,
                    1,
                    1,
                    5,
                    NOON,
                    NOON,
                    outcomes[shard],
                    ""));
        }
        return FireJournal.encode(lines);
    }

    private <T> T answer(CompletableFuture<T> future) {
        town.until(Duration.ofSeconds(90), future::isDone);
        return future.join();
    }

    private static RunPlace place(String segment, boolean keyed) {
        return new RunPlace("a", segment, 0, 2, keyed);
    }

    @Test
    void outcomeIsReadFromTheStateWhileTheSegmentIsThere() {
        CompletableFuture<Optional<RunResult>> outcome = client.follow(place(FIRST, false));
        town.pass(Duration.ofSeconds(3));
        assertThat(outcome).isNotDone();
        commit(Transaction.at("test").create(Paths.segmentState(FIRST), state(Outcome.SUCCEEDED, Outcome.FAILED)));
        RunResult result = answer(outcome).orElseThrow();
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.shards()).isEqualTo(Map.of(0, Outcome.SUCCEEDED, 1, Outcome.FAILED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"follow-sync", "follow-list", "follow-journals", "follow-journal", "get-segments", "get-segment"
            })
    void outcomeIsReadFromTheJournalOnceTheSegmentIsGoneWhateverIsLost(String site) {
        CompletableFuture<Optional<RunResult>> outcome = client.follow(place(FIRST, false));
        CompletableFuture<Optional<RunResult>> byId = client.follow("a", PATIENCE);
        Faults faults = town.ensemble.faults();
        faults.loseReply(site);
        faults.loseRequest(site);
        town.pass(Duration.ofSeconds(1));
        commit(Transaction.at("test")
                .delete(FIRST, 0)
                .create(Paths.journalEntry("queue-7", 1), lines("a", Outcome.SUCCEEDED, Outcome.SUCCEEDED)));
        assertThat(answer(outcome).orElseThrow().succeeded()).isTrue();
        assertThat(answer(byId).orElseThrow().succeeded()).isTrue();
        assertThat(answer(client.follow("a", PATIENCE)).orElseThrow().succeeded())
                .as("asked for after its end")
                .isTrue();
        assertThat(answer(client.follow("b", PATIENCE))).isEmpty();
    }

    @Test
    void runThatTheJournalDoesNotListAnyMoreIsNotKnown() {
        commit(Transaction.at("test").delete(FIRST, 0));
        assertThat(answer(client.follow(place(FIRST, false)))).isEmpty();
        commit(Transaction.at("test").create(Paths.journalEntry("queue-7", 1), lines("a", Outcome.SUCCEEDED)));
        assertThat(answer(client.follow(place(FIRST, false))).orElseThrow().shards())
                .as("of one of two shards")
                .isEqualTo(Map.of(0, Outcome.SUCCEEDED, 1, Outcome.UNKNOWN));
    }

    @Test
    void repetitionHasTheOutcomeOfTheRunThatItRepeats() {
        commit(Transaction.at("test")
                .create(SECOND, segment("a", "k").encode())
                .create(Paths.segmentState(SECOND), state(Outcome.SUPERSEDED, Outcome.SUPERSEDED)));
        CompletableFuture<Optional<RunResult>> outcome = client.follow(place(SECOND, true));
        town.pass(Duration.ofSeconds(3));
        assertThat(outcome).isNotDone();
        commit(Transaction.at("test").create(Paths.segmentState(FIRST), state(Outcome.CANCELLED, Outcome.SUCCEEDED)));
        assertThat(answer(outcome).orElseThrow().outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void runWithAKeyWhoseJobIsDeletedIsFollowedUntilItsLastTaskHasAnOutcome() {
        commit(Transaction.at("test")
                .create(SECOND, segment("a", "k").encode())
                .create(Paths.segmentState(SECOND), settled(Map.of(Outcome.SUPERSEDED, 1)))
                .create(Paths.journalEntry("queue-7", 1), lines("a", Outcome.SUPERSEDED))
                .delete(FIRST, 0));
        CompletableFuture<Optional<RunResult>> outcome = client.follow(place(SECOND, true));
        CompletableFuture<Optional<RunResult>> byId = client.follow("a", PATIENCE);
        town.pass(Duration.ofSeconds(3));
        assertThat(outcome).as("its second task runs").isNotDone();
        assertThat(byId).isNotDone();
        Map<Integer, Outcome> both = Map.of(0, Outcome.SUPERSEDED, 1, Outcome.SUCCEEDED);
        commit(Transaction.at("test")
                .delete(Paths.segmentState(SECOND), 0)
                .delete(SECOND, 0)
                .create(Paths.journalEntry("queue-7", 2), lines("a", Outcome.SUPERSEDED, Outcome.SUCCEEDED)));
        assertThat(answer(outcome).orElseThrow().shards()).isEqualTo(both);
        assertThat(answer(byId).orElseThrow().shards()).isEqualTo(both);
    }

    @Test
    void repetitionOfARunThatIsPartlySettledWaitsForTheRest() {
        commit(Transaction.at("test")
                .create(SECOND, segment("a", "k").encode())
                .create(Paths.segmentState(FIRST), settled(Map.of(Outcome.FAILED, 1)))
                .create(Paths.segmentState(SECOND), state(Outcome.SUPERSEDED, Outcome.SUPERSEDED))
                .create(Paths.journalEntry("queue-7", 1), lines("a", Outcome.FAILED)));
        CompletableFuture<Optional<RunResult>> outcome = client.follow(place(SECOND, true));
        town.pass(Duration.ofSeconds(3));
        assertThat(outcome).isNotDone();
        commit(Transaction.at("test")
                .delete(Paths.segmentState(FIRST), 0)
                .delete(FIRST, 0)
                .create(Paths.journalEntry("queue-7", 2), lines("a", Outcome.FAILED, Outcome.SUCCEEDED)));
        assertThat(answer(outcome).orElseThrow().shards()).isEqualTo(Map.of(0, Outcome.FAILED, 1, Outcome.SUCCEEDED));
    }

    @Test
    void whoFollowsAClosedClientIsTold() {
        CompletableFuture<Optional<RunResult>> outcome = client.follow(place(FIRST, false));
        town.pass(Duration.ofSeconds(1));
        client.close();
        town.until(Duration.ofSeconds(5), outcome::isDone);
        assertThat(outcome).isCompletedExceptionally();
    }

    @Test
    void sessionThatEndsIsNoMatter() {
        CompletableFuture<Optional<RunResult>> outcome = client.follow(place(FIRST, false));
        town.pass(Duration.ofSeconds(1));
        Session before = member.present.session().orElseThrow();
        member.expire();
        commit(Transaction.at("test").create(Paths.segmentState(FIRST), state(Outcome.LOST, Outcome.LOST)));
        assertThat(answer(outcome).orElseThrow().outcome()).isEqualTo(Outcome.LOST);
        assertThat(town.ensemble.isOpen(before)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rules-sync", "rules-read", "rules-write"})
    void declaredRulesAreChangedOnceWhateverIsLost(String site) {
        for (boolean afterCommit : new boolean[] {false, true}) {
            Faults faults = town.ensemble.faults();
            if (afterCommit) {
                faults.loseReply(site);
            } else {
                faults.loseRequest(site);
            }
            int slots = afterCommit ? 2 : 1;
            DeclaredRules rules = answer(
                    client.changeQueueRules(before -> before.with(Map.of(), Map.of("db", slots), "ada"), PATIENCE));
            assertThat(rules.pools()).isEqualTo(Map.of("db", slots));
            assertThat(answer(client.queueRules(PATIENCE)).pools()).isEqualTo(Map.of("db", slots));
            answer(client.changeQueueRules(before -> before.with(Map.of(), Map.of("db", slots), "eve"), PATIENCE));
            assertThat(town.peek(Paths.QUEUE_RULES).orElseThrow().version())
                    .as("the same again writes nothing")
                    .isEqualTo(slots - 1);
        }
    }
}
