package dev.belfry.core.run;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What finally became of one fire of one shard. Exactly one is recorded for each. */
public enum Outcome {
    SUCCEEDED,
    FAILED,
    TIMED_OUT,
    CANCELLED,
    /** Not started, because a policy said so while an owner lived: overlap, pause. */
    SKIPPED,
    /** Not started, because it was found too late; the misfire policy said so. */
    MISSED,
    /** Its layout or its job ended before it was started. */
    SUPERSEDED,
    UPSTREAM_FAILED,
    /** At-most-once jobs only: claimed by an owner that was lost before it recorded an outcome. */
    LOST,
    /** Written by a newer version of Belfry; final, and nothing more is known. */
    UNKNOWN;

    private static final Map<String, Outcome> BY_TEXT =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Outcome::text, Function.identity()));

    private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The word used in znodes, YAML, logs and the command line: {@code timed-out}. */
    public String text() {
        return text;
    }

    /** What a run came to whose shards came to these: the worst of them; {@link #SUCCEEDED} if there are none. */
    public static Outcome worst(Iterable<Outcome> outcomes) {
        Outcome worst = SUCCEEDED;
        for (Outcome each : outcomes) {
            worst = each.weight() > worst.weight() ? each : worst;
        }
        return worst;
    }

    private int weight() {
        return switch (this) {
            case SUCCEEDED -> 0;
            case SKIPPED -> 1;
            case MISSED -> 2;
            case SUPERSEDED -> 3;
            case CANCELLED -> 4;
            case UPSTREAM_FAILED -> 5;
            case UNKNOWN -> 6;
            case LOST -> 7;
            case TIMED_OUT -> 8;
            case FAILED -> 9;
        };
    }

    /** The outcome written as {@code text}; {@link #UNKNOWN} for a word that this version does not know. */
    public static Outcome of(String text) {
        return BY_TEXT.getOrDefault(text, UNKNOWN);
    }
}
