package dev.belfry.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class TraceLimitTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final TraceLimit limit = new TraceLimit(now::get);

    @Test
    void aKindOfFailureIsTracedOncePerMinute() {
        assertThat(limit.mayTrace("a", IllegalStateException.class)).isTrue();
        now.addAndGet(TimeUnit.SECONDS.toNanos(59));
        assertThat(limit.mayTrace("a", IllegalStateException.class)).isFalse();
        assertThat(limit.mayTrace("a", IllegalArgumentException.class)).isTrue();
        assertThat(limit.mayTrace("b", IllegalStateException.class)).isTrue();
        now.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertThat(limit.mayTrace("a", IllegalStateException.class)).isTrue();
    }

    @Test
    void whatItRemembersIsBounded() {
        assertThat(limit.mayTrace("first", Exception.class)).isTrue();
        for (int i = 0; i < 1_000; i++) {
            assertThat(limit.mayTrace("job" + i, Exception.class)).isTrue();
        }
        assertThat(limit.mayTrace("job999", Exception.class)).isFalse();
        assertThat(limit.mayTrace("first", Exception.class)).as("forgotten").isTrue();
    }
}
