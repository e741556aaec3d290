package dev.belfry.history.export;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.record.Paths;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.JournalMark;
import dev.belfry.store.StoreConnection;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the agents' journals have that the history has not.
 *
 * @param exporter who is at work; empty if nobody is
 * @param lines not exported yet
 * @param oldest when the oldest of them was recorded; empty if there is none
 */
public record Backlog(Optional<String> exporter, long lines, Optional<Instant> oldest) {

    /**
     * Reads it.
     *
     * @param connection stays open
     * @throws dev.belfry.history.HistoryException if the database does not answer
     * @throws IllegalStateException if ZooKeeper does not
     */
    public static Backlog read(StoreConnection connection, HistoryStore store) {
        try (JournalAccess access = new JournalAccess(connection, "belfry-backlog")) {
            // Before the journals: what is exported meanwhile is then counted as not exported, rather than the other
            // way.
            Map<String, JournalMark> marks = store.marks();
            JournalImage image = JournalImage.read(access);
            Backlog[] backlog = {
                new Backlog(
                        access.read(Paths.EXPORTER).map(znode -> new String(znode.data(), StandardCharsets.UTF_8)),
                        0,
                        Optional.empty())
            };
            image.agents().forEach((writer, journal) -> {
                JournalMark mark = marks.getOrDefault(writer, JournalMark.none(writer));
                journal.entries().tailMap(mark.entry(), true).forEach((number, lines) -> {
                    int from = number == mark.entry() ? Math.min(mark.lines(), lines.size()) : 0;
                    backlog[0] = backlog[0].with(lines.subList(from, lines.size()));
                });
            });
            return backlog[0];
        } catch (AwayException e) {
            throw new IllegalStateException("the journal cannot be read: " + e.getMessage(), e);
        }
    }

    private Backlog with(List<FireEntry> more) {
        Optional<Instant> first = oldest;
        for (FireEntry line : more) {
            Instant at = line.ended().isAfter(line.started()) ? line.ended() : line.started();
            first = first.filter(known -> known.isBefore(at)).or(() -> Optional.of(at));
        }
        return new Backlog(exporter, lines + more.size(), first);
    }
}
