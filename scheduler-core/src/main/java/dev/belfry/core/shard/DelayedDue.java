package dev.belfry.core.shard;

import dev.belfry.core.trigger.DueSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is due where the ledger has announced the next instant of a fixed delay: that instant, and whatever versions with
 * instants of their own owe before and after.
 *
 * @param announced the next instant of the fixed delay
 * @param versions the due set of all versions; of one with a fixed delay it knows the first instant only, which has passed
 */
public record DelayedDue(Instant announced, DueSet versions) implements DueSet {

    /** What is due by the versions and by what a ledger announces; the versions alone where it announces nothing. */
    public static DueSet of(Optional<Instant> announced, DueSet versions) {
        return announced.<DueSet>map(next -> new DelayedDue(next, versions)).orElse(versions);
    }

    @Override
    public Optional<Instant> next(Instant after) {
        Optional<Instant> other = versions.next(after);
        while (other.isPresent() && isDelayed(other.get())) {
            other = versions.next(other.get());
        }
        if (!announced.isAfter(after)) {
            return other;
        }
        return Optional.of(other.filter(announced::isAfter).orElse(announced));
    }

    private boolean isDelayed(Instant instant) {
        return versions.nextAfterCompletion(instant).isPresent();
    }

    @Override
    public Optional<Instant> latest(Instant after, Instant upTo) {
        Optional<Instant> other = versions.latest(after, upTo);
        while (other.isPresent() && isDelayed(other.get())) {
            other = versions.latest(after, other.get().minusMillis(1));
        }
        if (!announced.isAfter(after) || announced.isAfter(upTo)) {
            return other;
        }
        return Optional.of(other.filter(announced::isBefore).orElse(announced));
    }

    @Override
    public List<Instant> between(Instant after, Instant upTo, int limit) {
        List<Instant> found = new ArrayList<>();
        Optional<Instant> next = next(after);
        while (found.size() < limit && next.isPresent() && !next.get().isAfter(upTo)) {
            found.add(next.get());
            next = next(next.get());
        }
        return found;
    }

    @Override
    public long count(Instant after, Instant upTo, long limit) {
        long count = 0;
        Optional<Instant> next = next(after);
        while (count < limit && next.isPresent() && !next.get().isAfter(upTo)) {
            count++;
            next = next(next.get());
        }
        return count;
    }

    @Override
    public Instant jittered(Instant due) {
        return versions.jittered(due);
    }

    @Override
    public Optional<Instant> nextAfterCompletion(Instant completion) {
        return versions.nextAfterCompletion(completion);
    }
}
