package dev.belfry.agent.client;

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
import java.util.stream.Stream;

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

    private static final class Followed {
        RunPlace place;
        final CompletableFuture<Optional<RunResult>> answer;
        final Map<Integer, Outcome> outcomes = new TreeMap<>();

        Followed(RunPlace place, CompletableFuture<Optional<RunResult>> answer) {
            this.place = place;
            this.answer = answer;
        }

        void moved(RunPlace other) {
            place = other;
            outcomes.clear();
        }

        /** Whether each of its tasks has its outcome where it lies. */
        boolean isSettledHere() {
            return outcomes.size() >= place.shards();
        }

        /** Whether it looks like the repetition of a run that lies elsewhere; a run whose job was deleted looks the same. */
        boolean mayRepeat() {
            return place.keyed() && outcomes.containsValue(Outcome.SUPERSEDED);
        }
    }

    private final Requests requests;
    private final QueueJournals journals;
    private final RunSearch search;
    private final List<Followed> followed = new ArrayList<>();
    private boolean looking;
    private Duration pause = FIRST_PAUSE;

    RunFollower(Requests requests) {
        this.requests = requests;
        this.journals = new QueueJournals(requests);
        this.search = new RunSearch(requests);
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
                .thenCompose(synced -> search.places(runId, deadline))
                .thenCompose(found -> {
                    if (!found.isEmpty()) {
                        follow(found.get(0).place(), answer);
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

    private void heard(Znode state) {
        for (Followed run : List.copyOf(followed)) {
            if (Paths.segmentState(run.place.segment()).equals(state.path())) {
                run.outcomes.putAll(RunSearch.settled(run.place, state));
                if (run.isSettledHere() && !run.mayRepeat()) {
                    ended(run, run.outcomes);
                }
            }
        }
    }

    /** Answers for those whose segments are gone, and looks for what repetitions repeat. */
    private CompletableFuture<Boolean> gone(List<Followed> present, Set<String> names, Deadline deadline) {
        List<Followed> gone = present.stream()
                .filter(followed::contains)
                .filter(run -> !names.contains(run.place.segment()) || run.isSettledHere())
                .toList();
        if (gone.isEmpty()) {
            return CompletableFuture.completedFuture(true);
        }
        return journals.refresh(deadline).thenCompose(read -> {
            CompletableFuture<Boolean> all = CompletableFuture.completedFuture(true);
            for (Followed run : gone) {
                if (run.place.keyed() && listed(run).size() < run.place.shards()) {
                    all = all.thenCompose(done -> elsewhere(run, deadline));
                } else {
                    run.outcomes.putAll(listed(run));
                    ended(run, run.outcomes);
                }
            }
            return all;
        });
    }

    /**
     * A run with a key of which the journals do not say everything may repeat one that lies in another segment: as long as one
     * of them has a task without an outcome, that one is followed.
     */
    private CompletableFuture<Boolean> elsewhere(Followed run, Deadline deadline) {
        // In this order: what is settled and gone after the search is in the journals by then.
        return search.places(run.place.runId(), deadline)
                .thenCompose(found -> journals.refresh(deadline).thenApply(read -> {
                    Map<Integer, Outcome> known = known(run, found);
                    found.stream()
                            .filter(each -> !each.isSettled(known.keySet()))
                            .findFirst()
                            .ifPresentOrElse(each -> run.moved(each.place()), () -> ended(run, known));
                    return true;
                }));
    }

    /** Nothing but a line says that a task was superseded itself, and not by the run that it repeats. */
    private Map<Integer, Outcome> known(Followed run, List<RunSearch.Found> found) {
        Map<Integer, Outcome> known = new TreeMap<>();
        Stream.concat(Stream.of(run.outcomes), found.stream().map(RunSearch.Found::settled))
                .flatMap(settled -> settled.entrySet().stream())
                .filter(settled -> settled.getValue() != Outcome.SUPERSEDED)
                .forEach(settled -> known.put(settled.getKey(), settled.getValue()));
        known.putAll(listed(run));
        return known;
    }

    private Map<Integer, Outcome> listed(Followed run) {
        return journals.of(run.place.runId()).orElse(Map.of());
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
