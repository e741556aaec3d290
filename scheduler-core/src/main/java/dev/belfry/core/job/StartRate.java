package dev.belfry.core.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many tasks of a job may start in a time; text form {@code 5/s}, {@code 30/m}, {@code 100/h}, {@code 1/d}.
 *
 * @param starts 1 to 100,000
 * @param per a second, a minute, an hour or a day
 */
public record StartRate(int starts, Duration per) {

    static final int MOST = 100_000;
    static final String PATTERN = "[1-9][0-9]{0,5}/[smhd]";

    private static final Pattern TEXT = Pattern.compile("([1-9][0-9]{0,5})/([smhd])");
    private static final Map<String, Duration> UNITS = Map.of(
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));

    public StartRate {
        if (starts < 1 || starts > MOST || !UNITS.containsValue(per)) {
            throw new IllegalArgumentException("impossible rate: " + starts + " starts per " + per);
        }
    }

    /** So many starts a second. */
    public static StartRate perSecond(int starts) {
        return new StartRate(starts, Duration.ofSeconds(1));
    }

    static StartRate parse(String text) throws Refused {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group(1)) > MOST) {
            throw new Refused("is " + Complaint.quote(text));
        }
        return new StartRate(Integer.parseInt(matcher.group(1)), UNITS.getOrDefault(matcher.group(2), Duration.ZERO));
    }

    /** The text form. */
    @Override
    public String toString() {
        for (String unit : List.of("s", "m", "h", "d")) {
            if (per.equals(UNITS.get(unit))) {
                return starts + "/" + unit;
            }
        }
        throw new IllegalStateException("no unit for " + per);
    }
}
