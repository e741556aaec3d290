package dev.belfry.testkit.cluster;

import dev.belfry.agent.loop.Attempts;
import dev.belfry.core.workflow.FailurePolicy;
import dev.belfry.core.workflow.SubTask;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** What user code does, attempt by attempt. */
@FunctionalInterface
public interface Behaviour {

    /** What the code of this attempt will do. */
    Act of(Attempts.Task task, SplittableRandom random);

    /**
     * What one attempt does.
     *
     * @param length how long it runs if nobody stops it
     * @param succeeds whether it then returns normally
     * @param heeds whether it ends when it is told to stop; if not it runs its whole length
     * @param checkpoints whether it leaves a checkpoint half way
     * @param output what it says comes of it, in JSON, half way; empty for nothing
     * @param parts what it hands in, some after some, spread over its length
     */
    record Act(
            Duration length, boolean succeeds, boolean heeds, boolean checkpoints, String output, List<Parts> parts) {

        /** One that is not split. */
        public Act(Duration length, boolean succeeds, boolean heeds, boolean checkpoints, String output) {
            this(length, succeeds, heeds, checkpoints, output, List.of());
        }

        /** One without an output. */
        public Act(Duration length, boolean succeeds, boolean heeds, boolean checkpoints) {
            this(length, succeeds, heeds, checkpoints, "");
        }

        /** The same, and hands these in. */
        public Act splitting(Parts... some) {
            return new Act(length, succeeds, heeds, checkpoints, output, List.of(some));
        }

        /** Returns normally after a while. */
        public static Act lasting(Duration length) {
            return new Act(length, true, true, false);
        }
    }

    /** Sub-tasks that are handed in together. */
    record Parts(List<SubTask> tasks, FailurePolicy policy) {}

    /** Returns within milliseconds, always. */
    Behaviour PROMPT = (task, random) -> Act.lasting(Duration.ofMillis(1 + random.nextLong(30)));

    /** Mostly short; some long, some throwing, some that hang until told, some that ignore being told. */
    Behaviour MIXED = (task, random) -> {
        int draw = random.nextInt(100);
        boolean checkpoints = random.nextInt(10) == 0;
        if (draw < 70) {
            return new Act(millis(random, 1, 300), true, true, checkpoints);
        }
        if (draw < 82) {
            return new Act(millis(random, 300, 3_000), true, true, checkpoints);
        }
        if (draw < 88) {
            return new Act(millis(random, 3_000, 20_000), true, true, checkpoints);
        }
        if (draw < 95) {
            return new Act(millis(random, 1, 500), false, true, checkpoints);
        }
        if (draw < 97) {
            return new Act(Duration.ofSeconds(25), true, true, checkpoints);
        }
        return new Act(millis(random, 2_000, 20_000), true, false, checkpoints);
    };

    private static Duration millis(SplittableRandom random, int from, int to) {
        return Duration.ofMillis(random.nextLong(from, to));
    }
}
