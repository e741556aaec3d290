package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Hands.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Retry;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.queue.Outbox.Left;
import dev.belfry.core.queue.Outbox.Stage;
import dev.belfry.core.queue.OutboxItem;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What attempts leave beside outboxes: kept as long as an attempt may go on from it, and no longer (rule Q12). */
@ExtendWith(QuietLogs.class)
class QueueLeftoversTest {
    private static final Duration LONG = Duration.ofSeconds(40);

    private final SimCluster cluster = Scenes.byHand(11);
    private final Hands hands = new Hands(cluster);

    /** The first attempt of r1 leaves a checkpoint, and the second one runs: that checkpoint. */
    private OutboxItem checkpoint() {
        String uid = hands.job(Job.named("goes-on")
                .handler(SimCluster.HANDLER)
                .manual()
                .placement(Placement.QUEUED)
                .retry(new Retry(3, Duration.ofMillis(100), 2, Duration.ofSeconds(1), 0, List.of()))
                .build());
        hands.fate = entry -> Optional.of(entry.order().attempt() == 1 ? Stage.FAILED : Stage.STARTED);
        hands.leaves = entry -> entry.order().attempt() == 1 ? Left.CHECKPOINT : Left.NOTHING;
        hands.submit(run("r1", uid));
        assertThat(cluster.runUntil(LONG, () -> hands.seen.size() == 2)).isTrue();
        long first = hands.seen.firstKey();
        OutboxItem item = new OutboxItem(String.valueOf(hands.holders.get(first)), first);
        assertThat(hands.seen.lastEntry().getValue().order().resumes()).contains(item);
        assertThat(isThere(item)).isTrue();
        return item;
    }

    private boolean isThere(OutboxItem item) {
        return cluster.ensemble().peek(item.path()).isPresent();
    }

    private void kill(String incarnation) {
        cluster.agent(new Incarnation(incarnation).agentId()).orElseThrow().kill();
    }

    private void succeeds() {
        hands.fate = entry -> Optional.of(Stage.SUCCEEDED);
        assertThat(hands.settled(Duration.ofMinutes(2), "r1")).isTrue();
        assertThat(hands.finals("r1")).extracting(FireEntry::outcome).containsExactly(Outcome.SUCCEEDED);
    }

    @Test
    void checkpointIsDeletedOnceItsTaskIsSettled() {
        OutboxItem item = checkpoint();
        succeeds();
        cluster.run(Duration.ofSeconds(1));
        assertThat(isThere(item)).isFalse();
        assertThat(cluster.ensemble().peek(Paths.outbox(item.incarnation()))).isPresent();
    }

    @Test
    void checkpointOutlivesItsAgentAndManyMastersAndItsOutboxGoesWithIt() {
        OutboxItem item = checkpoint();
        kill(item.incarnation());
        cluster.run(Duration.ofHours(3));
        assertThat(isThere(item)).isTrue();
        assertThat(cluster.ensemble().peek(Paths.inbox(item.incarnation()))).isEmpty();
        cluster.master().orElseThrow().kill();
        cluster.start("a3");
        cluster.run(Duration.ofMinutes(3));
        assertThat(isThere(item)).isTrue();
        succeeds();
        cluster.run(Duration.ofSeconds(1));
        assertThat(isThere(item)).isFalse();
        assertThat(cluster.ensemble().peek(Paths.outbox(item.incarnation()))).isEmpty();
    }

    @Test
    void itemThatIsGoneAlreadyIsNoError() {
        OutboxItem item = checkpoint();
        hands.delete(item.path());
        long term = cluster.term();
        succeeds();
        cluster.run(Duration.ofSeconds(5));
        assertThat(cluster.term()).isEqualTo(term);
        assertThat(hands.segments()).isEmpty();
    }

    @Test
    void whatALostDeletionLeftIsDeletedByTheNextMaster() {
        OutboxItem item = checkpoint();
        cluster.ensemble().faults().loseRequest("queue-items");
        succeeds();
        cluster.run(LONG);
        assertThat(isThere(item)).isFalse();
    }

    @Test
    void newMasterDeletesWhatIsNamedByNobodyAndNothingElse() {
        OutboxItem item = checkpoint();
        OutboxItem stray = new OutboxItem(item.incarnation(), 7);
        hands.put(stray.path(), new byte[0]);
        SimAgent master = cluster.master().orElseThrow();
        master.kill();
        cluster.runUntil(
                LONG, () -> cluster.master().filter(next -> next != master).isPresent());
        assertThat(cluster.runUntil(Duration.ofSeconds(20), () -> !isThere(stray)))
                .isTrue();
        assertThat(isThere(item)).isTrue();
    }

    @Test
    void nothingIsDeletedWhileASegmentCannotBeRead() {
        OutboxItem item = checkpoint();
        OutboxItem stray = new OutboxItem(item.incarnation(), 7);
        hands.put(stray.path(), new byte[0]);
        hands.put(Paths.segment("hands", 99), "{".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        cluster.run(Duration.ofHours(2));
        assertThat(isThere(stray)).isTrue();
        hands.delete(Paths.segment("hands", 99));
        cluster.master().orElseThrow().kill();
        assertThat(cluster.runUntil(Duration.ofMinutes(2), () -> !isThere(stray)))
                .isTrue();
    }
}
