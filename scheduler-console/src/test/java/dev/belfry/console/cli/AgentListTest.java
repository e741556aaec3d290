package dev.belfry.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.client.AgentState;
import dev.belfry.console.query.Snapshot;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Capacity;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.HeartbeatRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What {@code get agents} says of clocks. */
class AgentListTest {
    private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");

    private static Listing list(Instant heartbeatAt, Optional<Instant> silentUntil, boolean drained) {
        AgentFacts facts = new AgentFacts(
                Incarnation.of("a", 7),
                "host",
                1,
                Optional.empty(),
                Set.of("index"),
                Map.of(),
                Optional.empty(),
                new Capacity(8, 1, 1 << 20),
                false,
                Duration.ofSeconds(10),
                1,
                1,
                "2026a",
                NOON.plusMillis(7),
                false);
        HeartbeatRecord heartbeat = new HeartbeatRecord(4, 1, 1, 2, 0, 0.5, heartbeatAt, silentUntil);
        AgentState agent = new AgentState(facts, Optional.of(heartbeat), heartbeatAt, true, drained);
        return AgentList.of(new Snapshot(
                List.of(),
                List.of(agent),
                AssignmentTable.empty(),
                Map.of(),
                new java.util.TreeMap<>(),
                List.of(),
                NOON));
    }

    private static String table(Instant heartbeatAt) {
        return list(heartbeatAt, Optional.empty(), false).table().render();
    }

    @Test
    void heartbeatOfAClockThatIsALittleAheadIsNotToCome() {
        assertThat(table(NOON.plusMillis(18))).contains("  now  ").doesNotContain("in 18ms", "in 7ms");
        assertThat(table(NOON.plusSeconds(5))).doesNotContain(" in ", "clock");
        assertThat(table(NOON.minusSeconds(3))).contains("3s ago");
    }

    @Test
    void clocksThatDifferByMoreAreNamed() {
        assertThat(table(NOON.plusSeconds(90)))
                .contains("now (the ensemble's clock is 1m 30s ahead of this machine's)")
                .doesNotContain("in 1m");
    }

    @Test
    void agentWhoseShardsAreSilentSaysUntilWhen() {
        Instant until = NOON.plus(Duration.ofDays(1));
        Listing list = list(NOON, Optional.of(until), false);
        assertThat(list.table().render()).contains("silent until 2026-12-02T12:00:00Z");
        assertThat(list.tree()).singleElement().asString().contains("silentUntil=2026-12-02T12:00:00Z");
        assertThat(list(NOON, Optional.of(until), true).table().render()).contains("draining");
        assertThat(list(NOON, Optional.empty(), false).tree())
                .singleElement()
                .asString()
                .doesNotContain("silentUntil");
    }
}
