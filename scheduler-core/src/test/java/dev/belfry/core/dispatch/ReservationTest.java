package dev.belfry.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.Incarnation;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReservationTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** Two agents of two slots, full of small tasks; a large one waits and small ones keep coming. */
    private static Yard full() {
        Yard yard = new Yard().agent("a", 2).agent("b", 2);
        yard.job("small", job -> job.cost(Duration.ofMinutes(10)))
                .job("soon", job -> job.cost(Duration.ofMinutes(3)))
                .job("large", job -> job.slots(2));
        yard.add("small", "s1", "s2").add("soon", "s3").add("small", "s4");
        assertThat(yard.decide()).containsExactly("s1>a", "s2>b", "s3>a", "s4>b");
        yard.add("large", "big").add("small", "s5", "s6", "s7");
        assertThat(yard.decide()).isEmpty();
        return yard;
    }

    @Test
    void smallTasksPassALargeOneForOneStepAndThenAnAgentIsKeptFree() {
        Yard yard = full().end("s3");
        assertThat(yard.decide()).as("room for a small one only").containsExactly("s5>a");
        assertThat(yard.queue.decide(yard.now, 9).again()).contains(yard.now.plus(MINUTE));
        yard.pass(MINUTE);
        assertThat(yard.decide()).isEmpty();
        yard.end("s1");
        assertThat(yard.decide()).as("kept free").isEmpty();
        assertThat(yard.why("s6")).isEqualTo("agent a~1 is kept free for big/0, which has waited for room longer");
        yard.end("s2");
        assertThat(yard.decide()).as("the other agent is not kept").containsExactly("s6>b");
        yard.end("s5");
        assertThat(yard.decide()).containsExactly("big>a");
        assertThat(yard.why("s7")).isEqualTo("no agent has room: 2 agents short of 1 slot");
    }

    @Test
    void theAgentIsTheOneOnWhichItFitsSoonest() {
        Yard yard = new Yard().agent("a", 2).agent("b", 2);
        yard.job("long", job -> job.cost(Duration.ofHours(1)))
                .job("short", job -> job.cost(MINUTE))
                .job("large", job -> job.slots(2));
        yard.add("long", "l1").add("short", "q1").add("long", "l2").add("short", "q2");
        assertThat(yard.decide()).containsExactly("l1>a", "q1>b", "l2>a", "q2>b");
        yard.add("large", "big").decide();
        yard.pass(MINUTE).decide();
        yard.end("l1").add("short", "q3");
        assertThat(yard.decide()).as("a is not kept free").containsExactly("q3>a");
        yard.end("q1").add("short", "q4");
        assertThat(yard.decide()).as("b is").isEmpty();
        yard.end("q2");
        assertThat(yard.decide()).containsExactly("big>b");
    }

    @Test
    void itIsGivenUpWhenItsTaskOrItsAgentGoes() {
        Yard yard = full().pass(MINUTE);
        yard.decide();
        yard.end("s1");
        assertThat(yard.decide()).isEmpty();
        yard.queue.agentGone(Incarnation.of("a", 1));
        yard.end("s2");
        assertThat(yard.decide()).as("the other agent is kept now").isEmpty();
        yard.queue.remove(TaskId.of("big", 0));
        assertThat(yard.decide()).containsExactly("s5>b");
    }

    @Test
    void itIsGivenUpWhenItsTaskWaitsForSomethingElse() {
        Yard yard = full().pass(MINUTE);
        yard.decide();
        yard.end("s1");
        yard.queue.job(Yard.terms("large", job -> job.slots(2)).withPaused(true));
        assertThat(yard.decide()).containsExactly("s5>a");
    }

    @Test
    void whatNoAgentCouldEverRunKeepsNothingFree() {
        Yard yard = new Yard().agent("a", 2).job("huge", job -> job.slots(3)).job("small");
        yard.add("huge", "h").decide();
        yard.pass(MINUTE).decide();
        yard.add("small", "s");
        assertThat(yard.decide()).containsExactly("s>a");
    }

    @Test
    void aLargeTaskStartsAlthoughSmallOnesNeverCease() {
        Yard yard = new Yard().agent("a", 4);
        yard.job("small", job -> job.cost(Duration.ofSeconds(10))).job("large", job -> job.slots(4));
        yard.add("small", "0", "1", "2", "3");
        assertThat(yard.decide()).hasSize(4);
        yard.add("large", "big");
        int started = 0;
        for (int i = 4; i < 100 && started == 0; i++) {
            yard.pass(Duration.ofSeconds(10)).add("small", 9, String.valueOf(i));
            if (yard.queue.ended(TaskId.of(String.valueOf(i - 4), 0)).isEmpty()) {
                yard.queue.ended(TaskId.of(String.valueOf(i - 3), 0));
            }
            started = yard.decide().contains("big>a") ? i : 0;
        }
        assertThat(started).isBetween(9, 16);
    }
}
