package dev.belfry.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.command.Command;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.job.Placement;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.overdue.OverdueEvent;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.testkit.store.Faults;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Queued jobs with a schedule: each instant is run once or has its outcome, whatever masters come and go. */
@ExtendWith(QuietLogs.class)
class QueuedFiresScenariosTest {
    private final SimCluster cluster = Scenes.cluster(7, ClusterOptions.DEFAULT);
    private final Hands hands = new Hands(cluster);

    QueuedFiresScenariosTest() {
        // The agents of the cluster run what they are given.
        hands.idle();
    }

    private static Job job(String name) {
        return Job.named(name)
                .handler(SimCluster.HANDLER)
                .every(Duration.ofSeconds(2))
                .placement(Placement.QUEUED);
    }

    /** The outcomes of the job by instant; a range counts with each of its instants. */
    private Map<Instant, Integer> outcomes(String uid) {
        Map<Instant, Integer> outcomes = new TreeMap<>();
        for (FireEntry line : finals(uid)) {
            Instant due = line.fire().due();
            for (long i = 0; i < line.count(); i++) {
                outcomes.merge(due.plusSeconds(2 * i), 1, Integer::sum);
            }
        }
        return outcomes;
    }

    private List<FireEntry> finals(String uid) {
        return hands.lines().stream()
                .filter(line -> line.jobUid().equals(uid) && line.kind() == FireEntry.Kind.FINAL)
                .toList();
    }

    private void nothingIsMissingOrTwice(String uid, int atLeast) {
        Map<Instant, Integer> outcomes = outcomes(uid);
        assertThat(outcomes.values()).containsOnly(1);
        assertThat(outcomes).hasSizeGreaterThanOrEqualTo(atLeast);
        Instant last = null;
        for (Instant due : outcomes.keySet()) {
            if (last != null) {
                assertThat(due).isEqualTo(last.plusSeconds(2));
            }
            last = due;
        }
    }

    @Test
    void everyInstantIsRunOnce() {
        String uid = hands.job(job("ticks").build());
        cluster.run(Duration.ofSeconds(20));
        nothingIsMissingOrTwice(uid, 9);
        assertThat(finals(uid)).extracting(FireEntry::outcome).containsOnly(Outcome.SUCCEEDED);
    }

    @Test
    void whatComesWhileARunIsNotOverIsSkipped() {
        cluster.behave(Scenes.lasting(5));
        String uid = hands.job(job("slow").build());
        cluster.run(Duration.ofSeconds(25));
        assertThat(finals(uid)).extracting(FireEntry::reason).contains(Reasons.OVERLAP, "");
        assertThat(finals(uid)).extracting(FireEntry::outcome).containsOnly(Outcome.SKIPPED, Outcome.SUCCEEDED);
    }

    @Test
    void newerRunTakesThePlaceOfTheOneBefore() {
        cluster.behave(Scenes.lasting(60));
        String uid =
                hands.job(job("newest").overlap(OverlapPolicy.CANCEL_RUNNING).build());
        cluster.run(Duration.ofSeconds(10));
        assertThat(finals(uid)).hasSizeGreaterThan(2);
        assertThat(finals(uid)).extracting(FireEntry::outcome).containsOnly(Outcome.CANCELLED);
        assertThat(finals(uid)).extracting(FireEntry::reason).containsOnly(Reasons.CANCELLED_BY_NEWER);
        nothingIsMissingOrTwice(uid, 3);
    }

    @Test
    void masterThatIsLostBeforeAnyWriteQueuesNoFireTwiceAndForgetsNone() {
        masterIsLostAtAnyWrite(Faults.Moment.SENDING);
    }

    @Test
    void masterThatIsLostAfterAnyWriteQueuesNoFireTwiceAndForgetsNone() {
        masterIsLostAtAnyWrite(Faults.Moment.COMMITTED);
    }

    private void masterIsLostAtAnyWrite(Faults.Moment moment) {
        String uid = hands.job(job("many").overlap(OverlapPolicy.BUFFER_ONE).build());
        for (int write = 1; write <= 4; write++) {
            Scenes.strikeQueue(cluster, moment, write);
            cluster.run(Duration.ofSeconds(25));
            Scenes.restart(cluster);
            cluster.run(Duration.ofSeconds(15));
        }
        nothingIsMissingOrTwice(uid, 60);
    }

    @Test
    void fireThatWaitsLongerThanItsToleranceRaisesOneEventThatSaysWhy() {
        hands.job(Job.named("nobodys")
                .handler("nobody-has-it")
                .at(cluster.now().plusSeconds(10).truncatedTo(java.time.temporal.ChronoUnit.SECONDS))
                .placement(Placement.QUEUED)
                .tolerance(Duration.ofSeconds(5))
                .build());
        cluster.run(Duration.ofSeconds(60));
        assertThat(cluster.overdue()).hasSize(1);
        OverdueEvent event = cluster.overdue().get(0);
        assertThat(event.job()).isEqualTo("nobodys");
        assertThat(event.fires()).isEqualTo(1);
        assertThat(event.shards()).containsExactly("0");
        assertThat(String.join(" ", event.explanation()))
                .contains(
                        "It was due at " + event.first() + ".",
                        "is in the queue since",
                        "Shard 0 waits in the queue.",
                        "In queue 'default' it has position 1; why it waits:",
                        "nobody-has-it");
        long term = cluster.term();
        new Fault.Expire(cluster.master().orElseThrow().id()).inflict(cluster);
        cluster.run(Duration.ofSeconds(60));
        assertThat(cluster.term()).isGreaterThan(term);
        assertThat(cluster.overdue()).as("also under the next master").hasSize(1);
    }

    @Test
    void fireThatAnAgentRunsForTooLongOrThatWaitsBehindItIsToldOf() {
        cluster.behave(Scenes.lasting(40));
        hands.job(Job.named("slow")
                .handler(SimCluster.HANDLER)
                .every(Duration.ofSeconds(60))
                .overlap(OverlapPolicy.BUFFER_ALL)
                .placement(Placement.QUEUED)
                .tolerance(Duration.ofSeconds(10))
                .build());
        cluster.run(Duration.ofSeconds(100));
        assertThat(cluster.overdue()).isNotEmpty();
        assertThat(String.join(" ", cluster.overdue().get(0).explanation()))
                .contains("is with agent ", "and has no outcome yet");
    }

    @Test
    void firesThatAreRunRaiseNothing() {
        hands.job(job("ticks").tolerance(Duration.ofSeconds(5)).shards(2).build());
        cluster.run(Duration.ofSeconds(60));
        assertThat(cluster.overdue()).isEmpty();
    }

    @Test
    void whatIsStoredOfTheScheduleOfADeletedJobGoesWithItsTombstone() {
        SimCluster alone = new SimCluster(8, ClusterOptions.DEFAULT);
        alone.start("a0");
        Hands there = new Hands(alone);
        there.idle();
        String uid = there.job(job("ticks").every(Duration.ofMinutes(1)).build());
        alone.run(Duration.ofMinutes(5));
        alone.operator().command(Command.Kind.DELETE, "ticks");
        alone.run(Duration.ofHours(23));
        assertThat(alone.ensemble().peek(Paths.queuedFires(uid))).isPresent();
        List<FireEntry> lines = List.copyOf(there.lines());
        boolean[] struck = {false};
        // A master that has one of the two records, and not the other, would begin anew.
        alone.ensemble().faults().strikeNext("tombstone-forget", Faults.Moment.COMMITTED, master -> {
            struck[0] = true;
            alone.master().ifPresent(SimAgent::kill);
            alone.start("a0");
        });
        alone.run(Duration.ofHours(3));
        assertThat(struck[0]).isTrue();
        assertThat(alone.ensemble().peek(Paths.job("ticks"))).isEmpty();
        assertThat(alone.ensemble().peek(Paths.queuedFires(uid))).isEmpty();
        assertThat(there.lines()).isEqualTo(lines);
    }
}
