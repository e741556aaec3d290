package dev.belfry.console.proof;

import static dev.belfry.console.proof.Ledgering.START;
import static dev.belfry.console.proof.Ledgering.version;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.client.Journal;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Capacity;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The proof over what happens to a job in its life: changes, pauses, layouts, deletion, delays, agents that come and go. */
// Longer than the house limit: every history that a job can have, side by side, so that a kind left out is seen.
class ProverHistoriesTest {
    private static final Instant NOW = Ledgering.NOW;

    private static Instant minute(int n) {
        return START.plus(Duration.ofMinutes(n));
    }

    private static Job job() {
        return Job.named("index").every(Duration.ofMinutes(1));
    }

    private static Ledgering of(Optional<Instant> deleted, dev.belfry.core.version.JobVersion... versions) {
        return new Ledgering(List.of(versions), deleted);
    }

    private static void assertHolds(Proof proof, long due) {
        assertThat(proof.findings()).isEmpty();
        assertThat(proof.due()).isEqualTo(due);
    }

    // --- versions

    @Test
    void eachVersionOwesWhatIsDueFromItsBeginningUpToTheNext() {
        JobDefinition every = job().build();
        JobDefinition often = Job.named("index").every(Duration.ofSeconds(20)).build();
        Ledgering run =
                of(Optional.empty(), version(1, START, 1, every, false), version(2, minute(10), 1, often, false));
        run.allSucceeded(NOW.minusMillis(1));
        assertHolds(run.prove(), 10 + 20 * 3);
        // A fire at the very instant of the change is the new version's, and is due once.
        run.lines.remove(run.of("0", minute(10)));
        assertThat(run.prove().findings()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Finding.Kind.GAP);
            assertThat(finding.first()).isEqualTo(minute(10));
        });
    }

    @Test
    void fireOfTheOldScheduleAfterTheChangeIsAPhantom() {
        JobDefinition often = Job.named("index").every(Duration.ofSeconds(20)).build();
        Ledgering run = of(
                Optional.empty(), version(1, START, 1, often, false), version(2, minute(10), 1, job().build(), false));
        run.allSucceeded(NOW.minusMillis(1));
        run.lines.add(run.line("0", minute(10).plusSeconds(20), Outcome.SUCCEEDED, ""));
        assertThat(run.prove().wrong(Finding.Kind.PHANTOM)).isEqualTo(1);
    }

    @Test
    void changeThatIsYetToComeChangesNothing() {
        JobDefinition often = Job.named("index").every(Duration.ofSeconds(20)).build();
        Ledgering run = of(
                Optional.empty(),
                version(1, START, 1, job().build(), false),
                version(2, NOW.plusSeconds(9), 1, often, false));
        run.allSucceeded(NOW.minusMillis(1));
        assertHolds(run.prove(), 30);
    }

    @Test
    void pausedAndDisabledVersionsOweNothing() {
        JobDefinition job = job().build();
        Ledgering run = of(
                Optional.empty(),
                version(1, START, 1, job, false),
                version(2, minute(5), 1, job, true),
                version(3, minute(15), 1, job().enabled(false).build(), false),
                version(4, minute(25), 1, job, false));
        run.allSucceeded(NOW.minusMillis(1));
        assertHolds(run.prove(), 5 + 5);
        run.lines.add(run.line("0", minute(7), Outcome.SUCCEEDED, ""));
        run.lines.add(run.line("0", minute(17), Outcome.SUCCEEDED, ""));
        assertThat(run.prove().wrong(Finding.Kind.PHANTOM)).isEqualTo(2);
    }

    @Test
    void deletedJobOwesWhatWasDueBefore() {
        Ledgering run = of(Optional.of(minute(12)), version(1, START, 1, job().build(), false));
        run.allSucceeded(NOW.minusMillis(1));
        assertHolds(run.prove(), 12);
        run.lines.remove(run.of("0", minute(11)));
        assertThat(run.prove().wrong(Finding.Kind.GAP)).isEqualTo(1);
        run.lines.add(run.line("0", minute(12), Outcome.SUCCEEDED, ""));
        assertThat(run.prove().wrong(Finding.Kind.PHANTOM)).isEqualTo(1);
    }

    @Test
    void whatWasDueBeforeTheOldestVersionKeptIsSaidNotToBeKnown() {
        Ledgering run = of(Optional.empty(), version(7, minute(10), 1, job().build(), false));
        run.allSucceeded(NOW.minusMillis(1));
        run.lines.add(run.line("0", minute(3), Outcome.SUCCEEDED, ""));
        Proof proof = run.prove();
        assertHolds(proof, 20);
        assertThat(proof.notes()).singleElement().asString().contains("older versions are not kept");
    }

    // --- layouts

    @Test
    void shardsOfEachLayoutOweTheirOwnTime() {
        Ledgering run = of(
                Optional.empty(),
                version(1, START, 1, job().shards(3).build(), false),
                version(2, minute(10), 2, job().shards(5).build(), false));
        run.allSucceeded(NOW.minusMillis(1));
        assertHolds(run.prove(), 3 * 10 + 5 * 20);
        run.lines.removeIf(line -> line.layout() == 2 && line.shard().equals("4"));
        run.layouts.get(2).remove("4");
        assertThat(run.prove().findings()).singleElement().satisfies(finding -> {
            assertThat(finding.layout()).isEqualTo(2);
            assertThat(finding.detail()).contains("nobody has recorded anything");
        });
    }

    @Test
    void whatTheOldLayoutStillOwedIsSuperseded() {
        Ledgering run = of(
                Optional.empty(),
                version(1, START, 1, job().shards(2).build(), false),
                version(2, minute(10), 2, job().shards(1).build(), false));
        run.allSucceeded(NOW.minusMillis(1));
        run.lines.removeIf(line -> line.layout() == 1
                && line.shard().equals("1")
                && !line.fire().due().isBefore(minute(6)));
        run.lines.add(run.range("1", minute(6), minute(9), 4, Outcome.SUPERSEDED, Reasons.LAYOUT));
        Proof proof = run.prove();
        assertHolds(proof, 2 * 10 + 20);
        assertThat(proof.outcomes()).containsEntry(Outcome.SUPERSEDED, 4L);
    }

    @Test
    void whatAnEndedLayoutStillOwesIsAwaitedForAWhileUnlessTheRecordSaysThatItIsSettled() {
        Ledgering run = of(
                Optional.empty(),
                version(1, START, 1, job().shards(2).build(), false),
                version(2, minute(10), 2, job().shards(1).build(), false));
        run.allSucceeded(NOW.minusMillis(1));
        run.lines.removeIf(line -> line.layout() == 1
                && line.shard().equals("1")
                && !line.fire().due().isBefore(minute(6)));
        run.ledgers.put("1", Ledgering.ledger(minute(5), List.of()));
        assertThat(run.prove().wrong(Finding.Kind.GAP)).isEqualTo(4);
        run.now = minute(11);
        run.lines.removeIf(line -> !line.fire().due().isBefore(run.now));
        assertThat(run.prove().findings()).isEmpty();
        assertThat(run.prove().pending()).isEqualTo(4);
        run.job = run.job.withSettled(1);
        assertThat(run.prove().wrong(Finding.Kind.GAP)).isEqualTo(4);
    }

    @Test
    void whatIsDueWhereNobodyOwnsTheShardWaitsAndIsNoGap() {
        Ledgering run = new Ledgering(job().shards(2).build());
        run.owned = false;
        Proof proof = run.prove();
        assertThat(proof.findings()).isEmpty();
        assertThat(proof.pending()).isPositive();
        assertThat(proof.notes()).anyMatch(note -> note.contains("has shards without an owner (2)"));
        run.owned = true;
        assertThat(run.prove().wrong(Finding.Kind.GAP)).isPositive();
    }

    @Test
    void outcomesOfShardsAndLayoutsThatNeverWereArePhantoms() {
        Ledgering run = new Ledgering(job().shards(2).build()).allSucceeded(NOW.minusMillis(1));
        run.lines.add(run.line("2", minute(3), Outcome.SUCCEEDED, ""));
        run.lines.add(run.line(4, "0", FireId.scheduled(minute(3)), minute(3), 1, Outcome.MISSED, ""));
        Proof proof = run.prove();
        assertThat(proof.wrong(Finding.Kind.PHANTOM)).isEqualTo(2);
        assertThat(proof.findings()).allSatisfy(f -> assertThat(f.detail()).contains("no version kept has layout"));
    }

    // --- triggers

    @Test
    void severalTriggersAtOneInstantAreOneFire() {
        String yaml = "apiVersion: belfry/v1\njobs:\n  - name: index\n    trigger:\n      - every: 1m\n"
                + "      - every: 90s\n      - at: ['2026-06-01T00:03:00Z']\n";
        Ledgering run = new Ledgering(dev.belfry.core.job.Definitions.parse("two.yaml", yaml)
                        .jobs()
                        .get(0))
                .allSucceeded(NOW.minusMillis(1));
        assertHolds(run.prove(), 40);
        run.lines.add(run.line("0", minute(3), Outcome.SUCCEEDED, ""));
        assertThat(run.prove().wrong(Finding.Kind.DUPLICATE)).isEqualTo(1);
    }

    @Test
    void jitterMovesStartsAndNotTheInstantsThatAreDue() {
        Ledgering run = new Ledgering(job().jitter(Duration.ofSeconds(30)).build()).allSucceeded(NOW.minusMillis(1));
        assertHolds(run.prove(), 30);
        run.lines.add(run.line("0", minute(3).plusSeconds(7), Outcome.SUCCEEDED, ""));
        assertThat(run.prove().wrong(Finding.Kind.PHANTOM)).isEqualTo(1);
    }

    @Test
    void manualJobOwesNothing() {
        Ledgering run = new Ledgering(Job.named("index").manual().build());
        run.lines.add(run.requested("0", "k1", minute(3)));
        assertHolds(run.prove(), 0);
    }

    // --- fixed delays

    private static Ledgering delayed() {
        Ledgering run =
                new Ledgering(Job.named("index").delay(Duration.ofMinutes(1)).build());
        Instant due = START;
        while (due.isBefore(NOW)) {
            Instant ended = due.plusMillis(2_500);
            run.lines.add(run.succeeded("0", due, ended));
            due = ended.plus(Duration.ofMinutes(1));
        }
        run.ledgers.put("0", Ledgering.ledger(due.minusMillis(1), List.of()));
        return run;
    }

    @Test
    void fixedDelayIsFollowedFromCompletionToCompletion() {
        Ledgering run = delayed();
        assertHolds(run.prove(), run.lines.size());
    }

    @Test
    void fireOfADelayThatIsMissingIsAGapWhereverItIs() {
        for (int missing : new int[] {0, 10, delayed().lines.size() - 1}) {
            Ledgering run = delayed();
            Instant due = run.lines.remove(missing).fire().due();
            assertThat(run.prove().findings()).singleElement().satisfies(finding -> {
                assertThat(finding.kind()).isEqualTo(Finding.Kind.GAP);
                assertThat(finding.first()).isEqualTo(due);
            });
        }
    }

    @Test
    void delayThatNobodyGoesOnWithIsAGapAndOneThatRunsIsPending() {
        Ledgering run = delayed();
        run.lines.subList(20, run.lines.size()).clear();
        Instant last = run.lines.get(19).fire().due();
        Instant next = last.plusMillis(62_500);
        run.ledgers.put("0", Ledgering.ledger(last, List.of()));
        assertThat(run.prove().wrong(Finding.Kind.GAP)).isEqualTo(1);
        run.ledgers.put("0", Ledgering.ledger(last, List.of(Ledgering.started(next))));
        assertHolds(run.prove(), 21);
        assertThat(run.prove().pending()).isEqualTo(1);
    }

    @Test
    void changeFromInstantsToADelayAndBackIsFollowed() {
        JobDefinition delay = Job.named("index").delay(Duration.ofMinutes(1)).build();
        Ledgering run = of(
                Optional.empty(),
                version(1, START, 1, job().build(), false),
                version(2, minute(10), 1, delay, false),
                version(3, minute(20), 1, job().build(), false));
        for (int i = 0; i < 10; i++) {
            run.lines.add(run.line("0", minute(i), Outcome.SUCCEEDED, ""));
            run.lines.add(run.line("0", minute(20 + i), Outcome.SUCCEEDED, ""));
        }
        for (Instant due = minute(10); due.isBefore(minute(20)); due = due.plusSeconds(90)) {
            run.lines.add(run.succeeded("0", due, due.plusSeconds(30)));
        }
        run.ledgers.put("0", Ledgering.ledger(NOW.minusMillis(1), List.of()));
        assertHolds(run.prove(), 20 + 7);
        run.lines.remove(run.of("0", minute(13)));
        run.lines.remove(run.of("0", minute(23)));
        run.lines.add(run.line("0", minute(10).plusSeconds(5), Outcome.SUCCEEDED, ""));
        Proof spoilt = run.prove();
        assertThat(spoilt.wrong(Finding.Kind.GAP)).isEqualTo(2);
        assertThat(spoilt.wrong(Finding.Kind.PHANTOM)).isEqualTo(1);
    }

    // --- broadcast

    private static AgentFacts agent(String id, Instant registeredAt, boolean draining) {
        return new AgentFacts(
                Incarnation.of(id, 7),
                "host",
                1,
                Optional.empty(),
                Set.of("index"),
                Map.of(),
                Optional.empty(),
                new Capacity(8, 1, 1 << 20),
                draining,
                Duration.ofSeconds(10),
                1,
                1,
                "2026a",
                registeredAt,
                false);
    }

    /** Agent {@code a} was there from minute 2 to 8 and again from 20 on, {@code b} from minute 15 on. */
    private static Ledgering broadcast() {
        Ledgering run = new Ledgering(job().placement(Placement.BROADCAST).build());
        run.layouts.put(0, new HashMap<>());
        run.layouts.get(0).put("a", Ledgering.ledger(NOW.minusMillis(1), List.of()));
        run.layouts.get(0).put("b", Ledgering.ledger(NOW.minusMillis(1), List.of()));
        run.agents.add(agent("a", minute(20).minusSeconds(9), false));
        run.agents.add(agent("b", minute(15).minusSeconds(9), false));
        for (int i = 2; i <= 8; i++) {
            run.lines.add(broadcast(run, "a", i));
        }
        for (int i = 20; i < 30; i++) {
            run.lines.add(broadcast(run, "a", i));
        }
        for (int i = 15; i < 30; i++) {
            run.lines.add(broadcast(run, "b", i));
        }
        return run;
    }

    private static dev.belfry.core.journal.FireEntry broadcast(Ledgering run, String agent, int minute) {
        return run.line(0, agent, FireId.scheduled(minute(minute)), minute(minute), 1, Outcome.SUCCEEDED, "");
    }

    private static Proof proved(Ledgering run) {
        List<Journal.Line> journal = new ArrayList<>();
        run.lines.forEach(line -> {
            boolean first = line.shard().equals("a") && line.fire().due().isBefore(minute(10));
            String writer = first ? "a~5" : Incarnation.of(line.shard(), 7).name();
            journal.add(new Journal.Line(writer, journal.size(), line));
        });
        return run.prove(START, journal);
    }

    @Test
    void broadcastIsDueOnlyWhereAnAgentWasRegistered() {
        assertHolds(proved(broadcast()), 7 + 10 + 15);
    }

    @Test
    void anAgentThatComesBackAndSettlesWhatItHadBegunOwesNothingOfTheTimeBetween() {
        Ledgering run = broadcast();
        run.agents.remove(0);
        run.lines.removeIf(line -> line.shard().equals("a") && line.fire().due().equals(minute(8)));
        run.lines.add(run.line(
                0, "a", FireId.scheduled(minute(8)), minute(8), 1, Outcome.SUCCEEDED, Reasons.OUTCOME_UNKNOWN));
        List<Journal.Line> journal = new ArrayList<>();
        run.lines.forEach(line -> {
            boolean first = line.fire().due().isBefore(minute(8));
            journal.add(new Journal.Line(line.shard() + (first ? "~5" : "~6"), journal.size(), line));
        });
        Proof proof = run.prove(START, journal);
        assertThat(proof.findings()).isEmpty();
        assertThat(proof.pairs()).isEqualTo(1);
    }

    @Test
    void broadcastFireThatAnAgentLeftOutIsAGap() {
        Ledgering run = broadcast();
        run.lines.removeIf(line -> line.shard().equals("a")
                && Set.of(minute(5), minute(25)).contains(line.fire().due()));
        assertThat(proved(run).wrong(Finding.Kind.GAP)).isEqualTo(2);
    }

    @Test
    void agentThatIsThereAndHasNeverFiredABroadcastJobIsAGapUnlessItDrains() {
        Ledgering run = broadcast();
        run.agents.add(agent("c", minute(10).minusSeconds(9), false));
        assertThat(proved(run).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.shard()).isEqualTo("c");
            assertThat(finding.first()).isEqualTo(minute(10));
        });
        run.agents.set(2, agent("c", minute(10).minusSeconds(9), true));
        assertHolds(proved(run), 7 + 10 + 15);
    }

    // --- counted, not listed

    @Test
    void countsOfRunsThatWereAskedForExcuseNoScheduledFire() {
        Ledgering run = new Ledgering(job().build()).allSucceeded(NOW.minusMillis(1));
        for (int i = 0; i < 5; i++) {
            run.lines.add(run.requested("0", "k" + i, minute(4).plusMillis(i + 1)));
        }
        run.lines.remove(run.of("0", minute(3)));
        run.trim(minute(20));
        Proof proof = run.prove();
        assertThat(proof.counted()).isEqualTo(19);
        assertThat(proof.wrong(Finding.Kind.GAP)).isEqualTo(1);
    }

    @Test
    void countsOfEarlierHoursExcuseNothingLater() {
        Ledgering run = new Ledgering(job().build());
        run.now = START.plus(Duration.ofHours(3));
        run.allSucceeded(run.now.minusMillis(1));
        run.lines.remove(run.of("0", minute(90)));
        run.trim(minute(120));
        Proof later = run.prove(minute(60));
        assertThat(later.counted()).isEqualTo(59);
        assertThat(later.wrong(Finding.Kind.GAP)).isEqualTo(1);
        assertThat(later.notes()).isEmpty();
        assertThat(run.prove(minute(61)).notes()).singleElement().asString().contains("begin and end on the hour");
    }

    @Test
    void countedRangeReachesOverItsHours() {
        Ledgering run = new Ledgering(job().build());
        run.now = START.plus(Duration.ofHours(4));
        run.allSucceeded(run.now.minusMillis(1));
        run.lines.removeIf(line ->
                !line.fire().due().isBefore(minute(30)) && line.fire().due().isBefore(minute(150)));
        run.lines.add(run.range("0", minute(30), minute(149), 120, Outcome.MISSED, Reasons.COALESCED));
        run.trim(minute(180));
        assertThat(run.prove().findings()).isEmpty();
        assertThat(run.prove().counted()).isEqualTo(180);
    }
}
