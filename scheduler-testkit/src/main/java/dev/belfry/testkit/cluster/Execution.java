package dev.belfry.testkit.cluster;

import dev.belfry.agent.loop.Attempts;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.shard.AttemptOrder;
import dev.belfry.core.shard.ShardRef;
import dev.belfry.testkit.time.SimProcess;

/**
 * One execution of user code, as the user code itself would attest it: true times, whatever the product recorded.
 * Mutable while it runs; written by {@link SimAttempts} alone.
 */
public final class Execution {

    /** How it ended. */
    public enum End {
        RUNNING,
        RETURNED,
        THREW,
        /** It followed the signal to stop. */
        STOPPED,
        /** Its process was killed. */
        KILLED
    }

    private final SimProcess process;
    private final Attempts.Task task;
    private long start;
    private long end = Long.MAX_VALUE;
    private End how = End.RUNNING;
    private boolean told;
    private boolean abandoned;

    Execution(SimProcess process, Attempts.Task task) {
        this.process = process;
        this.task = task;
    }

    void begins(long at) {
        start = at;
    }

    void told() {
        told = true;
    }

    void abandoned() {
        abandoned = true;
    }

    void ended(End kind, long at) {
        how = kind;
        end = at;
    }

    private AttemptOrder order() {
        return task.order();
    }

    /** The process in which it ran. */
    public SimProcess process() {
        return process;
    }

    public ShardRef shard() {
        return order().shard();
    }

    public FireId fire() {
        return order().fire();
    }

    /** Number of the attempt at its fire, from 1. */
    public int attempt() {
        return order().number();
    }

    public long token() {
        return order().token();
    }

    /** The generation at which its owner was granted the shard. */
    public long since() {
        return order().token() >>> 20;
    }

    /** True time of its start, in nanoseconds since the simulation began. */
    public long start() {
        return start;
    }

    /** True time of its end; {@link Long#MAX_VALUE} while it runs. */
    public long end() {
        return end;
    }

    public End how() {
        return how;
    }

    public boolean running() {
        return how == End.RUNNING;
    }

    /** Whether it was told to stop. */
    public boolean wasTold() {
        return told;
    }

    /** Whether it was left to itself after it had ignored the signal. */
    public boolean wasAbandoned() {
        return abandoned;
    }

    /** What is left of its owner's lease by the owner's own clocks, in nanoseconds; 0 if it is over. */
    public long leaseNanos() {
        return task.lease().remainingNanos();
    }

    Recovery recovery() {
        return task.definition().recovery();
    }

    @Override
    public String toString() {
        String requested = fire().requested().map(id -> " run=" + id).orElse("");
        return "shard=" + shard() + " fire=" + fire().due() + requested + " attempt=" + attempt() + " token="
                + (since() >>> 20) + "." + (since() & 0xfffff) + "." + (token() & 0xfffff) + " on=" + process.name();
    }
}
