package dev.belfry.master;

import dev.belfry.core.overdue.OverdueEvent;
import dev.belfry.core.overdue.RaisedRecord;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Synced;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events whose record was sent and not answered: with the next connection it is read back, and those that it names are
 * raised, whoever is master by then. Those that it does not name the present master finds anew.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class Doubts {
    private static final Logger LOG = LoggerFactory.getLogger(Doubts.class);
    private static final int MOST = 100;

    private record Doubt(OverdueEvent event, String path) {}

    private final Store store;
    private final Consumer<OverdueEvent> raise;
    private final List<Doubt> open = new ArrayList<>();

    Doubts(Store store, Consumer<OverdueEvent> raise) {
        this.store = store;
        this.raise = raise;
    }

    void add(OverdueEvent event, String path) {
        if (open.size() < MOST) {
            open.add(new Doubt(event, path));
        } else {
            LOG.warn("it is not known whether this was told of, and it is not told of now: {}", event.title());
        }
    }

    /** There is a connection again. */
    void settle(Session session) {
        for (Doubt doubt : List.copyOf(open)) {
            store.sync(session, "overdue-sync", doubt.path(), synced -> {
                if (synced instanceof Synced.Done) {
                    store.read(session, "overdue-read-back", doubt.path(), answer -> settled(doubt, answer));
                }
            });
        }
    }

    private void settled(Doubt doubt, Read answer) {
        if (answer instanceof Read.Failed || !open.remove(doubt)) {
            return;
        }
        try {
            if (answer instanceof Read.Found found
                    && RaisedRecord.decode(doubt.path(), found.znode().data())
                            .writes()
                            .contains(doubt.event().id())) {
                LOG.warn("overdue: {}", doubt.event().text());
                raise.accept(doubt.event());
            }
        } catch (CorruptRecordException e) {
            LOG.error(
                    "it is not known whether this was told of: {}; {}",
                    doubt.event().title(),
                    e.getMessage());
        }
    }
}
