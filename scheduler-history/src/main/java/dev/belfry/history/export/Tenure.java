package dev.belfry.history.export;

import dev.belfry.core.record.Paths;
import dev.belfry.history.HistoryStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An exporter at work, from reading the marks until something fails. Not thread-safe. */
final class Tenure {
    private static final Logger LOG = LoggerFactory.getLogger(Tenure.class);

    /** Rounds between two looks at every journal, whatever the watch says. */
    private static final int FULL_LOOK = 30;

    private static final Duration RETENTION_PERIOD = Duration.ofHours(1);

    private final Parts parts;
    private final Restores restores;
    private final Writing writing;
    private final Jobs jobs;
    private final Masters masters;
    private final Journals journals;
    private final Clearing clearing;
    private long rounds;
    private Instant retained = Instant.EPOCH;

    /** What it is made of. */
    record Parts(JournalAccess access, HistoryStore store, ExportSettings settings, Tally tally, InstantSource clock) {}

    Tenure(Parts parts) {
        this.parts = parts;
        Consumer<String> unreadable = sentence -> {
            if (parts.tally().unreadable(sentence)) {
                LOG.error("cannot be exported and is left where it is: {}", sentence);
            }
        };
        this.restores =
                new Restores(parts.access(), parts.store(), parts.settings().name());
        parts.access().sync();
        restores.enter();
        this.writing = new Writing(parts.store(), parts.settings(), parts.tally(), restores::require);
        this.jobs = new Jobs(parts.access(), writing, parts.store(), unreadable);
        this.masters = new Masters(parts.access(), writing, unreadable);
        this.journals = new Journals(parts, writing, jobs, unreadable);
        this.clearing =
                new Clearing(parts.access(), journals, writing, parts.settings().keep());
        // Whoever was at work before has followed what this one has not.
        parts.access().jobs().lookAtEverything();
        parts.access().journals().lookAtEverything();
    }

    /** Exports all that there is now. */
    void round() {
        Instant began = parts.clock().instant();
        parts.access().sync();
        // What is known of the history is not true any more after a restore: another one goes on.
        restores.require();
        boolean full = rounds++ % FULL_LOOK == 0;
        Optional<Set<String>> changed = parts.access().journals().changes();
        try {
            jobs.export();
            if (full || changed.isEmpty() || changed.get().contains(Paths.JOURNAL)) {
                everything(full);
            } else {
                some(changed.get());
            }
            writing.flush();
        } catch (RuntimeException e) {
            parts.access().journals().lookAtEverything();
            throw e;
        }
        parts.tally().caughtUp(began);
        retain(began);
    }

    private void everything(boolean full) {
        List<String> writers = new ArrayList<>(parts.access().children(Paths.JOURNAL));
        writers.remove(Paths.name(Paths.MASTER_JOURNAL));
        masters.export();
        writers.forEach(writer -> journals.export(writer, full));
        journals.settleTotal();
        if (full) {
            jobs.enterGone(parts.clock().instant());
            writing.flush();
            clearing.clear(writers, parts.clock().instant());
        }
    }

    private void some(Set<String> changed) {
        Set<String> writers = new TreeSet<>();
        for (String path : changed) {
            writers.add(path.substring(Paths.JOURNAL.length() + 1).replaceFirst("/.*", ""));
        }
        if (writers.remove(Paths.name(Paths.MASTER_JOURNAL))) {
            masters.export();
        }
        writers.forEach(writer -> journals.export(writer, false));
    }

    private void retain(Instant now) {
        Optional<Duration> age = parts.settings().retention();
        if (age.isPresent() && !retained.plus(RETENTION_PERIOD).isAfter(now)) {
            retained = now;
            long removed = parts.store().retain(now.minus(age.get()));
            if (removed > 0) {
                LOG.info("removed {} rows of events that were exported more than {} ago", removed, age.get());
            }
        }
    }
}
