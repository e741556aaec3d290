package dev.belfry.core.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * When a job is due: the union of the fires of its triggers, as a pure function. Several triggers at one instant are one fire.
 *
 * <p>All instants are nominal, before jitter, except where {@link #jittered} says otherwise. Immutable and safe for use by any
 * number of threads; equal if triggers and calendars are.
 */
public final class Schedule {
    /** Fires lie before this instant: cron years end with 2099 in every zone. */
    public static final Instant HORIZON = Instant.parse("2100-01-02T00:00:00Z");
    /** No fire lies before this instant. */
    static final Instant EARLIEST = Instant.parse("1969-12-30T00:00:00Z");

    private final List<Trigger> triggers;
    private final Map<String, BusinessCalendar> calendars;
    private final List<TriggerFires> fires;

    /**
     * @param triggers at least one; a {@link DelayTrigger} only alone
     * @param calendars by name, at least those that the triggers name; others are ignored
     * @throws IllegalArgumentException if that does not hold
     */
    public Schedule(List<Trigger> triggers, Map<String, BusinessCalendar> calendars) {
        this.triggers = List.copyOf(triggers);
        if (triggers.isEmpty()) {
            throw new IllegalArgumentException("a schedule needs a trigger; use manual for none");
        }
        if (triggers.size() > 1 && triggers.stream().anyMatch(DelayTrigger.class::isInstance)) {
            throw new IllegalArgumentException(
                    "a delay trigger counts from the previous completion and cannot be combined with other triggers");
        }
        Map<String, BusinessCalendar> used = new TreeMap<>();
        List<TriggerFires> resolved = new ArrayList<>();
        for (Trigger trigger : triggers) {
            BusinessCalendar calendar = resolve(trigger, calendars);
            String name = trigger.options().calendar();
            if (name != null && calendar != null) {
                used.put(name, calendar);
            }
            resolved.add(new TriggerFires(trigger, calendar));
        }
        this.calendars = Map.copyOf(used);
        this.fires = List.copyOf(resolved);
    }

    /** A schedule without calendars. */
    public static Schedule of(Trigger... triggers) {
        return new Schedule(List.of(triggers), Map.of());
    }

    private static @Nullable BusinessCalendar resolve(Trigger trigger, Map<String, BusinessCalendar> calendars) {
        String name = trigger.options().calendar();
        if (name == null) {
            return null;
        }
        BusinessCalendar calendar = calendars.get(name);
        if (calendar == null) {
            throw new IllegalArgumentException(
                    "unknown calendar \"" + name + "\"; known are " + new TreeMap<>(calendars).keySet());
        }
        return calendar;
    }

    /** The triggers in the order given. */
    public List<Trigger> triggers() {
        return triggers;
    }

    /** The calendars in use, by name. */
    public Map<String, BusinessCalendar> calendars() {
        return calendars;
    }

    /** The first fire strictly after an instant; empty if there is none, and always for delay and manual triggers. */
    public Optional<Instant> next(Instant after) {
        return Optional.ofNullable(nextOrNull(after));
    }

    private @Nullable Instant nextOrNull(Instant after) {
        Instant first = null;
        for (TriggerFires one : fires) {
            Instant fire = one.next(after);
            if (fire != null && (first == null || fire.isBefore(first))) {
                first = fire;
            }
        }
        return first;
    }

    /** How many fires lie in {@code (fromExclusive, toInclusive]}, but no more than {@code limit} are counted. */
    public long count(Instant fromExclusive, Instant toInclusive, long limit) {
        long count = 0;
        Instant fire = fromExclusive;
        while (count < limit) {
            fire = nextOrNull(fire);
            if (fire == null || fire.isAfter(toInclusive)) {
                break;
            }
            count++;
        }
        return count;
    }

    /** The first fires of {@code (after, upTo]} in order, at most {@code limit} of them. */
    public List<Instant> between(Instant after, Instant upTo, int limit) {
        List<Instant> found = new ArrayList<>();
        Instant fire = after;
        while (found.size() < limit) {
            fire = nextOrNull(fire);
            if (fire == null || fire.isAfter(upTo)) {
                break;
            }
            found.add(fire);
        }
        return List.copyOf(found);
    }

    /** The last fire of {@code (after, upTo]}. Takes at most some 70 look-ups, however many fires lie between. */
    public Optional<Instant> latest(Instant after, Instant upTo) {
        Instant last = null;
        Instant low = after;
        Instant high = upTo.isBefore(HORIZON) ? upTo : HORIZON;
        // All fires still in question lie in (low, high]: each look-up from the middle drops half of that.
        while (low.isBefore(high)) {
            Instant fire = nextOrNull(last == null ? low : middle(low, high));
            if (fire != null && !fire.isAfter(high)) {
                last = fire;
                low = fire;
            } else if (last == null) {
                break;
            } else {
                high = middle(low, high);
            }
        }
        return Optional.ofNullable(last);
    }

    private static Instant middle(Instant low, Instant high) {
        // Not Duration.dividedBy, which goes by way of BigDecimal.
        Duration apart = Duration.between(low, high);
        long odd = apart.getSeconds() % 2 * 1_000_000_000;
        return low.plusSeconds(apart.getSeconds() / 2).plusNanos((odd + apart.getNano()) / 2);
    }

    /** The delay between completion and next fire, if this is a delay schedule. */
    public Optional<Duration> delay() {
        return triggers.get(0) instanceof DelayTrigger delay ? Optional.of(delay.delay()) : Optional.empty();
    }

    /** Whether nothing but people and programs makes the job run. */
    public boolean manualOnly() {
        return triggers.stream().allMatch(ManualTrigger.class::isInstance);
    }

    /**
     * The first fire of a delay schedule that comes into force at an instant: that instant, or the next one that window and
     * calendar let through; {@link Instant#MAX} if there is none.
     *
     * @throws IllegalStateException if this is not a delay schedule
     */
    public Instant firstDelayed(Instant effectiveFrom) {
        if (!(triggers.get(0) instanceof DelayTrigger)) {
            throw new IllegalStateException("not a delay schedule: " + triggers);
        }
        return fires.get(0).openFrom(effectiveFrom);
    }

    /**
     * The fire of a delay schedule that follows a completion: completion plus delay, or the next instant after that which
     * window and calendar let through; {@link Instant#MAX} if there is none.
     *
     * @throws IllegalStateException if this is not a delay schedule
     */
    public Instant nextAfterCompletion(Instant completion) {
        return firstDelayed(completion.plus(delay().orElse(Duration.ZERO)));
    }

    /**
     * When a fire should start: the fire itself or later, by less than the trigger's jitter and before the following fire, so
     * that order is kept. A function of job and fire alone. Where several triggers meet, the smallest jitter counts; an instant
     * that is not a fire of this schedule comes back unchanged.
     *
     * @param jobUid what tells the job from others, so that they spread
     */
    public Instant jittered(Instant fire, String jobUid) {
        long most = jitterAt(fire);
        if (most == 0) {
            return fire;
        }
        Instant following = nextOrNull(fire);
        if (following != null) {
            most = Math.min(most, Duration.between(fire, following).toMillis());
        }
        return fire.plusMillis(Jitter.delay(jobUid, fire, most));
    }

    private long jitterAt(Instant fire) {
        long least = Long.MAX_VALUE;
        for (TriggerFires one : fires) {
            long jitter = one.trigger().options().jitter().toMillis();
            // Looking up whether a trigger fires here is only worth it if the answer could matter.
            if (jitter < least
                    && (one.trigger() instanceof DelayTrigger || fire.equals(one.next(fire.minusNanos(1))))) {
                least = jitter;
            }
        }
        return least == Long.MAX_VALUE ? 0 : least;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Schedule that && triggers.equals(that.triggers) && calendars.equals(that.calendars);
    }

    @Override
    public int hashCode() {
        return 31 * triggers.hashCode() + calendars.hashCode();
    }

    @Override
    public String toString() {
        return "Schedule" + triggers;
    }
}
