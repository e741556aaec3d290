package dev.belfry.core.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentFactsTest {
    @Test
    void incarnationIsAgentIdAndSessionInHex() {
        Incarnation incarnation = Incarnation.of("indexer-1", 0x1000a2b3c0001L);
        assertThat(incarnation.name()).isEqualTo("indexer-1~1000a2b3c0001");
        assertThat(incarnation.agentId()).isEqualTo("indexer-1");
        assertThat(incarnation.sessionId()).isEqualTo(0x1000a2b3c0001L);
        assertThat(Incarnation.of("a", -1).sessionId()).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "~1", "a~", "a~0A", "a~01", "-a~1", "a/b~1", "a~1~2", "a~12345678901234567"})
    void malformedIncarnationIsRefused(String name) {
        assertThatThrownBy(() -> new Incarnation(name)).hasMessageContaining("not an incarnation: '" + name + "'");
    }

    @Test
    void incarnationsAreOrderedByAgentIdBeforeSession() {
        assertThat(List.of(new Incarnation("a-b~1"), new Incarnation("a~10"), new Incarnation("a~9")))
                .isSortedAccordingTo((x, y) -> y.compareTo(x));
    }

    @Test
    void selectorMatchesOneOfTheListedValuesOfEachKey() {
        LabelSelector selector = LabelSelector.anyOf(Map.of("disk", List.of("ssd", "nvme"), "tier", List.of("1")));
        assertThat(selector.matches(Map.of("disk", "nvme", "tier", "1", "x", "y")))
                .isTrue();
        assertThat(selector.matches(Map.of("disk", "hdd", "tier", "1"))).isFalse();
        assertThat(selector.matches(Map.of("disk", "ssd"))).isFalse();
        assertThat(LabelSelector.ANY.matches(Map.of())).isTrue();
        assertThatThrownBy(() -> LabelSelector.anyOf(Map.of("disk", List.of()))).hasMessageContaining("'disk'");
    }

    @Test
    void impossibleCapacityIsRefused() {
        assertThatThrownBy(() -> new Capacity(-1, 1, 1)).hasMessageContaining("slots=-1");
        assertThatThrownBy(() -> new Capacity(1, Double.NaN, 1)).hasMessageContaining("NaN");
    }
}
