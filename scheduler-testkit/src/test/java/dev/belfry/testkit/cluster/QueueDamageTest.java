package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Hands.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.queue.Outbox.Stage;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What agents say of runs in a segment that cannot be read is kept until it can be read again. */
@ExtendWith(QuietLogs.class)
class QueueDamageTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final byte[] DAMAGE = "{".getBytes(StandardCharsets.UTF_8);

    private final SimCluster cluster = Scenes.byHand(5);
    private final Hands hands = new Hands(cluster);
    private final String segment = Paths.segment("hands", 1);

    /** A run on each of the agents, the master included. */
    @BeforeEach
    void dispatched() {
        String uid = hands.job(Job.named("damaged")
                .handler(SimCluster.HANDLER)
                .manual()
                .placement(Placement.QUEUED)
                .build());
        hands.fate = entry -> Optional.of(Stage.STARTED);
        hands.submit(run("r1", uid), run("r2", uid), run("r3", uid));
        assertThat(cluster.runUntil(
                        LONG,
                        () -> Map.copyOf(hands.holders).values().stream()
                                        .distinct()
                                        .count()
                                == 3))
                .isTrue();
    }

    private byte[] data(String path) {
        return cluster.ensemble().peek(path).orElseThrow().data();
    }

    /** By run, the number under which it was dispatched, without those of the master's own agent. */
    private Map<String, Long> onOthers() {
        String master = cluster.master().orElseThrow().id();
        Map<String, Long> numbers = new TreeMap<>();
        hands.seen.forEach((number, entry) -> {
            String holder = String.valueOf(hands.holders.get(number));
            if (!new Incarnation(holder).agentId().equals(master)) {
                numbers.put(entry.runId(), number);
            }
        });
        return numbers;
    }

    private void nextMaster() {
        SimAgent master = cluster.master().orElseThrow();
        master.kill();
        assertThat(cluster.runUntil(
                        LONG,
                        () -> cluster.master().filter(next -> next != master).isPresent()))
                .isTrue();
        cluster.run(Duration.ofSeconds(30));
    }

    private void eachSucceedsOnce() {
        assertThat(hands.settled(LONG, "r1", "r2", "r3")).isTrue();
        cluster.run(Duration.ofSeconds(5));
        for (String run : List.of("r1", "r2", "r3")) {
            assertThat(hands.finals(run)).as(run).extracting(FireEntry::outcome).containsExactly(Outcome.SUCCEEDED);
        }
        assertThat(hands.segments()).isEmpty();
    }

    @Test
    void successOfARunWhoseSegmentIsDamagedIsSettledOnceItIsMended() {
        Map<String, Long> others = onOthers();
        byte[] stored = data(segment);
        hands.put(segment, DAMAGE);
        nextMaster();
        hands.fate = entry -> Optional.of(Stage.SUCCEEDED);
        cluster.run(Duration.ofMinutes(3));
        assertThat(hands.finals("r1")).isEmpty();
        hands.put(segment, stored);
        eachSucceedsOnce();
        // What had succeeded was not given out again.
        assertThat(hands.seen.values().stream().filter(entry -> others.containsKey(entry.runId())))
                .hasSameSizeAs(others.keySet());
    }

    @Test
    void soItIsUnderTheNextMaster() {
        byte[] stored = data(segment);
        hands.put(segment, DAMAGE);
        nextMaster();
        hands.fate = entry -> Optional.of(Stage.SUCCEEDED);
        cluster.run(Duration.ofSeconds(30));
        cluster.start("a3");
        nextMaster();
        hands.put(segment, stored);
        eachSucceedsOnce();
    }

    @Test
    void soItIsWhereTheStateOfTheSegmentIsDamaged() {
        hands.put(Paths.segmentState(segment), DAMAGE);
        nextMaster();
        hands.fate = entry -> Optional.of(Stage.SUCCEEDED);
        cluster.run(Duration.ofSeconds(30));
        assertThat(hands.finals("r1")).isEmpty();
        hands.delete(Paths.segmentState(segment));
        eachSucceedsOnce();
    }

    @Test
    void endsOfARunWhoseSegmentIsGoneAreLetGo() {
        hands.put(segment, DAMAGE);
        nextMaster();
        hands.fate = entry -> Optional.of(Stage.SUCCEEDED);
        cluster.run(Duration.ofSeconds(30));
        hands.delete(segment);
        cluster.run(Duration.ofSeconds(30));
        assertThat(cluster.ensemble().peekChildren(Paths.INBOX))
                .allSatisfy(incarnation -> assertThat(hands.inbox(incarnation)).isEmpty());
    }
}
