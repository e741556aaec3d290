package dev.belfry.store.zk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class LaneTest {
    private final List<Runnable> tasks = new ArrayList<>();
    private final List<String> seen = new ArrayList<>();
    private final List<Consumer<String>> underWay = new ArrayList<>();
    private final Lane lane = new Lane(tasks::add);

    private void run() {
        tasks.forEach(Runnable::run);
        tasks.clear();
    }

    @Test
    void answerThatIsKnownAtOnceWaitsForThoseBeforeIt() {
        lane.<String>send(seen::add, underWay::add);
        lane.<String>send(seen::add, answer -> answer.accept("second"));
        run();
        assertThat(seen).isEmpty();
        underWay.get(0).accept("first");
        run();
        assertThat(seen).containsExactly("first", "second");
    }

    @Test
    void answersThatArriveOutOfOrderAreDeliveredInOrderAndOnce() {
        lane.<String>send(seen::add, underWay::add);
        lane.<String>send(seen::add, underWay::add);
        underWay.get(1).accept("second");
        underWay.get(1).accept("again");
        underWay.get(0).accept("first");
        underWay.get(0).accept("again");
        run();
        assertThat(seen).containsExactly("first", "second");
    }

    @Test
    void answerWithinTheRequestIsNotDeliveredWithinTheCall() {
        lane.<String>send(seen::add, answer -> answer.accept("now"));
        assertThat(seen).isEmpty();
        run();
        assertThat(seen).containsExactly("now");
    }

    @Test
    void whatIsPostedAfterTheAnswersWaitsForEveryRequestMadeBefore() {
        lane.<String>send(seen::add, underWay::add);
        lane.<String>send(seen::add, answer -> answer.accept("without a connection"));
        lane.postAfterAnswers(() -> seen.add("resumed"));
        lane.<String>send(seen::add, answer -> answer.accept("later"));
        lane.post(() -> seen.add("suspended"));
        run();
        assertThat(seen).containsExactly("suspended");
        underWay.get(0).accept("kept for the next connection");
        run();
        assertThat(seen)
                .containsExactly(
                        "suspended", "kept for the next connection", "without a connection", "resumed", "later");
    }

    @Test
    void whatIsPostedAfterTheAnswersIsPostedAtOnceWhenAllAreThere() {
        lane.<String>send(seen::add, answer -> answer.accept("answer"));
        lane.postAfterAnswers(() -> seen.add("resumed"));
        run();
        assertThat(seen).containsExactly("answer", "resumed");
    }

    @Test
    void executorThatWasShutDownLosesTheCallbackAndNothingElse() {
        Lane closed = new Lane(task -> {
            throw new RejectedExecutionException("shut down");
        });
        closed.<String>send(seen::add, answer -> answer.accept("lost"));
        assertThat(seen).isEmpty();
    }
}
