package dev.belfry.history.export;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Znode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All journals as ZooKeeper has them.
 *
 * @param total counts of journals that are no more, as stored; empty if there are none
 * @param agents by writer
 * @param masters versions of the table and changes of master, in no order
 * @param problems what cannot be read, one sentence each
 */
record JournalImage(String total, Map<String, OfAgent> agents, List<TableEntry> masters, List<String> problems) {
    private static final int TRIES = 5;

    /**
     * One agent's.
     *
     * @param counts as stored
     * @param entries lines by number of the entry; no lines for one that cannot be read
     * @param atOnce whether counts and entries are as they were at one instant
     */
    record OfAgent(String counts, NavigableMap<Long, List<FireEntry>> entries, boolean atOnce) {}

    static JournalImage read(JournalAccess access) {
        access.sync();
        JournalImage image = new JournalImage(
                access.read(Paths.JOURNAL).map(JournalImage::text).orElse(""),
                new TreeMap<>(),
                new ArrayList<>(),
                new ArrayList<>());
        for (String writer : access.children(Paths.JOURNAL)) {
            if (Paths.journal(writer).equals(Paths.MASTER_JOURNAL)) {
                image.readMasters(access);
            } else {
                image.readAgent(access, writer);
            }
        }
        return image;
    }

    private static String text(Znode znode) {
        return new String(znode.data(), StandardCharsets.UTF_8);
    }

    private void readMasters(JournalAccess access) {
        List<String> paths = access.children(Paths.MASTER_JOURNAL).stream()
                .map(name -> Paths.MASTER_JOURNAL + '/' + name)
                .toList();
        access.readAll(paths, znode -> {
            try {
                masters.add(TableEntry.decode(znode.path(), znode.data()));
            } catch (CorruptRecordException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        });
    }

    private void readAgent(JournalAccess access, String writer) {
        for (int i = 1; i <= TRIES; i++) {
            Optional<Znode> before = access.read(Paths.journal(writer));
            if (before.isEmpty()) {
                return;
            }
            List<String> wrong = new ArrayList<>();
            NavigableMap<Long, List<FireEntry>> entries = entries(access, writer, wrong);
            boolean same = access.read(Paths.journal(writer))
                    .filter(after -> after.version() == before.get().version())
                    .isPresent();
            if (same || i == TRIES) {
                problems.addAll(wrong);
                agents.put(writer, new OfAgent(text(before.get()), entries, same));
                return;
            }
        }
    }

    private static NavigableMap<Long, List<FireEntry>> entries(
            JournalAccess access, String writer, List<String> wrong) {
        List<String> paths = access.children(Paths.journal(writer)).stream()
                .filter(name -> name.matches("[0-9]{12,18}"))
                .map(name -> Paths.journal(writer) + '/' + name)
                .toList();
        NavigableMap<Long, List<FireEntry>> entries = new TreeMap<>();
        access.readAll(paths, znode -> {
            long number = Long.parseLong(Paths.name(znode.path()));
            try {
                entries.put(number, FireJournal.decode(znode.path(), znode.data()));
            } catch (CorruptRecordException e) {
                wrong.add(String.valueOf(e.getMessage()));
                entries.put(number, List.of());
            }
        });
        return entries;
    }
}
