package dev.belfry.store.zk;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log that there is no connection: once it has lasted, and then at long intervals. Thread-safe. */
final class Outage {
    private static final Logger log = LoggerFactory.getLogger(Outage.class);

    private final ZkSettings settings;
    private final ScheduledExecutorService timer;
    private @Nullable ScheduledFuture<?> reports;
    private long since;
    private boolean reported;

    Outage(ZkSettings settings, ScheduledExecutorService timer) {
        this.settings = settings;
        this.timer = timer;
    }

    /** There is no connection. Idempotent. With each report {@code look} is run, to find out more. */
    synchronized void begins(Runnable look) {
        if (reports != null || timer.isShutdown()) {
            return;
        }
        since = System.nanoTime();
        reports = timer.scheduleWithFixedDelay(
                () -> report(look),
                settings.connectionTimeout().toMillis(),
                settings.reportEvery().toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** There is one again. Idempotent. */
    synchronized void ends() {
        if (reports != null) {
            reports.cancel(false);
            reports = null;
        }
        if (reported) {
            reported = false;
            log.info("Connected to ZooKeeper after {} s without", lasted().toSeconds());
        }
    }

    private void report(Runnable look) {
        if (warn()) {
            look.run();
        }
    }

    private synchronized boolean warn() {
        if (reports == null) {
            return false; // it ended while this report was about to begin
        }
        reported = true;
        log.warn(
                "No connection to ZooKeeper at {} for {} s; still trying. If it is not being restarted, check that the servers run,"
                        + " have a quorum, and can be reached from here on these ports{}.",
                settings.connectString(),
                lasted().toSeconds(),
                settings.tls().isPresent()
                        ? ", that these are ports for TLS, and that both sides trust each other's certificates"
                        : ", and that these are not ports for TLS");
        return true;
    }

    private Duration lasted() {
        return Duration.ofNanos(System.nanoTime() - since);
    }
}
