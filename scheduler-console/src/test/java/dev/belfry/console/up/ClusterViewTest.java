package dev.belfry.console.up;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.client.Journal;
import dev.belfry.console.up.ClusterView.Member;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a line of progress says, and when it is worth printing. */
class ClusterViewTest {
    private static final Map<String, Integer> SHARES = Map.of("agent-1", 3, "agent-2", 4);

    @Test
    void anAgentThatWasKilledIsNotToldAsAlive() {
        ClusterView view = view(10, killed(4));
        assertThat(view.lines())
                .containsExactly(
                        "master agent-1 | shards agent-1 3, agent-2 4 (killed, its session ends within 4 s)"
                                + " | fires 10 (10 succeeded)",
                        "  half way");
    }

    @Test
    void aMasterThatWasKilledIsNamedAsSuch() {
        ClusterView view = view(1, new Member("agent-0", true, "killed", 2));
        assertThat(view.lines().get(0)).startsWith("master agent-0 (killed) | ");
    }

    @Test
    void shardsOfAgentsWhoseSessionHasEndedAreToldUntilOthersHaveThem() {
        assertThat(view(1).lines().get(0)).contains("shards agent-1 3, 4 of agents that are gone | ");
    }

    @Test
    void aClusterWithNothingYetIsTold() {
        ClusterView view = new ClusterView(List.of(), Map.of(), tally(Map.of(), Map.of()), List.of());
        assertThat(view.lines()).containsExactly("master none | shards - | fires 0 (none yet)");
    }

    @Test
    void moreFiresThatSucceedAndFewerSecondsLeftAreNoChange() {
        assertThat(view(11, killed(1)).gist()).isEqualTo(view(10, killed(4)).gist());
        assertThat(view(10).gist()).isNotEqualTo(view(10, killed(4)).gist());
        ClusterView failing = new ClusterView(
                view(10).agents(),
                SHARES,
                tally(Map.of(Outcome.SUCCEEDED, 10L, Outcome.FAILED, 1L), Map.of()),
                List.of("half way"));
        assertThat(failing.gist()).isNotEqualTo(view(10).gist());
    }

    @Test
    void theSameIsPrintedAgainOnlyAfterALongSilence() {
        Cadence cadence = new Cadence(Duration.ofSeconds(30));
        assertThat(cadence.due("a", Duration.ZERO)).isTrue();
        assertThat(cadence.due("a", Duration.ofSeconds(3))).isFalse();
        assertThat(cadence.due("b", Duration.ofSeconds(6))).isTrue();
        assertThat(cadence.due("b", Duration.ofSeconds(35))).isFalse();
        assertThat(cadence.due("b", Duration.ofSeconds(36))).isTrue();
        assertThat(cadence.due("b", Duration.ofSeconds(39))).isFalse();
    }

    @Test
    void theSummaryGivesTheReasonsMostFrequentFirst() {
        Tally tally = tally(
                Map.of(Outcome.SUCCEEDED, 5L, Outcome.MISSED, 9L, Outcome.FAILED, 1L),
                Map.of(
                        Outcome.MISSED,
                        Map.of("window", 1L, "coalesced", 5L, "limit", 3L, "other", 1L, "more", 0L),
                        Outcome.FAILED,
                        Map.of("x".repeat(80) + "\nat line 2", 1L, "x".repeat(80) + " at 12:00", 2L)));
        assertThat(tally.reasonLines()).hasSize(2);
        assertThat(tally.reasonLines().get(0)).isEqualTo("of the failed: 3 " + "x".repeat(60) + "...");
        assertThat(tally.reasonLines().get(1))
                .startsWith("of the missed: 5 coalesced, 3 limit, 1 ")
                .endsWith(", 2 more reasons");
    }

    private static Journal.Line line(String job, int fire, Outcome outcome, String reason) {
        Instant due = Instant.parse("2026-06-01T12:00:00Z").plusSeconds(fire);
        return new Journal.Line(
                "a~1",
                fire,
                new FireEntry(
                        FireEntry.Kind.FINAL,
                        job,
                        1,
                        "0",
                        FireId.scheduled(due),
                        due,
                        1,
                        1,
                        7,
                        due,
                        due,
                        outcome,
                        reason));
    }

    private static Tally of(Journal.Line... lines) {
        return Tally.of(new Journal(List.of(lines), Map.of(), List.of(), Set.of("a~1"), List.of()));
    }

    @Test
    void theSummaryNamesTheJobsThatFailAndTheirLastErrors() {
        Tally tally = of(
                line("good~1", 1, Outcome.SUCCEEDED, ""),
                line("bad~2", 2, Outcome.FAILED, "exit code 1: no route"),
                line("bad~2", 3, Outcome.TIMED_OUT, "attempt-timeout"),
                line("some~3", 1, Outcome.FAILED, ""),
                line("some~3", 2, Outcome.SUCCEEDED, ""));
        assertThat(tally.failingLines(uid -> uid.substring(0, uid.indexOf('~'))))
                .containsExactly(
                        "job 'bad': all 2 fires failed, the last with: attempt-timeout",
                        "job 'some': 1 of 2 fires failed");
    }

    @Test
    void theSummaryNamesFiveJobsThatFailAndCountsTheOthers() {
        Tally tally = of(IntStream.range(0, 7)
                .mapToObj(i -> line("job-" + i, i, Outcome.FAILED, "e" + i))
                .toArray(Journal.Line[]::new));
        assertThat(tally.failingLines(uid -> uid))
                .hasSize(6)
                .contains("job 'job-0': its only fire failed, the last with: e0")
                .last()
                .isEqualTo("2 more jobs with fires that failed; see 'belfry get runs'");
    }

    @Test
    void theSummarySaysWhatAnUnknownOutcomeMeansAndNothingOfReRunsThatWereNot() {
        Tally tally = of(line("a~1", 1, Outcome.SUCCEEDED, "outcome-unknown"));
        assertThat(tally.reasonLines())
                .containsExactly(
                        "of the succeeded: 1 that a lost agent may have run without a trace (outcome-unknown)");
        assertThat(tally.rerunText()).isEmpty();
        assertThat(new Tally(Map.of(), Map.of(), 2, List.of(), 0, List.of(), Tally.Extent.ALL).rerunText())
                .isEqualTo("; 2 begun again after an attempt was cut short");
    }

    @Test
    void theSummarySaysOfWhichTimeItIsWhereTheBeginningIsOnlyCounted() {
        Journal.Line line = line("a~1", 7, Outcome.SUCCEEDED, "");
        assertThat(of(line).extent()).isEmpty();
        JournalCounts counts = new JournalCounts();
        counts.add(line("a~1", 1, Outcome.FAILED, "").entry());
        Journal journal = new Journal(List.of(line), Map.of("a~1", counts), List.of(), Set.of("a~1"), List.of());
        assertThat(Tally.of(journal).fires()).isEqualTo(2);
        assertThat(Tally.of(journal).extent())
                .contains("lateness, reasons and moves are of what was due since "
                        + line.entry().fire().due() + "; 1 fires of before are counted and not listed");
    }

    private static Member killed(long secondsLeft) {
        return new Member("agent-2", false, "killed", secondsLeft);
    }

    private static ClusterView view(long succeeded, Member... more) {
        List<Member> members = Stream.concat(
                        Stream.of(new Member("agent-1", more.length == 0 || !more[0].master(), "", 0)), Stream.of(more))
                .toList();
        return new ClusterView(
                members, SHARES, tally(Map.of(Outcome.SUCCEEDED, succeeded), Map.of()), List.of("half way"));
    }

    private static Tally tally(Map<Outcome, Long> outcomes, Map<Outcome, Map<String, Long>> reasons) {
        return new Tally(new TreeMap<>(outcomes), new TreeMap<>(reasons), 0, List.of(), 0, List.of(), Tally.Extent.ALL);
    }
}
