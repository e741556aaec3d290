package dev.belfry.agent.handler;

import dev.belfry.agent.JobContext;
import dev.belfry.core.schedule.DurationSyntaxException;
import dev.belfry.core.schedule.Durations;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The parameters of an attempt as a built-in handler reads them. What it cannot use it refuses by name. */
final class Parameters {
    private final String job;
    private final Map<String, String> values;

    Parameters(JobContext context) {
        this.job = context.job();
        this.values = context.parameters();
    }

    Map<String, String> all() {
        return values;
    }

    Optional<String> find(String name) {
        return Optional.ofNullable(values.get(name));
    }

    String required(String name, String meaning) {
        String value = values.get(name);
        if (value == null || value.isBlank()) {
            throw refusal(name, "is missing: give " + meaning);
        }
        return value;
    }

    /** A length of time above zero, as definitions write it. */
    Duration duration(String name, Duration otherwise) {
        String text = values.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            Duration duration = Durations.parse(text);
            if (duration.isZero() || duration.isNegative()) {
                throw refusal(name, "must be longer than nothing: '" + text + "'");
            }
            return duration;
        } catch (DurationSyntaxException e) {
            throw refusal(name, "is not a duration such as 30s or 2m: '" + text + "'");
        }
    }

    /** Those whose names begin with {@code prefix}, without it, by name. */
    Map<String, String> below(String prefix) {
        Map<String, String> found = new TreeMap<>();
        values.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), value);
            }
        });
        return found;
    }

    /** Refuses every parameter that is neither of {@code known} nor begins with {@code prefix}. */
    void refuseOthers(Collection<String> known, String prefix) {
        for (String name : values.keySet()) {
            if (!known.contains(name) && !name.startsWith(prefix)) {
                throw refusal(name, "is not known; this handler takes " + known + " and " + prefix + "<name>");
            }
        }
    }

    /** What is wrong with a parameter, for whoever wrote the definition. */
    IllegalArgumentException refusal(String name, String problem) {
        return new IllegalArgumentException("job " + job + ": parameter '" + name + "' " + problem);
    }
}
