package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.console.query.Run;
import dev.belfry.console.query.Snapshot;
import dev.belfry.core.agent.Eligibility;
import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.job.Placement;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Waits until a run that was asked for has ended on every shard. Not thread-safe. */
final class RunEnd {
    private static final Duration POLL = Duration.ofMillis(300);
    private static final Duration SLOW = Duration.ofSeconds(3);
    private static final int SHOWN = 5;

    private final BelfryClient client;
    private final String job;
    private final String runId;
    private final InstantSource clock;
    /** Shards that have not ended, with their owners; an empty text where nobody owns it. */
    private Map<String, String> left = new TreeMap<>();
    /** All shards with their owners, read anew now and then: agents come and go. */
    private Map<String, String> expected = new TreeMap<>();

    private boolean ownersRead;
    private long readAt;

    RunEnd(BelfryClient client, String job, String runId, InstantSource clock) {
        this.client = client;
        this.job = job;
        this.runId = runId;
        this.clock = clock;
    }

    /**
     * How the run has ended; empty if it has not in time.
     *
     * @param told given one sentence, once, if it takes long
     */
    Optional<String> await(Duration patience, Consumer<String> told) {
        long begun = System.nanoTime();
        boolean said = false;
        while (true) {
            Optional<Run> run = Run.of(client.journal()).stream()
                    .filter(one -> one.id().equals(runId))
                    .findFirst();
            if (!ownersRead || System.nanoTime() - readAt > SLOW.toNanos()) {
                expected = owners();
                readAt = System.nanoTime();
                ownersRead = true;
            }
            left = new TreeMap<>(expected);
            run.ifPresent(found -> found.shards().forEach((shard, last) -> {
                if (last.kind() == FireEntry.Kind.FINAL) {
                    left.remove(shard);
                }
            }));
            if (run.isPresent() && !run.get().state().equals("running") && left.isEmpty()) {
                return Optional.of(run.get().state());
            }
            Duration elapsed = Duration.ofNanos(System.nanoTime() - begun);
            if (elapsed.compareTo(patience) >= 0) {
                return Optional.empty();
            }
            if (!said && elapsed.compareTo(SLOW) > 0) {
                said = true;
                told.accept("waiting for " + left() + ", at most until "
                        + clock.instant().plus(patience.minus(elapsed)).truncatedTo(ChronoUnit.SECONDS));
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private Map<String, String> owners() {
        Map<String, String> owners = new TreeMap<>();
        Snapshot snapshot = Snapshot.read(client, clock.instant());
        snapshot.job(job).ifPresent(record -> owners(record, snapshot, owners));
        return owners;
    }

    private static void owners(JobRecord record, Snapshot snapshot, Map<String, String> owners) {
        JobVersion version = record.at(snapshot.now());
        if (version.definition().placement() == Placement.BROADCAST) {
            snapshot.agents().stream()
                    .filter(agent -> !agent.drained()
                            && Eligibility.refusal(
                                            agent.facts(),
                                            version.definition().handler(),
                                            LabelSelector.anyOf(version.definition()
                                                    .requires()
                                                    .labels()))
                                    .isEmpty())
                    .forEach(agent -> owners.put(agent.id(), agent.id()));
            return;
        }
        LayoutKey layout = new LayoutKey(record.uid(), version.layout());
        for (int shard = 0; shard < version.definition().shards().count(); shard++) {
            String owner = snapshot.table()
                    .tenancy(layout.shard(shard))
                    .map(row -> row.owner().agentId())
                    .orElse("");
            owners.put(Integer.toString(shard), owner);
        }
    }

    /** Who has not ended: {@code 2 shards: 0 (worker-1), 3 (nobody)}. */
    String left() {
        String some = String.join(
                ", ",
                left.entrySet().stream()
                        .limit(SHOWN)
                        .map(entry -> entry.getKey().equals(entry.getValue())
                                ? entry.getKey()
                                : entry.getKey() + " (" + (entry.getValue().isEmpty() ? "nobody" : entry.getValue())
                                        + ")")
                        .toList());
        return Words.count(left.size(), "shard")
                + (some.isEmpty() ? "" : ": " + some)
                + (left.size() > SHOWN ? ", ..." : "");
    }
}
