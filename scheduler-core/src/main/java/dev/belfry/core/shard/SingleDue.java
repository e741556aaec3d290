package dev.belfry.core.shard;

import dev.belfry.core.trigger.DueSet;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The due set of a fixed-delay schedule: the one instant that its ledger announced. */
record SingleDue(Instant instant, DueSet schedule) implements DueSet {

    @Override
    public Optional<Instant> next(Instant after) {
        return instant.isAfter(after) ? Optional.of(instant) : Optional.empty();
    }

    @Override
    public Optional<Instant> latest(Instant after, Instant upTo) {
        return next(after).filter(i -> !i.isAfter(upTo));
    }

    @Override
    public List<Instant> between(Instant after, Instant upTo, int limit) {
        return latest(after, upTo).filter(i -> limit > 0).map(List::of).orElse(List.of());
    }

    @Override
    public long count(Instant after, Instant upTo, long limit) {
        return latest(after, upTo).isPresent() ? Math.min(1, limit) : 0;
    }

    @Override
    public Instant jittered(Instant due) {
        return schedule.jittered(due);
    }

    @Override
    public Optional<Instant> nextAfterCompletion(Instant completion) {
        return schedule.nextAfterCompletion(completion);
    }
}
