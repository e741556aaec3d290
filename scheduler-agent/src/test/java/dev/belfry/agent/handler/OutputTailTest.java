package dev.belfry.agent.handler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class OutputTailTest {

    @Test
    void keepsTheLastBytesHoweverTheyCome() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 50; round++) {
            StringBuilder all = new StringBuilder();
            OutputTail tail = new OutputTail();
            int writes = random.nextInt(12);
            for (int i = 0; i < writes; i++) {
                String part = Integer.toString(random.nextInt(36), 36).repeat(random.nextInt(40_000));
                all.append(part);
                byte[] bytes = ("xx" + part + "yy").getBytes(StandardCharsets.US_ASCII);
                tail.write(bytes, 2, bytes.length - 4);
            }
            int dropped = Math.max(0, all.length() - OutputTail.MOST_BYTES);
            assertThat(tail.dropped()).as("seed %d", seed).isEqualTo(dropped);
            assertThat(tail.text()).as("seed %d", seed).isEqualTo(all.substring(dropped));
        }
    }

    @Test
    void characterCutInHalfIsLeftOut() {
        OutputTail tail = new OutputTail();
        byte[] bytes = ("€" + "a".repeat(OutputTail.MOST_BYTES - 1)).getBytes(StandardCharsets.UTF_8);
        tail.write(bytes, 0, bytes.length);
        assertThat(tail.text()).isEqualTo("a".repeat(OutputTail.MOST_BYTES - 1));
    }
}
