package dev.belfry.history.export;

import dev.belfry.history.HistoryException;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.export.ExportStatus.State;
import dev.belfry.store.StoreConnection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what the journal of a namespace says to its history, as it comes.
 *
 * <p>One exporter of a namespace works at a time; others stand by. It is on nobody's path: no fire and no record of one waits
 * for it. While the database is away the journal keeps what it can, and what it cannot is counted.
 *
 * <p>Thread-safe. Two threads of its own, daemons, and those of the connection.
 */
public final class JournalExporter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JournalExporter.class);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HistoryStore.Opener opener;
    private final ExportSettings settings;
    private final InstantSource clock;
    private final JournalAccess access;
    private final Seat seat;
    private final Tally tally = new Tally();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    // --- owned by the thread
    private @Nullable HistoryStore store;
    private @Nullable Tenure tenure;
    private String waitsFor = "";
    private String trouble = "";
    private long troubledSince;
    private Duration pause;

    private JournalExporter(
            StoreConnection connection, HistoryStore.Opener opener, ExportSettings settings, InstantSource clock) {
        this.opener = opener;
        this.settings = settings;
        this.clock = clock;
        this.pause = settings.period();
        this.access = new JournalAccess(connection);
        this.seat = new Seat(access, settings.name());
        this.thread = new Thread(this::run, "belfry-exporter");
        thread.setDaemon(true);
    }

    /**
     * Starts an exporter. It returns at once; whatever is not there yet is waited for.
     *
     * @param connection to the namespace's ZooKeeper, with the rights of an agent; stays open when the exporter is closed
     * @param opener opens the history when it is this exporter's turn; the exporter closes what it has opened
     */
    public static JournalExporter start(
            StoreConnection connection, HistoryStore.Opener opener, ExportSettings settings) {
        return start(connection, opener, settings, InstantSource.system());
    }

    /** @param clock the wall clock, by which entries and events grow old */
    public static JournalExporter start(
            StoreConnection connection, HistoryStore.Opener opener, ExportSettings settings, InstantSource clock) {
        JournalExporter exporter = new JournalExporter(connection, opener, settings, clock);
        exporter.thread.start();
        return exporter;
    }

    /** How the export goes. */
    public ExportStatus status() {
        return tally.status();
    }

    /**
     * Waits until everything that is in the journal now has been exported, by this exporter: one that stands by never catches up.
     *
     * @return whether that is so; not if {@code patience} has passed first
     * @throws InterruptedException if the calling thread is interrupted
     */
    public boolean awaitCaughtUp(Duration patience) throws InterruptedException {
        return tally.awaitCaughtUp(clock.instant(), patience.toNanos());
    }

    private void run() {
        try {
            do {
                round();
            } while (!closing.await(pause.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            LOG.debug("told to stop at once", e);
        } finally {
            leave();
        }
    }

    private void round() {
        try {
            Optional<String> other = seat.take();
            if (other.isPresent()) {
                standBy(other.get());
                return;
            }
            work();
            well(State.EXPORTING);
        } catch (Writing.StaleException e) {
            LOG.info("{}", e.getMessage());
            tenure = null;
        } catch (HistoryException e) {
            tenure = null;
            troubled(String.valueOf(e.getMessage()), "outcomes stay in the journal until it is back");
        } catch (AwayException e) {
            troubled(String.valueOf(e.getMessage()), "the export goes on when it is back");
        } catch (RuntimeException e) {
            tenure = null;
            if (trouble.isEmpty()) {
                LOG.error("the export failed; it is tried again", e);
            }
            troubled(e.toString(), "it is tried again");
        }
    }

    private void standBy(String other) {
        closeStore();
        if (!other.equals(waitsFor)) {
            LOG.info("another exporter is at work, this one stands by; exporter={} working={}", settings.name(), other);
            waitsFor = other;
        }
        well(State.STANDBY);
    }

    private void work() {
        if (!waitsFor.isEmpty() || store == null) {
            LOG.info("the export of the journal begins; exporter={}", settings.name());
            waitsFor = "";
        }
        HistoryStore history = store;
        if (history == null) {
            history = opener.open();
            store = history;
        }
        Tenure present = tenure;
        if (present == null) {
            present = new Tenure(new Tenure.Parts(access, history, settings, tally, clock));
            tenure = present;
        }
        present.round();
    }

    private void well(State state) {
        if (!trouble.isEmpty()) {
            LOG.info(
                    "the export goes on after {} s", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - troubledSince));
            trouble = "";
        }
        pause = settings.period();
        tally.state(state, "");
    }

    /** Said once, however long it lasts. */
    private void troubled(String what, String next) {
        if (closing.getCount() == 0) {
            return;
        }
        if (trouble.isEmpty()) {
            troubledSince = System.nanoTime();
            LOG.warn("the export of the journal waits: {}; {}", what, next);
        } else {
            Duration longer = pause.multipliedBy(2);
            pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
        }
        trouble = what;
        tally.state(State.TROUBLED, what);
    }

    private void leave() {
        // Before the store is closed: the next one may open it.
        closeStore();
        try {
            seat.leave();
        } catch (RuntimeException e) {
            LOG.debug("the place goes with the session", e);
        }
        tally.state(State.CLOSED, "");
        access.close();
    }

    private void closeStore() {
        tenure = null;
        HistoryStore open = store;
        store = null;
        if (open != null) {
            open.close();
        }
    }

    /** Ends with the present round. Waits 10 s at most, then what is under way is broken off; nothing is lost. Idempotent. */
    @Override
    public void close() {
        closing.countDown();
        access.hurry();
        try {
            thread.join(PATIENCE.toMillis());
            if (thread.isAlive()) {
                thread.interrupt();
                thread.join(PATIENCE.toMillis());
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
