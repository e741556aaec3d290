package dev.belfry.testkit.cluster;

import dev.belfry.agent.client.RunResult;
import dev.belfry.agent.submit.Submitted;
import dev.belfry.core.dispatch.TaskId;
import dev.belfry.core.queue.Segment;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.run.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Q-I7: what submitters are told of their runs is what is stored. By run: with a key several submissions are the same one.
 */
final class SubmittedRuns {

    private record Place(String segment, int first) {}

    private static final class Account {
        /** Submissions that are not answered; for ever if the submitter was killed. */
        int open;

        int durable;
        int unknown;
        /** Where it lies: segments that were created with it, and the number of its first task in each. */
        final List<Place> places = new ArrayList<>();
    }

    private final Function<TaskId, Optional<Outcome>> outcomes;
    private final Map<String, Account> runs = new TreeMap<>();
    private final List<String> acknowledged = new ArrayList<>();

    /** @param outcomes of each task as recorded, if it has one */
    SubmittedRuns(Function<TaskId, Optional<Outcome>> outcomes) {
        this.outcomes = outcomes;
    }

    /** The ids of the runs that were acknowledged, in the order of the answers. */
    List<String> acknowledged() {
        return acknowledged;
    }

    void asked(String runId) {
        runs.computeIfAbsent(runId, id -> new Account()).open++;
    }

    void created(String path, Segment segment) {
        int first = 0;
        for (Submission run : segment.runs()) {
            Account account = runs.get(run.runId());
            if (account != null) {
                account.places.add(new Place(path, first));
                check(run.runId(), account);
            }
            first += run.shards();
        }
    }

    void answered(String runId, Submitted answer) {
        Account account = runs.computeIfAbsent(runId, id -> new Account());
        account.open--;
        if (answer instanceof Submitted.Durable durable) {
            account.durable++;
            acknowledged.add(runId);
            if (!account.places.contains(new Place(durable.segment(), durable.first()))) {
                throw new InvariantViolation(
                        "Q-I7", runId + " was acknowledged as " + durable + ", and lies at " + account.places);
            }
        } else if (answer instanceof Submitted.Unknown) {
            account.unknown++;
        }
        check(runId, account);
    }

    private static void check(String runId, Account account) {
        int there = account.places.size();
        if (there < account.durable || there > account.durable + account.unknown + account.open) {
            throw new InvariantViolation(
                    "Q-I7",
                    runId + " lies in " + account.places + ", and of its submissions " + account.durable
                            + " were acknowledged, " + account.unknown + " are in doubt, " + account.open
                            + " not answered");
        }
    }

    /** Whoever waited for a run was told what came of it. */
    void heard(String runId, int shards, Optional<RunResult> result) {
        for (int shard = 0; shard < shards; shard++) {
            int number = shard;
            Optional<Outcome> recorded = outcomes.apply(TaskId.of(runId, shard));
            Optional<Outcome> told =
                    result.flatMap(known -> Optional.ofNullable(known.shards().get(number)));
            if (recorded.isEmpty() || !recorded.equals(told)) {
                throw new InvariantViolation(
                        "Q-I7", "of shard " + shard + " of " + runId + " recorded is " + recorded + ", told " + result);
            }
        }
    }
}
