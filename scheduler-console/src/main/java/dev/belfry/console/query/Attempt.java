package dev.belfry.console.query;

import dev.belfry.agent.client.Journal;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One attempt at a fire of one shard, as the journal lists it.
 *
 * @param number from 1
 * @param token its fencing token
 * @param incarnation who ran it
 * @param started when, by its agent's wall clock; empty if that is not listed
 * @param ended likewise; empty while it runs, or if it was lost
 * @param outcome empty while there is none
 * @param reason a word of {@code Reasons} or a text of user code; may be empty
 * @param abandoned whether it did not stop when told to
 */
public record Attempt(
        int number,
        long token,
        String incarnation,
        Optional<Instant> started,
        Optional<Instant> ended,
        Optional<Outcome> outcome,
        String reason,
        boolean abandoned) {

    private record Key(String incarnation, int attempt, long token) {}

    /** The attempts that lines of one fire of one shard tell of, in their order. */
    public static List<Attempt> of(List<Journal.Line> lines) {
        Map<Key, List<FireEntry>> attempts = new LinkedHashMap<>();
        for (Journal.Line line : lines) {
            FireEntry entry = line.entry();
            if (entry.attempt() > 0) {
                attempts.computeIfAbsent(
                                new Key(line.incarnation(), entry.attempt(), entry.token()), key -> new ArrayList<>())
                        .add(entry);
            }
        }
        List<Attempt> found = new ArrayList<>();
        attempts.forEach((key, entries) -> found.add(of(key, entries)));
        return found;
    }

    private static Attempt of(Key key, List<FireEntry> entries) {
        Optional<Instant> started = entries.stream()
                .map(FireEntry::started)
                .filter(at -> !at.equals(Instant.EPOCH))
                .findFirst();
        Optional<FireEntry> end = entries.stream()
                .filter(entry -> entry.kind() == FireEntry.Kind.ENDED || entry.kind() == FireEntry.Kind.FINAL)
                .reduce((first, second) -> second);
        boolean abandoned = entries.stream().anyMatch(entry -> entry.kind() == FireEntry.Kind.ABANDONED);
        String reason = end.map(FireEntry::reason)
                .orElseGet(() -> entries.get(entries.size() - 1).reason());
        return new Attempt(
                key.attempt(),
                key.token(),
                key.incarnation(),
                started,
                end.map(FireEntry::ended),
                end.map(FireEntry::outcome),
                reason,
                abandoned);
    }

    /** From its start to its end; empty unless both are known. */
    public Optional<Duration> took() {
        return started.flatMap(from -> ended.map(to -> Duration.between(from, to)));
    }

    /** The id of the agent that ran it. */
    public String agent() {
        return AgentNames.agentId(incarnation);
    }
}
