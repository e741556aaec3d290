package dev.belfry.core.queue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The settled runs with an idempotency key that are remembered, page by page. Not thread-safe; owned by its {@link QueueBook}. */
final class KeyBook {
    /** Pages that are kept: about a hundred thousand runs. */
    static final int PAGES = 400;

    private static final class Page {
        final List<String> runIds = new ArrayList<>();
        int version = -1;
    }

    private final NavigableMap<Long, Page> pages = new TreeMap<>();
    private final Set<String> known = new HashSet<>();
    private final Set<Long> changed = new TreeSet<>();
    private final NavigableMap<Long, Integer> forgotten = new TreeMap<>();

    /** A page as it is stored. */
    void page(long number, KeyPage stored, int version) {
        Page page = pages.computeIfAbsent(number, n -> new Page());
        page.runIds.addAll(stored.runIds());
        page.version = version;
        known.addAll(stored.runIds());
    }

    boolean knows(String runId) {
        return known.contains(runId);
    }

    void add(String runId) {
        if (!known.add(runId)) {
            return;
        }
        long last = pages.isEmpty() ? 1 : pages.lastKey();
        Page page = pages.computeIfAbsent(last, n -> new Page());
        if (page.runIds.size() >= KeyPage.MOST) {
            last++;
            page = new Page();
            pages.put(last, page);
        }
        page.runIds.add(runId);
        changed.add(last);
        if (pages.size() > PAGES) {
            Map.Entry<Long, Page> oldest = pages.pollFirstEntry();
            known.removeAll(oldest.getValue().runIds);
            changed.remove(oldest.getKey());
            if (oldest.getValue().version >= 0) {
                forgotten.put(oldest.getKey(), oldest.getValue().version);
            }
        }
    }

    /** How many znodes are to be written. */
    int changes() {
        return changed.size() + forgotten.size();
    }

    List<QueueRound.KeyWrite> writes() {
        List<QueueRound.KeyWrite> writes = new ArrayList<>();
        forgotten.forEach((number, version) -> writes.add(new QueueRound.KeyWrite(number, version, Optional.empty())));
        for (long number : changed) {
            Page page = pages.get(number);
            if (page != null) {
                writes.add(new QueueRound.KeyWrite(number, page.version, Optional.of(new KeyPage(page.runIds))));
            }
        }
        return writes;
    }

    void written() {
        for (long number : changed) {
            Page page = pages.get(number);
            if (page != null) {
                page.version++;
            }
        }
        changed.clear();
        forgotten.clear();
    }
}
