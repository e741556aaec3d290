package dev.belfry.core.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.value.Output;
import dev.belfry.core.workflow.SplitAnswer.Refused;
import dev.belfry.core.workflow.SplitAnswer.Step;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SplitTest {

    private static final FailurePolicy STRICT = FailurePolicy.NONE_MAY_FAIL;

    private static List<SubTask> tasks(int from, int to) {
        List<SubTask> tasks = new ArrayList<>();
        for (int i = from; i < to; i++) {
            tasks.add(new SubTask("part-" + i, Map.of("folder", "f" + i)));
        }
        return tasks;
    }

    private static Step done(SplitAnswer answer) {
        assertThat(answer).isInstanceOf(Step.class);
        return (Step) answer;
    }

    private static Step end(Split split, int number, Outcome outcome) {
        return split.settled(number, outcome, Optional.empty());
    }

    private static Split stored(Split split) {
        List<SplitPage> pages = new ArrayList<>();
        for (SplitPage page : split.pages()) {
            byte[] bytes = SplitCodec.encodePage(page);
            assertThat(bytes.length).isLessThanOrEqualTo(SplitCodec.MOST_BYTES);
            pages.add(SplitCodec.decodePage("page", bytes));
        }
        byte[] head = SplitCodec.encodeHead(split.head());
        assertThat(head.length).isLessThan(1_000);
        return Split.of(SplitCodec.decodeHead("head", head), pages);
    }

    @Test
    void aSecondAttemptOfTheSplittingCodeCreatesNothingTwice() {
        Step first = done(Split.open("w:tokenise:1", STRICT).submit(tasks(0, 300)));
        assertThat(first.effects()).hasSize(300);
        assertThat(first.effects().get(299))
                .isEqualTo(new SplitEffect.Queue(
                        new SubTaskId("w:tokenise:1", 299), tasks(299, 300).get(0)));
        assertThat(first.pages()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(done(first.next().submit(tasks(0, 300)))).isEqualTo(new Step(first.next(), Set.of(), List.of()));
        Step more = done(first.next().submit(tasks(250, 310)));
        assertThat(more.effects()).hasSize(10);
        assertThat(more.pages()).as("only what has changed is written").containsExactly(9);
        assertThat(more.next().submit(List.of(new SubTask("part-7", Map.of("folder", "other")))))
                .isEqualTo(new Refused(
                        "the sub-task part-7 of the run w:tokenise:1 was handed in before with other parameters"));
        assertThat(stored(more.next())).isEqualTo(more.next());
    }

    @Test
    void tenThousandSubTasksAreGatheredAndReducedOnce() {
        Split split = done(Split.open("w:tokenise:1", STRICT).submit(tasks(0, 10_000)))
                .next();
        split = split.codeEnded(Outcome.SUCCEEDED).next();
        SplittableRandom random = new SplittableRandom(3);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            order.add(random.nextInt(order.size() + 1), i);
        }
        Output large = Output.of("\"" + "x".repeat(1_400) + "\"");
        for (int i = 0; i < order.size(); i++) {
            int number = order.get(i);
            Output output = number % 10 == 0 ? large : Output.of("{\"count\":" + number + "}");
            Step step = split.settled(number, Outcome.SUCCEEDED, Optional.of(output));
            assertThat(step.pages()).containsExactly(number / SplitPage.ROWS);
            assertThat(step.effects()).isEqualTo(i == 9_999 ? List.of(new SplitEffect.Reduce()) : List.of());
            split = step.next();
        }
        assertThat(end(split, 5, Outcome.FAILED)).isEqualTo(new Step(split, Set.of(), List.of()));
        assertThat(stored(split)).isEqualTo(split);
        SplitPage.Row small = split.pages().get(0).rows().get(7);
        assertThat(small.output()).contains(Output.of("{\"count\":7}"));
        assertThat(split.pages().get(0).rows().get(10).output()).contains(large);
        Step reduced = split.codeEnded(Outcome.SUCCEEDED);
        assertThat(reduced.effects())
                .containsExactly(new SplitEffect.Finished(Outcome.SUCCEEDED, "the reduce step has ended"));
        assertThat(reduced.next().codeEnded(Outcome.FAILED).effects()).isEmpty();
        assertThat(reduced.next().submit(tasks(0, 1)))
                .isEqualTo(new Refused("the run w:tokenise:1 takes no sub-tasks any more: it is final"));
    }

    @Test
    void failuresBeyondThePolicyEndTheRunWithoutReduce() {
        Split late = done(Split.open("w:a:1", STRICT).submit(tasks(0, 3)))
                .next()
                .codeEnded(Outcome.SUCCEEDED)
                .next();
        late = end(late, 0, Outcome.TIMED_OUT).next();
        assertThat(late.head().phase()).isEqualTo(SplitPhase.GATHERING);
        late = end(late, 1, Outcome.SUCCEEDED).next();
        assertThat(end(late, 2, Outcome.SUCCEEDED).effects())
                .containsExactly(new SplitEffect.Finished(Outcome.FAILED, "1 of 3 sub-tasks failed, 0 may"));
        Split early = done(Split.open("w:a:1", new FailurePolicy(1, true)).submit(tasks(0, 4)))
                .next();
        early = end(early, 0, Outcome.FAILED).next();
        Step stop = end(early, 1, Outcome.LOST);
        assertThat(stop.effects())
                .containsExactly(
                        new SplitEffect.CancelCode(),
                        new SplitEffect.CancelTask(new SubTaskId("w:a:1", 2)),
                        new SplitEffect.CancelTask(new SubTaskId("w:a:1", 3)));
        Step last = end(end(stop.next(), 2, Outcome.CANCELLED).next(), 3, Outcome.SUCCEEDED);
        assertThat(last.effects()).as("its own code has not ended").isEmpty();
        assertThat(last.next().codeEnded(Outcome.CANCELLED).effects())
                .containsExactly(new SplitEffect.Finished(Outcome.FAILED, "3 of 4 sub-tasks failed, 1 may"));
        Split tolerant = done(Split.open("w:a:1", new FailurePolicy(1, true)).submit(tasks(0, 2)))
                .next();
        tolerant =
                end(end(tolerant, 0, Outcome.FAILED).next(), 1, Outcome.SKIPPED).next();
        assertThat(tolerant.codeEnded(Outcome.SUCCEEDED).effects()).containsExactly(new SplitEffect.Reduce());
    }

    @Test
    void splittingCodeThatFailsForGoodTakesItsSubTasksWithIt() {
        Split split = done(Split.open("w:a:1", STRICT).submit(tasks(0, 2))).next();
        Step failed = end(split, 0, Outcome.SUCCEEDED).next().codeEnded(Outcome.TIMED_OUT);
        assertThat(failed.effects()).containsExactly(new SplitEffect.CancelTask(new SubTaskId("w:a:1", 1)));
        assertThat(end(failed.next(), 1, Outcome.CANCELLED).effects())
                .containsExactly(new SplitEffect.Finished(Outcome.TIMED_OUT, "the run was stopped: timed-out"));
    }

    @Test
    void nestedSubTasksHaveIdsThatSayWhoseTheyAre() {
        SubTaskId outer = new SubTaskId("w:tokenise:1", 42);
        SubTaskId inner = new SubTaskId(outer.toString(), 3);
        assertThat(inner).hasToString("w:tokenise:1/42/3");
        assertThat(SubTaskId.of("w:tokenise:1/42/3")).contains(inner);
        assertThat(SubTaskId.of("w:tokenise:1")).isEmpty();
        String deep = "r" + "/0".repeat(SubTaskId.DEEPEST);
        assertThat(Split.open(deep, STRICT).submit(tasks(0, 1)))
                .isEqualTo(new Refused("the run " + deep + " is a sub-task 8 levels deep and cannot be split again"));
        assertThat(Split.open("r", STRICT).submit(tasks(0, Split.MOST_TASKS + 1)))
                .isEqualTo(new Refused("the run r would have 20,001 sub-tasks, at most 20,000 are kept; nest them"));
        assertThatThrownBy(() -> SubTask.named("a/b")).hasMessageStartingWith("not the name of a sub-task: \"a/b\"");
    }

    @Test
    void aPageFitsWhateverIsInIt() {
        List<SplitPage.Row> rows = new ArrayList<>();
        String odd = "\"" + "\\u0001\\\"".repeat(40) + "\u20ac".repeat(300) + "\"";
        Output output = Output.of(odd);
        assertThat(SplitPage.fits(output)).isTrue();
        assertThat(SplitPage.fits(Output.of("\"" + "\\u0001".repeat(300) + "\"")))
                .isFalse();
        for (int i = 0; i < SplitPage.ROWS; i++) {
            rows.add(new SplitPage.Row(
                    "n".repeat(SubTask.LONGEST_NAME),
                    Integer.MIN_VALUE,
                    Optional.of(Outcome.UPSTREAM_FAILED),
                    Optional.of(output)));
        }
        SplitPage page = new SplitPage(156, rows);
        byte[] bytes = SplitCodec.encodePage(page);
        assertThat(bytes.length).isLessThanOrEqualTo(SplitCodec.MOST_BYTES);
        assertThat(SplitCodec.decodePage("p", bytes)).isEqualTo(page);
        assertThatThrownBy(() ->
                        SplitCodec.decodePage("p", "{\"v\":1,\"page\":0,\"rows\":[]}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(CorruptRecordException.class);
        assertThatThrownBy(() -> Split.of(Split.open("r", STRICT).head(), List.of(page)))
                .hasMessageContaining("is in place 0");
    }

    /** Random orders of everything that can be told: the run always ends, once, as the outcomes say. */
    @Test
    void whateverIsToldInWhateverOrderTheRunEndsOnceAndEveryTransitionIsVisited() {
        Map<?, Long> before = SplitLifeCycle.TABLE.visits();
        for (long seed = 1; seed <= 5_000; seed++) {
            try {
                drive(new SplittableRandom(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        SplitLifeCycle.TABLE
                .visits()
                .forEach((transition, count) -> assertThat(count)
                        .as("%s", transition)
                        .isGreaterThan(Objects.requireNonNullElse(before.get(transition), 0L)));
    }

    private static void drive(SplittableRandom random) {
        Split split = Split.open("w:a:1", new FailurePolicy(random.nextInt(3), random.nextBoolean()));
        TreeSet<Integer> open = new TreeSet<>();
        boolean code = true;
        int reduces = 0;
        int finishes = 0;
        for (int i = 0; split.head().phase() != SplitPhase.FINAL; i++) {
            assertThat(i).as("it ends").isLessThan(500);
            int turn = random.nextInt(12);
            Step step;
            if (turn < 3
                    && split.head().phase() == SplitPhase.SPLITTING
                    && split.head().tasks() < 20) {
                step = done(split.submit(tasks(0, 1 + random.nextInt(20))));
            } else if (turn < 9 && !open.isEmpty()) {
                List<Integer> numbers = List.copyOf(open);
                int number = numbers.get(random.nextInt(numbers.size()));
                open.remove(number);
                boolean well = random.nextInt(5) > 0;
                step = end(split, number, well ? Outcome.SUCCEEDED : Outcome.values()[random.nextInt(10)]);
            } else if (turn == 11 && random.nextInt(6) == 0) {
                step = split.cancel();
            } else if (code && turn >= 9) {
                code = false;
                step = split.codeEnded(random.nextInt(5) > 0 ? Outcome.SUCCEEDED : Outcome.FAILED);
            } else {
                continue;
            }
            for (SplitEffect effect : step.effects()) {
                if (effect instanceof SplitEffect.Queue queued) {
                    open.add(queued.id().number());
                } else if (effect instanceof SplitEffect.Reduce) {
                    code = true;
                    reduces++;
                    assertThat(open).isEmpty();
                    assertThat(step.next().head().failed())
                            .isLessThanOrEqualTo(split.head().policy().tolerated());
                } else if (effect instanceof SplitEffect.Finished) {
                    finishes++;
                } else if (effect instanceof SplitEffect.CancelTask cancelled) {
                    assertThat(open).contains(cancelled.id().number());
                }
            }
            split = step.next();
            assertThat(stored(split)).isEqualTo(split);
        }
        assertThat(finishes).isEqualTo(1);
        assertThat(reduces).isLessThanOrEqualTo(1);
        assertThat(open).as("nothing is under way any more").isEmpty();
        assertThat(code).isFalse();
        if (split.head().ending().equals(Optional.of(Outcome.SUCCEEDED))) {
            assertThat(reduces).isEqualTo(1);
        }
    }
}
