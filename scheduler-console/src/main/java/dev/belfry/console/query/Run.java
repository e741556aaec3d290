package dev.belfry.console.query;

import dev.belfry.agent.client.Journal;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireEntry.Kind;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One fire of a job over all its shards, or a range of fires that share an outcome, as the journal lists it.
 *
 * @param fire the fire, or the first of the range
 * @param count fires in the range, else 1
 * @param lines of its shards, in the order in which they were written by each agent
 */
public record Run(String jobUid, int layout, FireId fire, long count, List<Journal.Line> lines) {

    public Run {
        lines = List.copyOf(lines);
    }

    /** The runs of a journal, newest first. */
    public static List<Run> of(Journal journal) {
        record Key(String uid, int layout, FireId fire, long count) {}
        Map<Key, List<Journal.Line>> runs = new LinkedHashMap<>();
        for (Journal.Line line : journal.fires()) {
            FireEntry entry = line.entry();
            runs.computeIfAbsent(
                            new Key(entry.jobUid(), entry.layout(), entry.fire(), entry.count()),
                            key -> new ArrayList<>())
                    .add(line);
        }
        List<Run> found = new ArrayList<>();
        runs.forEach((key, lines) -> found.add(new Run(key.uid(), key.layout(), key.fire(), key.count(), lines)));
        found.sort(Comparator.comparing(Run::fire).reversed().thenComparing(Run::jobUid));
        return found;
    }

    /** {@code <job uid>@<instant>}, or the id under which the run was asked for. */
    public String id() {
        return fire.runId(jobUid);
    }

    /** The last word on each shard: its final line, else the last one written. */
    public Map<String, FireEntry> shards() {
        Map<String, FireEntry> last =
                new TreeMap<>(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
        for (Journal.Line line : lines) {
            last.merge(
                    line.entry().shard(),
                    line.entry(),
                    (a, b) -> a.kind() == Kind.FINAL && b.kind() != Kind.FINAL ? a : b);
        }
        return last;
    }

    /** How it stands: {@code running}, or the worst of the shards' outcomes. */
    public String state() {
        List<Outcome> outcomes = new ArrayList<>();
        for (FireEntry last : shards().values()) {
            if (last.kind() != Kind.FINAL) {
                return "running";
            }
            outcomes.add(last.outcome());
        }
        return Outcome.worst(outcomes).text();
    }

    /** When its first attempt started; empty if none did. */
    public Optional<Instant> started() {
        return lines.stream()
                .map(line -> line.entry().started())
                .filter(at -> !at.equals(Instant.EPOCH))
                .min(Comparator.naturalOrder());
    }

    /** When its last shard ended; empty while one runs. */
    public Optional<Instant> ended() {
        return state().equals("running")
                ? Optional.empty()
                : lines.stream().map(line -> line.entry().ended()).max(Comparator.naturalOrder());
    }

    /** From its first start to its last end; empty unless both are known. */
    public Optional<Duration> took() {
        return started().flatMap(from -> ended().map(to -> Duration.between(from, to)));
    }

    /** The ids of the agents that ran attempts of it, else of those that recorded its outcome. */
    public Set<String> agents() {
        boolean ran = lines.stream().anyMatch(line -> line.entry().attempt() > 0);
        return lines.stream()
                .filter(line -> !ran || line.entry().attempt() > 0)
                .map(line -> AgentNames.agentId(line.incarnation()))
                .filter(agent -> !agent.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The lines of one shard, in the order in which they were written. */
    public List<Journal.Line> lines(String shard) {
        return lines.stream().filter(line -> line.entry().shard().equals(shard)).toList();
    }

    /** Attempts over all shards. */
    public int attempts() {
        return shards().values().stream().mapToInt(FireEntry::attempt).sum();
    }
}
