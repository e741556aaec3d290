package dev.belfry.testkit.store;

import dev.belfry.store.Session;
import dev.belfry.store.StoreConnection;
import dev.belfry.testkit.time.SimClock;
import dev.belfry.testkit.time.SimProcess;
import dev.belfry.testkit.time.SimScheduler;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/** A simulated ensemble under test. Waiting steps virtual time. */
final class SimHarness implements StoreHarness {
    static final Duration SESSION_TIMEOUT = Duration.ofSeconds(6);

    final SimScheduler scheduler;
    final SimEnsemble ensemble;
    private final Map<String, SimProcess> processes = new LinkedHashMap<>();

    SimHarness(long seed) {
        this(seed, SimOptions.DEFAULT);
    }

    SimHarness(long seed, SimOptions options) {
        this.scheduler = new SimScheduler(seed);
        this.ensemble = new SimEnsemble(scheduler, options);
    }

    SimProcess process(String name) {
        return processes.computeIfAbsent(name, n -> new SimProcess(scheduler, n, new SimClock(scheduler)));
    }

    @Override
    public StoreConnection connect(String name) {
        return ensemble.connect(process(name), SESSION_TIMEOUT);
    }

    @Override
    public Executor executor(String name) {
        return process(name);
    }

    @Override
    public void await(String what, BooleanSupplier condition) {
        long deadline = scheduler.nanos() + Duration.ofMinutes(2).toNanos();
        while (!condition.getAsBoolean()) {
            if (scheduler.nanos() > deadline || !scheduler.step()) {
                throw new AssertionError("seed " + scheduler.seed() + ": not within two minutes: " + what);
            }
        }
    }

    /** Lets virtual time pass. */
    void pass(Duration time) {
        scheduler.runUntil(scheduler.nanos() + time.toNanos());
    }

    @Override
    public void expire(Session session) {
        if (!ensemble.expire(session)) {
            throw new AssertionError("seed " + scheduler.seed() + ": no session to expire: " + session.hex());
        }
    }

    @Override
    public void close() {}
}
