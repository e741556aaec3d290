package dev.belfry.history.export;

import dev.belfry.history.FireQuery;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.JournalMark;
import dev.belfry.store.StoreConnection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Compares journal and history as often as it takes to tell a contradiction from a change. */
record Looks(StoreConnection connection, HistoryStore store, FireQuery query, Instant tableFrom) {
    /** A contradiction that is not there each time was a change while it was read. */
    private static final int MOST = 3;

    /**
     * Looks until nothing contradicts itself, or what does has done so each time.
     *
     * @param merged what is made of a look
     * @param altered the contradictions in it
     * @param with the same with those that were there each time
     */
    <T> T read(Function<Merging, T> merged, Function<T, List<String>> altered, BiFunction<T, List<String>, T> with) {
        try (JournalAccess access = new JournalAccess(connection, "belfry-whole-journal")) {
            List<String> always = List.of();
            for (int look = 1; ; look++) {
                Map<String, JournalMark> before = store.marks();
                T read = merged.apply(new Merging(JournalImage.read(access), before, store, query, tableFrom));
                List<String> now = new ArrayList<>(altered.apply(read));
                if (look > 1) {
                    now.retainAll(always);
                }
                always = now;
                if (always.isEmpty() || look == MOST) {
                    return with.apply(read, always);
                }
            }
        } catch (AwayException e) {
            throw new IllegalStateException("the journal cannot be read: " + e.getMessage(), e);
        }
    }
}
