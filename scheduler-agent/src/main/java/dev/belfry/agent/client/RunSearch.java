package dev.belfry.agent.client;

import dev.belfry.core.queue.Segment;
import dev.belfry.core.queue.SegmentState;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.store.Znode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Finds a run wherever it lies: with a key it may have been submitted several times.
 *
 * <p>Not thread-safe; owned by the client's loop.
 */
final class RunSearch {

    /**
     * Where a run lies, and what has become of it there.
     *
     * @param settled outcomes by shard, those that the state of the segment has
     */
    record Found(RunPlace place, Map<Integer, Outcome> settled) {
        Found {
            settled = Map.copyOf(settled);
        }

        /** Whether every shard has its outcome, here or among those that are {@code known} otherwise. */
        boolean isSettled(Set<Integer> known) {
            return IntStream.range(0, place.shards())
                    .allMatch(shard -> known.contains(shard) || settled.containsKey(shard));
        }
    }

    private final Requests requests;

    RunSearch(Requests requests) {
        this.requests = requests;
    }

    /** Everywhere that the run lies; what cannot be read is left out, since the master says so. */
    CompletableFuture<List<Found>> places(String runId, Deadline deadline) {
        return new QueueReader(requests, deadline).segments().thenCompose(segments -> {
            List<RunPlace> places = segments.stream()
                    .flatMap(znode -> within(znode, runId).stream())
                    .toList();
            List<String> states = places.stream()
                    .map(place -> Paths.segmentState(place.segment()))
                    .distinct()
                    .toList();
            return requests.readAll("follow-state", states, deadline).thenApply(read -> {
                Map<String, Znode> byPath = read.stream().collect(Collectors.toMap(Znode::path, Function.identity()));
                return places.stream().map(place -> found(place, byPath)).toList();
            });
        });
    }

    private static List<RunPlace> within(Znode znode, String runId) {
        List<RunPlace> places = new ArrayList<>();
        try {
            int first = 0;
            for (Submission run : Segment.decode(znode.path(), znode.data()).runs()) {
                if (run.runId().equals(runId)) {
                    boolean keyed = !run.options().key().isEmpty();
                    places.add(new RunPlace(runId, znode.path(), first, run.shards(), keyed));
                }
                first += run.shards();
            }
        } catch (CorruptRecordException e) {
            return List.of();
        }
        return places;
    }

    private static Found found(RunPlace place, Map<String, Znode> states) {
        Znode state = states.get(Paths.segmentState(place.segment()));
        return new Found(place, state == null ? Map.of() : settled(place, state));
    }

    /** The outcomes by shard that this state of its segment has of a run; none if it cannot be read. */
    static Map<Integer, Outcome> settled(RunPlace place, Znode state) {
        Map<Integer, Outcome> outcomes = new TreeMap<>();
        try {
            SegmentState.decode(state.path(), state.data(), Integer.MAX_VALUE)
                    .settled()
                    .forEach((outcome, tasks) -> {
                        for (int shard = 0; shard < place.shards(); shard++) {
                            if (tasks.get(place.first() + shard)) {
                                outcomes.put(shard, outcome);
                            }
                        }
                    });
        } catch (CorruptRecordException e) {
            // The master says so; what it settles later is in the journal.
            return Map.of();
        }
        return outcomes;
    }
}
