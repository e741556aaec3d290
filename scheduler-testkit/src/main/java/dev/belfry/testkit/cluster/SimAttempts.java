package dev.belfry.testkit.cluster;

import dev.belfry.agent.loop.Attempts;
import dev.belfry.core.shard.AttemptEnd;
import dev.belfry.core.shard.ShardRef;
import dev.belfry.testkit.time.SimProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** User code in virtual time: it takes its time, and it does what its {@link Behaviour} says. */
final class SimAttempts implements Attempts {
    private static final long HAND_TO_THREAD_NANOS = 1_000_000;
    private static final long HEED_NANOS = 200_000_000;

    private record Key(ShardRef shard, long token) {}

    private final SimProcess process;
    private final Supplier<Behaviour> behaviour;
    private final Evidence evidence;
    private final SplittableRandom random;
    private final Map<Key, Run> runs = new LinkedHashMap<>();

    SimAttempts(SimProcess process, Supplier<Behaviour> behaviour, Evidence evidence) {
        this.process = process;
        this.behaviour = behaviour;
        this.evidence = evidence;
        this.random = process.scheduler().random().split();
    }

    @Override
    public void start(Task task, Listener listener) {
        Run run = new Run(task, listener);
        runs.put(run.key, run);
        process.schedule(random.nextLong(HAND_TO_THREAD_NANOS), run::begin);
    }

    @Override
    public void stop(ShardRef shard, long token, String reason) {
        Run run = runs.get(new Key(shard, token));
        if (run != null) {
            run.stop();
        }
    }

    @Override
    public int running() {
        return runs.size();
    }

    /** The process has been killed: whatever ran has stopped in mid-air. */
    void killed() {
        for (Run run : List.copyOf(runs.values())) {
            run.over(Execution.End.KILLED);
        }
    }

    private final class Run {
        private final Key key;
        private final Task task;
        private final Listener listener;
        private final Execution execution;
        private final Behaviour.Act act;
        private boolean begun;
        private boolean over;
        private boolean told;

        Run(Task task, Listener listener) {
            this.key = new Key(task.order().shard(), task.order().token());
            this.task = task;
            this.listener = listener;
            this.act = behaviour.get().of(task, random);
            this.execution = new Execution(process, task);
        }

        void begin() {
            if (over) {
                return;
            }
            if (told) {
                finish(Execution.End.STOPPED, AttemptEnd.failure("java.lang.InterruptedException", "before it began"));
                return;
            }
            if (task.lease().remainingNanos() <= 0) {
                finish(Execution.End.STOPPED, AttemptEnd.notStarted());
                return;
            }
            begun = true;
            execution.begins(process.scheduler().nanos());
            evidence.starts(execution);
            process.schedule(act.length().toNanos(), this::comesToItsEnd);
            if (!act.output().isEmpty()) {
                process.schedule(act.length().toNanos() / 2, this::output);
            }
            for (int i = 0; i < act.parts().size(); i++) {
                Behaviour.Parts parts = act.parts().get(i);
                long after = act.length().toNanos() / (act.parts().size() + 1) * (i + 1);
                process.schedule(after, () -> split(parts));
            }
            if (act.checkpoints()) {
                process.schedule(act.length().toNanos() / 2, this::checkpoint);
            }
        }

        private void output() {
            if (!over) {
                process.execute(() -> listener.output(act.output().getBytes(StandardCharsets.UTF_8)));
            }
        }

        private void split(Behaviour.Parts parts) {
            if (!over) {
                process.execute(() -> listener.split(parts.tasks(), parts.policy()));
            }
        }

        private void checkpoint() {
            if (!over) {
                byte[] mark = Long.toString(key.token).getBytes(StandardCharsets.US_ASCII);
                process.execute(() -> listener.checkpoint(mark));
            }
        }

        private void comesToItsEnd() {
            if (act.succeeds()) {
                finish(Execution.End.RETURNED, AttemptEnd.success());
            } else {
                finish(Execution.End.THREW, AttemptEnd.failure("java.lang.IllegalStateException", "drawn"));
            }
        }

        void stop() {
            if (told) {
                return;
            }
            told = true;
            execution.told();
            if (!begun) {
                return;
            }
            if (act.heeds()) {
                process.schedule(random.nextLong(HEED_NANOS), this::heed);
            } else {
                Duration grace = task.definition().timeouts().cancelGrace();
                process.schedule(2 * grace.toNanos(), this::abandon);
            }
        }

        private void heed() {
            finish(Execution.End.STOPPED, AttemptEnd.failure("java.lang.InterruptedException", "told to stop"));
        }

        private void abandon() {
            if (!over) {
                execution.abandoned();
                process.execute(listener::abandoned);
            }
        }

        private void finish(Execution.End how, AttemptEnd end) {
            if (!over) {
                over(how);
                // The thread is done; the agent hears of it through its loop.
                process.execute(() -> listener.ended(end));
            }
        }

        private void over(Execution.End how) {
            over = true;
            runs.remove(key);
            if (begun) {
                execution.ended(how, process.scheduler().nanos());
                evidence.ended(execution);
            }
        }
    }
}
