package dev.belfry.agent.client;

import dev.belfry.core.queue.Segment;
import dev.belfry.core.queue.SegmentState;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Follows queued runs until they have their outcomes: in the state of their segments, and once these are gone in the journal,
 * which has the lines by then (rule Q7). All that are followed are looked at together.
 *
 * <p>Not thread-safe; owned by the client's loop.
 */
final class RunFollower {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** No number of a task. */
    private static final int NOWHERE = -1;

    private static final class Followed {
        RunPlace place;
        final CompletableFuture<Optional<RunResult>> answer;
        final Map<Integer, Outcome> outcomes = new TreeMap<>();

        Followed(RunPlace place, CompletableFuture<Optional<RunResult>> answer) {
            this.place = place;
            this.answer = answer;
        }
    }

    private final Requests requests;
    private final QueueJournals journals;
    private final List<Followed> followed = new ArrayList<>();
    private boolean looking;
    private Duration pause = FIRST_PAUSE;

    RunFollower(Requests requests) {
        this.requests = requests;
        this.journals = new QueueJournals(requests);
    }

    /**
     * Completes {@code answer} with the result of a run once it has one; with nothing if neither its segment nor a line about
     * it is there. An answer that is cancelled is followed no more.
     */
    void follow(RunPlace place, CompletableFuture<Optional<RunResult>> answer) {
        followed.add(new Followed(place, answer));
        pause = FIRST_PAUSE;
        look();
    }

    /** The same of a run wherever it lies. */
    void follow(String runId, Deadline deadline, CompletableFuture<Optional<RunResult>> answer) {
        var unused = requests.sync("follow-sync", deadline)
                .thenCompose(synced -> locate(runId, "", 0, deadline))
                .thenCompose(found -> {
                    if (found.isPresent()) {
                        follow(found.get(), answer);
                        return CompletableFuture.completedFuture(true);
                    }
                    return journals.refresh(deadline)
                            .thenApply(read -> answer.complete(
                                    journals.of(runId).map(outcomes -> new RunResult(runId, outcomes))));
                })
                .whenComplete((done, failed) -> {
                    if (failed != null) {
                        answer.completeExceptionally(failed.getCause() == null ? failed : failed.getCause());
                    }
                });
    }

    /** Whoever still waits is told that nobody will tell. */
    void close() {
        ClientException closed = new ClientException(
                ClientException.Kind.INDETERMINATE, "the client was closed before the run had its outcome");
        List.copyOf(followed).forEach(run -> run.answer.completeExceptionally(closed));
        followed.clear();
    }

    private CompletableFuture<Optional<RunPlace>> locate(String runId, String notIn, int notAt, Deadline deadline) {
        return new QueueReader(requests, deadline).segments().thenApply(segments -> {
            for (Znode znode : segments) {
                Optional<RunPlace> place = within(znode, runId, znode.path().equals(notIn) ? notAt : NOWHERE);
                if (place.isPresent()) {
                    return place;
                }
            }
            return Optional.empty();
        });
    }

    private static Optional<RunPlace> within(Znode znode, String runId, int notAt) {
        try {
            int first = 0;
            for (Submission run : Segment.decode(znode.path(), znode.data()).runs()) {
                if (run.runId().equals(runId) && first != notAt) {
                    boolean keyed = !run.options().key().isEmpty();
                    return Optional.of(new RunPlace(runId, znode.path(), first, run.shards(), keyed));
                }
                first += run.shards();
            }
        } catch (CorruptRecordException e) {
            // The master says what it cannot read; the run may still be in another one.
            return Optional.empty();
        }
        return Optional.empty();
    }

    // --- looking

    private void look() {
        followed.removeIf(run -> run.answer.isDone());
        if (looking || followed.isEmpty()) {
            return;
        }
        looking = true;
        Deadline deadline = requests.deadline(PATIENCE);
        int before = followed.size();
        // Those that come meanwhile may lie where this look has not been.
        List<Followed> present = List.copyOf(followed);
        var unused = requests.sync("follow-sync", deadline)
                .thenCompose(synced -> names(deadline))
                .thenCompose(names -> states(names, deadline).thenCompose(states -> {
                    states.forEach(this::heard);
                    return gone(present, names, deadline);
                }))
                .whenComplete((done, failed) -> looked(before, failed));
    }

    private void looked(int before, Throwable failed) {
        looking = false;
        Throwable cause = failed == null || failed.getCause() == null ? failed : failed.getCause();
        if (cause instanceof ClientException refused && refused.kind() == ClientException.Kind.REJECTED) {
            List.copyOf(followed).forEach(run -> run.answer.completeExceptionally(refused));
            followed.clear();
        }
        Duration longer = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        pause = followed.size() < before ? FIRST_PAUSE : longer;
        var unused = requests.after(pause).thenRun(this::look);
    }

    /** What lies in the buckets of the segments that are followed, states included. */
    private CompletableFuture<Set<String>> names(Deadline deadline) {
        Set<String> buckets = new TreeSet<>();
        followed.forEach(run -> buckets.add(Paths.parent(run.place.segment())));
        List<CompletableFuture<List<String>>> lists = buckets.stream()
                .map(bucket -> requests.children("follow-list", bucket, deadline)
                        .thenApply(names ->
                                names.stream().map(name -> bucket + '/' + name).toList()))
                .toList();
        return CompletableFuture.allOf(lists.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> {
                    Set<String> names = new HashSet<>();
                    lists.forEach(list -> names.addAll(list.join()));
                    return names;
                });
    }

    private CompletableFuture<List<Znode>> states(Set<String> names, Deadline deadline) {
        List<String> states = followed.stream()
                .map(run -> Paths.segmentState(run.place.segment()))
                .distinct()
                .filter(names::contains)
                .toList();
        return requests.readAll("follow-state", states, deadline);
    }

    private void heard(Znode znode) {
        SegmentState state;
        try {
            state = SegmentState.decode(znode.path(), znode.data(), Integer.MAX_VALUE);
        } catch (CorruptRecordException e) {
            // The master says so; what it settles later is in the journal.
            return;
        }
        for (Followed run : List.copyOf(followed)) {
            if (Paths.segmentState(run.place.segment()).equals(znode.path())) {
                state.settled().forEach((outcome, tasks) -> {
                    for (int shard = 0; shard < run.place.shards(); shard++) {
                        if (tasks.get(run.place.first() + shard)) {
                            run.outcomes.put(shard, outcome);
                        }
                    }
                });
                boolean repeated = run.place.keyed() && run.outcomes.containsValue(Outcome.SUPERSEDED);
                if (run.outcomes.size() == run.place.shards() && !repeated) {
                    ended(run, run.outcomes);
                }
            }
        }
    }

    /** Answers for those whose segments are gone, and looks for what repetitions repeat. */
    private CompletableFuture<Boolean> gone(List<Followed> present, Set<String> names, Deadline deadline) {
        List<Followed> gone = present.stream()
                .filter(followed::contains)
                .filter(run -> !names.contains(run.place.segment()) || isRepeated(run))
                .toList();
        if (gone.isEmpty()) {
            return CompletableFuture.completedFuture(true);
        }
        return journals.refresh(deadline).thenCompose(read -> {
            CompletableFuture<Boolean> all = CompletableFuture.completedFuture(true);
            for (Followed run : gone) {
                Map<Integer, Outcome> listed = journals.of(run.place.runId()).orElse(Map.of());
                if (run.place.keyed() && listed.size() < run.place.shards()) {
                    all = all.thenCompose(done -> elsewhere(run, deadline));
                } else {
                    Map<Integer, Outcome> outcomes = isRepeated(run) ? new TreeMap<>() : new TreeMap<>(run.outcomes);
                    outcomes.putAll(listed);
                    ended(run, outcomes);
                }
            }
            return all;
        });
    }

    private static boolean isRepeated(Followed run) {
        return run.place.keyed() && run.outcomes.containsValue(Outcome.SUPERSEDED);
    }

    /** A run with a key that nothing is known of may repeat one that lies in another segment. */
    private CompletableFuture<Boolean> elsewhere(Followed run, Deadline deadline) {
        return locate(run.place.runId(), run.place.segment(), run.place.first(), deadline)
                .thenCompose(found -> {
                    run.outcomes.clear();
                    if (found.isPresent()) {
                        run.place = found.get();
                        return CompletableFuture.completedFuture(true);
                    }
                    // It may have got its outcome since the journals were read.
                    return journals.refresh(deadline).thenApply(read -> {
                        ended(run, journals.of(run.place.runId()).orElse(Map.of()));
                        return true;
                    });
                });
    }

    private void ended(Followed run, Map<Integer, Outcome> known) {
        followed.remove(run);
        Map<Integer, Outcome> outcomes = new TreeMap<>(known);
        for (int shard = 0; shard < run.place.shards() && !outcomes.isEmpty(); shard++) {
            outcomes.putIfAbsent(shard, Outcome.UNKNOWN);
        }
        run.answer.complete(
                outcomes.isEmpty() ? Optional.empty() : Optional.of(new RunResult(run.place.runId(), outcomes)));
    }
}
