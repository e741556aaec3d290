package dev.belfry.core.dispatch;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A task in the hands of an agent, and what it counts for. */
final class Running {
    final Dispatch dispatch;
    final JobLine job;
    final AgentRoom agent;
    /** The pools of its job when it was dispatched. */
    final List<String> pools;

    /** The group of jobs that exclude each other, of its job when it was dispatched. */
    final @Nullable String group;

    /** The value of the label by which tasks of its job are kept apart, where it runs; null if they are not. */
    @Nullable
    String apart;

    final long at;

    Running(Dispatch dispatch, JobLine job, AgentRoom agent) {
        this.dispatch = dispatch;
        this.job = job;
        this.agent = agent;
        this.pools = job.terms.queueing().pools();
        this.group = job.terms.requires().exclusive();
        this.at = dispatch.at().toEpochMilli();
    }
}
