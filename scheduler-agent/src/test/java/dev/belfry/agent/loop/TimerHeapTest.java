package dev.belfry.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class TimerHeapTest {

    private record Set(long due, int number, TimerHeap.Entry entry) {}

    @Test
    void timersComeInTheOrderOfTheirTimesAndThenOfTheirSetting() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            TimerHeap heap = new TimerHeap();
            List<Integer> come = new ArrayList<>();
            List<Set> left = new ArrayList<>();
            long origin = random.nextLong();
            int count = random.nextInt(200);
            for (int i = 0; i < count; i++) {
                int number = i;
                long due = origin + random.nextInt(50);
                left.add(new Set(due - origin, number, heap.add(due, () -> come.add(number))));
                if (random.nextInt(3) == 0) {
                    heap.remove(left.remove(random.nextInt(left.size())).entry());
                }
            }
            assertThat(heap.size()).as("seed %d", seed).isEqualTo(left.size());
            left.sort((a, b) -> a.due() != b.due() ? Long.compare(a.due(), b.due()) : a.number() - b.number());
            for (TimerHeap.Entry e = heap.poll(origin + 50); e != null; e = heap.poll(origin + 50)) {
                e.event().run();
            }
            assertThat(come)
                    .as("seed %d", seed)
                    .isEqualTo(left.stream().map(Set::number).toList());
        }
    }

    @Test
    void timerThatIsNotDueStaysAndTellsHowLong() {
        TimerHeap heap = new TimerHeap();
        TimerHeap.Entry entry = heap.add(Long.MIN_VALUE + 5, () -> {});
        assertThat(heap.poll(Long.MAX_VALUE - 4))
                .as("the clock overflows in between")
                .isNull();
        assertThat(heap.nanosToFirst(Long.MAX_VALUE - 4)).isEqualTo(10);
        assertThat(heap.poll(Long.MIN_VALUE + 5)).isSameAs(entry);
        assertThat(heap.nanosToFirst(0)).isEqualTo(Long.MAX_VALUE);
        heap.remove(entry);
        assertThat(heap.size()).isZero();
    }
}
