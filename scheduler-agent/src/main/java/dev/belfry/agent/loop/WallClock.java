package dev.belfry.agent.loop;

import dev.belfry.core.clock.ClockStep;
import dev.belfry.core.clock.LedgerAhead;
import dev.belfry.core.run.Moment;
import dev.belfry.core.schedule.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that this machine's wall clock was set, and that shards held are settled up to an instant of the future, and says
 * so, once each: where the servers share the clock, nothing else does, and jobs are silent until the clock has come to where
 * it was.
 *
 * <p>Not thread-safe; owned by the agent's loop.
 */
final class WallClock {
    private static final Logger LOG = LoggerFactory.getLogger(WallClock.class);

    private final Loop loop;
    private final String agent;
    private @Nullable Moment last;
    private long steps;
    private Optional<Instant> silentUntil = Optional.empty();

    WallClock(Loop loop, String agent) {
        this.loop = loop;
        this.agent = agent;
    }

    /** How often it was set, so far as was seen. */
    long steps() {
        return steps;
    }

    /** Up to when shards held are settled, if that lies in the future. */
    Optional<Instant> silentUntil() {
        return silentUntil;
    }

    /** Looks whether the clock was set since the last look; to be called with each heartbeat. */
    void look() {
        Moment now = new Moment(loop.now(), loop.nanoTime());
        Moment before = last;
        last = now;
        if (before != null) {
            ClockStep.between(before, now).ifPresent(this::tell);
        }
    }

    private void tell(ClockStep step) {
        steps++;
        String by = Durations.format(Duration.ofMillis(step.by().abs().toMillis()));
        if (step.isBack()) {
            LOG.error(
                    "wall clock was set back by {}: agent={}; it shows {}. No fire is run twice: what is settled stays so."
                            + " If the ensemble shows the same, jobs are silent until their ledgers are reached; if not,"
                            + " this agent drains itself",
                    by,
                    agent,
                    step.to());
        } else {
            LOG.warn(
                    "wall clock was set forward by {}, or this machine was suspended: agent={}; it shows {}. What fell due in"
                            + " between is settled by the misfire policies; if that clock is wrong set it right at once: what"
                            + " is settled stays so, and jobs would be silent until then",
                    by,
                    agent,
                    step.to());
        }
    }

    /**
     * Looks how far the shards held are settled.
     *
     * @param present by the clock that counts, which must have been compared since the last {@link #look}
     */
    void judge(Collection<OwnedShard> shards, Instant present) {
        Optional<OwnedShard> furthest = shards.stream()
                .filter(shard -> decided(shard, present).isPresent())
                .max(Comparator.comparing(shard -> decided(shard, present).orElseThrow()));
        Optional<Instant> until = furthest.flatMap(shard -> decided(shard, present));
        if (until.isPresent() && silentUntil.isEmpty()) {
            LedgerAhead ahead = new LedgerAhead(until.get(), present);
            LOG.error(
                    "ledgers are ahead of the clock: agent={}, {} of {} shards, by {}; the clocks of agents and servers were set"
                            + " back, or were ahead before. No fire is run twice: these shards are silent up to {}; the"
                            + " first fires again at {}",
                    agent,
                    shards.stream()
                            .filter(shard -> decided(shard, present).isPresent())
                            .count(),
                    shards.size(),
                    Durations.format(ahead.by()),
                    until.get(),
                    next(shards, present).map(Instant::toString).orElse("no instant that is known yet"));
        } else if (until.isEmpty() && silentUntil.isPresent()) {
            LOG.info("the clock has come to where the ledgers are: agent={}; shards held fire again", agent);
        }
        silentUntil = until;
    }

    private static Optional<Instant> decided(OwnedShard shard, Instant present) {
        return Optional.ofNullable(shard.runs)
                .flatMap(runs -> LedgerAhead.of(runs.decidedUpTo(), present))
                .map(LedgerAhead::upTo);
    }

    /** When the first of the shards that are ahead is due again. */
    private static Optional<Instant> next(Collection<OwnedShard> shards, Instant present) {
        return shards.stream()
                .filter(shard -> decided(shard, present).isPresent())
                .flatMap(shard -> Optional.ofNullable(shard.runs).stream())
                .flatMap(runs -> runs.nextWake().stream())
                .min(Comparator.naturalOrder());
    }
}
