package dev.belfry.testkit.cluster;

import dev.belfry.agent.loop.Attempts;
import dev.belfry.store.Store;
import dev.belfry.testkit.store.SimOptions;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * What a simulated cluster is like.
 *
 * @param candidates agents that stand for master at once
 * @param sessionTimeout asked for by every agent
 * @param ensemble the store
 * @param story whether a readable account is kept
 * @param store put around every view of the store that an agent or a master gets; identity unless a test breaks a rule
 * @param attempts put around what runs user code; identity unless a test breaks a rule
 */
public record ClusterOptions(
        int candidates,
        Duration sessionTimeout,
        SimOptions ensemble,
        boolean story,
        UnaryOperator<Store> store,
        UnaryOperator<Attempts> attempts) {

    /** Three candidates, sessions of 6 s, three servers with ticks of 1 s, no story. */
    public static final ClusterOptions DEFAULT = new ClusterOptions(
            3,
            Duration.ofSeconds(6),
            SimOptions.DEFAULT.withTick(Duration.ofSeconds(1)),
            false,
            UnaryOperator.identity(),
            UnaryOperator.identity());

    public ClusterOptions withStory(boolean kept) {
        return new ClusterOptions(candidates, sessionTimeout, ensemble, kept, store, attempts);
    }

    public ClusterOptions withStore(UnaryOperator<Store> around) {
        return new ClusterOptions(candidates, sessionTimeout, ensemble, story, around, attempts);
    }

    public ClusterOptions withAttempts(UnaryOperator<Attempts> around) {
        return new ClusterOptions(candidates, sessionTimeout, ensemble, story, store, around);
    }

    public ClusterOptions withSessionTimeout(Duration timeout) {
        return new ClusterOptions(candidates, timeout, ensemble, story, store, attempts);
    }

    public ClusterOptions withEnsemble(SimOptions other) {
        return new ClusterOptions(candidates, sessionTimeout, other, story, store, attempts);
    }
}
