package dev.belfry.core.schedule;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A cron expression of the Quartz dialect: seconds, minutes, hours, day-of-month, month, day-of-week and an optional year.
 *
 * <p>Fires at whole seconds in the years 1970 to 2099 of the local calendar. Exactly one of day-of-month and day-of-week is
 * {@code ?}. The whole dialect is on the page "Schedules" of the documentation. Immutable and safe for use by any number of
 * threads. Two expressions are equal if their texts are, letter case aside.
 */
public final class CronExpression {
    // Two days before 1970, so that no zone's offset leads beyond what is matched anyway.
    private static final long EARLIEST = -2 * 86_400L;

    private final String text;
    private final CronFields fields;
    private final boolean intervalLike;
    private final boolean neverFires;

    private CronExpression(String text, CronFields fields, boolean intervalLike) {
        this.text = text;
        this.fields = fields;
        this.intervalLike = intervalLike;
        this.neverFires = fields.next(0, null) == CronFields.NONE;
    }

    /**
     * Reads an expression, in time linear in its length. Letter case and additional white space do not matter.
     *
     * @throws CronSyntaxException if it is not of the dialect, with the position, the reason and what to write instead
     */
    public static CronExpression parse(String text) {
        CronParser parser = new CronParser(text);
        return new CronExpression(text, parser.parse(), parser.intervalLike());
    }

    /**
     * The first fire strictly after an instant, or empty if there is none until the end of 2099. Takes well under a
     * microsecond for usual expressions, also for one that never fires.
     */
    public Optional<Instant> next(Instant after, ZoneId zone, DstPolicy dst) {
        return Optional.ofNullable(next(after, zone, dst, null));
    }

    @Nullable
    Instant next(Instant after, ZoneId zone, DstPolicy dst, @Nullable MakeUpDays makeUp) {
        if (neverFires && makeUp == null) {
            return null;
        }
        long from = Math.max(after.getEpochSecond(), EARLIEST) + 1;
        long found = CronSearch.next(fields, makeUp, from, ZoneTimeline.of(zone), dst.resolved(intervalLike));
        return found == CronSearch.NONE ? null : Instant.ofEpochSecond(found);
    }

    /** The text as given. */
    public String text() {
        return text;
    }

    /** Whether seconds, minutes or hours hold {@code *} or {@code /}: then {@link DstPolicy#AUTO} follows the wall clock. */
    public boolean intervalLike() {
        return intervalLike;
    }

    /** Whether no date from 1970 to 2099 matches, as in {@code 0 0 0 30 2 ?}. */
    public boolean neverFires() {
        return neverFires;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CronExpression that && text.equalsIgnoreCase(that.text);
    }

    @Override
    public int hashCode() {
        int hash = 0;
        for (int i = 0; i < text.length(); i++) {
            hash = 31 * hash + Character.toLowerCase(Character.toUpperCase(text.charAt(i)));
        }
        return hash;
    }

    @Override
    public String toString() {
        return text;
    }
}
