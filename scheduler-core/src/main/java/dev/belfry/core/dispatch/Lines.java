package dev.belfry.core.dispatch;

import java.util.Iterator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All lanes in the order in which they are looked at, and the tasks that may not start yet. */
final class Lines {
    private final TreeSet<Lane> lanes = new TreeSet<>(Lane.ORDER);
    private final TreeSet<Entry> early = new TreeSet<>(Entry.BY_TIME);

    /** Puts a task in its lane, or aside until it may start. */
    void add(Entry entry, long now) {
        if (entry.earliest > now) {
            early.add(entry);
            entry.lane.early++;
        } else {
            ready(entry);
        }
    }

    private void ready(Entry entry) {
        Lane lane = entry.lane;
        boolean first = lane.ready.isEmpty() || Entry.ORDER.compare(entry, lane.ready.first()) < 0;
        if (first) {
            leave(lane);
        }
        lane.ready.add(entry);
        entry.ready = true;
        if (first) {
            enter(lane);
        }
    }

    void remove(Entry entry) {
        Lane lane = entry.lane;
        if (!entry.ready) {
            early.remove(entry);
            lane.early--;
            return;
        }
        boolean first = lane.ready.first() == entry;
        if (first) {
            leave(lane);
        }
        lane.ready.remove(entry);
        if (lane.ready.isEmpty()) {
            lane.roomSince = Entry.NEVER;
        }
        entry.ready = false;
        if (first) {
            enter(lane);
        }
    }

    /** Lets those whose time has come into their lanes. */
    void release(long now) {
        while (!early.isEmpty() && early.first().earliest <= now) {
            Entry entry = early.pollFirst();
            entry.lane.early--;
            ready(entry);
        }
    }

    /** When the next one's time comes; {@link Entry#NEVER} if none waits for it. */
    long nextRelease() {
        return early.isEmpty() ? Entry.NEVER : early.first().earliest;
    }

    /** Takes a lane out of the order, so that what decides its place may change. */
    void leave(Lane lane) {
        if (lane.indexed) {
            lanes.remove(lane);
            lane.indexed = false;
        }
    }

    /** Puts a lane in its present place, if it has a task that may start. */
    void enter(Lane lane) {
        if (!lane.indexed && !lane.ready.isEmpty()) {
            lane.refresh();
            lanes.add(lane);
            lane.indexed = true;
        }
    }

    void leave(JobLine job) {
        job.lanes.values().forEach(this::leave);
    }

    void enter(JobLine job) {
        job.lanes.values().forEach(this::enter);
    }

    /** All lanes with a task that may start, in order; from the one after a place on unless that is null. */
    Iterator<Lane> from(@Nullable Lane place) {
        return place == null ? lanes.iterator() : lanes.tailSet(place, false).iterator();
    }
}
