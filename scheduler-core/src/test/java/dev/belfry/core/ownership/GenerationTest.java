package dev.belfry.core.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.core.agent.Incarnation;
import org.junit.jupiter.api.Test;

class GenerationTest {
    @Test
    void termComesBeforeNumber() {
        Generation generation = Generation.of(3, 5);
        assertThat(generation.value()).isEqualTo(3L * 1_048_576 + 5);
        assertThat(generation.term()).isEqualTo(3);
        assertThat(generation.n()).isEqualTo(5);
        assertThat(Generation.of(4, 0)).isGreaterThan(Generation.of(3, Generation.PER_TERM - 1));
    }

    @Test
    void fullTermAsksForANewOne() {
        assertThatThrownBy(() -> Generation.of(1, Generation.PER_TERM)).hasMessageContaining("new term");
        assertThatThrownBy(() -> Generation.of(1L << 43, 0)).hasMessageContaining("term must be");
    }

    @Test
    void dictionaryForgetsIncarnationsWithoutRows() {
        AssignmentTable table = AssignmentTable.empty();
        ShardKey key = new ShardKey("job", 0, 0);
        for (int i = 1; i < 200; i++) {
            table = table.toBuilder()
                    .grant(key, Incarnation.of("a", i), Generation.of(1, i))
                    .build();
            assertThat(table.tenancy(key).orElseThrow().owner()).isEqualTo(Incarnation.of("a", i));
        }
        assertThat(table.dictionary()).hasSizeLessThan(20);
    }

    @Test
    void builderLeavesTheTableItCameFromAlone() {
        ShardKey key = new ShardKey("job", 0, 3);
        AssignmentTable first = AssignmentTable.empty().toBuilder()
                .grant(key, Incarnation.of("a", 1), Generation.of(1, 1))
                .build();
        TableBuilder builder = first.toBuilder().next(key, Successor.WITHDRAW);
        AssignmentTable second = builder.build();
        builder.drop(key);
        assertThat(first.tenancy(key).orElseThrow().next()).isEqualTo(Successor.NONE);
        assertThat(second.tenancy(key).orElseThrow().next()).isEqualTo(Successor.WITHDRAW);
        assertThat(builder.build().size()).isZero();
    }
}
