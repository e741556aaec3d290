package dev.belfry.agent.loop;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Timers in the order in which they are due; those due at one instant in the order in which they were set. A binary heap
 * in which each entry knows its place, so that a cancelled timer leaves at once: timers that are set anew all the time,
 * such as a time-out that every sign of life puts off, leave nothing behind.
 *
 * <p>Not thread-safe; owned by a loop's thread.
 */
final class TimerHeap {

    /** One event to come. */
    static final class Entry {
        private final long due;
        private final long order;
        private final Runnable event;
        /** Place in the heap; -1 while it is not in it. */
        private int place = -1;

        private Entry(long due, long order, Runnable event) {
            this.due = due;
            this.order = order;
            this.event = event;
        }

        /** On the monotonic clock, compared by difference: the clock may overflow. */
        private boolean before(Entry other) {
            long apart = due - other.due;
            return apart < 0 || (apart == 0 && order - other.order < 0);
        }

        Runnable event() {
            return event;
        }
    }

    private @Nullable Entry[] heap = new @Nullable Entry[64];
    private int size;
    private long order;

    int size() {
        return size;
    }

    /** Adds an event that is due at {@code due} on the monotonic clock. */
    Entry add(long due, Runnable event) {
        Entry entry = new Entry(due, order++, event);
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        up(size++, entry);
        return entry;
    }

    /** Takes an entry out. Nothing happens if it is not in. */
    void remove(Entry entry) {
        int place = entry.place;
        if (place < 0) {
            return;
        }
        entry.place = -1;
        Entry last = at(--size);
        heap[size] = null;
        if (last != entry) {
            down(place, last);
            if (last.place == place) {
                up(place, last);
            }
        }
    }

    /** Nanoseconds from {@code now} until the first is due, 0 if it is; {@link Long#MAX_VALUE} if there is none. */
    long nanosToFirst(long now) {
        return size == 0 ? Long.MAX_VALUE : Math.max(0, at(0).due - now);
    }

    /** Takes out the first if it is due by {@code now}; null if it is not. */
    @Nullable
    Entry poll(long now) {
        if (nanosToFirst(now) > 0) {
            return null;
        }
        Entry first = at(0);
        remove(first);
        return first;
    }

    void clear() {
        for (int i = 0; i < size; i++) {
            at(i).place = -1;
        }
        Arrays.fill(heap, 0, size, null);
        size = 0;
    }

    private Entry at(int place) {
        Entry entry = heap[place];
        if (entry == null) {
            throw new IllegalStateException("no timer at place " + place + " of " + size);
        }
        return entry;
    }

    private void up(int from, Entry entry) {
        int place = from;
        while (place > 0) {
            int parent = (place - 1) >>> 1;
            if (!entry.before(at(parent))) {
                break;
            }
            put(place, at(parent));
            place = parent;
        }
        put(place, entry);
    }

    private void down(int from, Entry entry) {
        int place = from;
        for (int child = 2 * place + 1; child < size; child = 2 * place + 1) {
            if (child + 1 < size && at(child + 1).before(at(child))) {
                child++;
            }
            if (!at(child).before(entry)) {
                break;
            }
            put(place, at(child));
            place = child;
        }
        put(place, entry);
    }

    private void put(int place, Entry entry) {
        heap[place] = entry;
        entry.place = place;
    }
}
