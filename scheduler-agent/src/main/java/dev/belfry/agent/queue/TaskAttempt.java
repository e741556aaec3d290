package dev.belfry.agent.queue;

import dev.belfry.agent.loop.AttemptTimeouts;
import dev.belfry.agent.loop.Attempts;
import dev.belfry.agent.loop.Loop;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.queue.HandedPage;
import dev.belfry.core.shard.AttemptEnd;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.workflow.FailurePolicy;
import dev.belfry.core.workflow.SubTask;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running attempt at a task, as the listener of what it says, with its time-outs. Not thread-safe; owned by the agent's loop. */
final class TaskAttempt implements Attempts.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(TaskAttempt.class);

    /** Who decides what follows. */
    interface Owner {
        void ended(TakenTask task, JobDefinition job, AttemptEnd end);

        void abandoned(TakenTask task, JobDefinition job);

        void timedOut(TakenTask task, String reason);

        void checkpoint(TakenTask task, byte[] data);

        void split(TakenTask task, List<HandedPage> pages);
    }

    private final TakenTask task;
    private final JobDefinition definition;
    private final Owner owner;
    private final AttemptTimeouts timeouts;
    private boolean over;

    TaskAttempt(Loop loop, TakenTask task, JobRecord job, JobDefinition definition, Owner owner) {
        this.task = task;
        this.definition = definition;
        this.owner = owner;
        this.timeouts = new AttemptTimeouts(
                loop, task.order(), job.name(), definition.timeouts(), reason -> owner.timedOut(task, reason));
    }

    void arm() {
        timeouts.arm();
    }

    @Override
    public void ended(AttemptEnd end) {
        over = true;
        timeouts.over();
        owner.ended(task, definition, end);
    }

    /** Its code is not begun, because what it is to be given cannot be had. */
    void unbegun(AttemptEnd why) {
        LOG.warn("attempt fails before its code begins: job={} {}: {}", definition.name(), task, why.reason());
        ended(why);
    }

    @Override
    public void abandoned() {
        LOG.error(
                "attempt does not end although it was interrupted: job={} {}; it is left to itself, with its token"
                        + " outdated",
                definition.name(),
                task);
        owner.abandoned(task, definition);
    }

    @Override
    public void checkpoint(byte[] data) {
        if (!over) {
            owner.checkpoint(task, data);
        }
    }

    @Override
    public void output(byte[] json) {
        if (!over) {
            task.output = json;
        }
    }

    @Override
    public void split(List<SubTask> tasks, FailurePolicy policy) {
        if (!over) {
            owner.split(task, HandedPage.pages(tasks, policy));
        }
    }

    @Override
    public void progress(double fraction, String message) {
        timeouts.alive();
    }
}
