package dev.belfry.testkit.cluster;

import dev.belfry.agent.loop.Loop;
import dev.belfry.testkit.time.SimProcess;
import java.time.Instant;

/** The event loop of a role inside a simulated process. Not thread-safe, like the simulation. */
public final class SimLoop implements Loop {
    private final SimProcess process;

    public SimLoop(SimProcess process) {
        this.process = process;
    }

    @Override
    public void execute(Runnable event) {
        process.execute(event);
    }

    @Override
    public long nanoTime() {
        return process.clock().nanoTime();
    }

    @Override
    public Instant now() {
        return process.clock().instant();
    }

    @Override
    public Timer after(long delayNanos, Runnable event) {
        return process.schedule(delayNanos, event)::cancel;
    }

    @Override
    public long random(long bound) {
        return process.scheduler().random().nextLong(bound);
    }
}
