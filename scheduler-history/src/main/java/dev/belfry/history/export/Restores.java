package dev.belfry.history.export;

import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.restore.CopyPart;
import dev.belfry.core.restore.RestoreRecord;
import dev.belfry.history.Batch;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.Restored;
import dev.belfry.history.SegmentKind;
import dev.belfry.store.Znode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Enters restores of the namespace into its history, before anything that came after them: what the history has beyond the copy
 * is marked as of before the restore, and the marks are put back to the copy. Not thread-safe.
 */
final class Restores {
    private static final Logger LOG = LoggerFactory.getLogger(Restores.class);

    private final JournalAccess access;
    private final HistoryStore store;
    private final String exporter;
    private final Set<Long> known = new HashSet<>();

    Restores(JournalAccess access, HistoryStore store, String exporter) {
        this.access = access;
        this.store = store;
        this.exporter = exporter;
        store.restores().forEach(restored -> known.add(restored.term()));
    }

    /** The terms of restores of which the history does not know; the least first. */
    static List<Long> unknown(JournalAccess access, Set<Long> known) {
        return access.children(Paths.RESTORES).stream()
                .filter(name -> name.matches("[0-9]{1,18}"))
                .map(Long::valueOf)
                .filter(term -> !known.contains(term))
                .sorted()
                .toList();
    }

    /**
     * To be called after something was read and before it is written: if the namespace was restored meanwhile, it may be of
     * after that.
     *
     * @throws Writing.StaleException if there is a restore that is not entered yet
     */
    void require() {
        if (!unknown(access, known).isEmpty()) {
            throw new Writing.StaleException();
        }
    }

    /**
     * Enters those that are not yet. Whatever is known of the history has to be read again then.
     *
     * @return whether there were any
     */
    boolean enter() {
        List<Long> terms = unknown(access, known);
        for (long term : terms) {
            enter(term);
        }
        return !terms.isEmpty();
    }

    private void enter(long term) {
        RestoreRecord record;
        List<CopyPart> parts = new ArrayList<>();
        byte[] entry = content(Paths.restore(term));
        if (entry.length == 0) {
            throw new AwayException("the namespace is being restored");
        }
        try {
            record = RestoreRecord.decode(Paths.restore(term), entry);
            for (int part = 0; part < record.parts(); part++) {
                String path = Paths.restorePart(term, part);
                parts.add(CopyPart.decode(path, content(path)));
            }
        } catch (CorruptRecordException e) {
            // What came after it cannot be told from what came before.
            throw new IllegalStateException(
                    "nothing is exported until it can be read how the namespace was restored: " + e.getMessage(), e);
        }
        Rewinding rewinding = new Rewinding(access, store, record, parts);
        Batch batch = new Batch(exporter, SegmentKind.DEFINITIONS, rewinding.rows(), rewinding.marks());
        if (!store.append(batch)) {
            throw new Writing.StaleException();
        }
        known.add(term);
        Restored restored = rewinding.restored();
        LOG.warn(
                "the namespace was restored from a copy, and the history goes on from there; copied={} restored={} by={}"
                        + " writersBeyond={} jobsBeyond={}",
                restored.copied(),
                restored.restored(),
                restored.by(),
                restored.cuts().size(),
                restored.jobs().size());
    }

    private byte[] content(String path) {
        return access.read(path)
                .map(Znode::data)
                .orElseThrow(() -> new AwayException(path + " is not there: the namespace is being restored"));
    }
}
