package dev.belfry.console.proof;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** The stored text of a definition, read for what the proof needs of it. Instants are milliseconds of the epoch. */
final class DefinitionText {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final boolean enabled;
    private final List<TriggerText> triggers = new ArrayList<>();

    private DefinitionText(JsonNode root) {
        enabled = root.path("enabled").asBoolean(true);
        JsonNode trigger = root.path("trigger");
        JsonNode calendars = root.path("calendars");
        for (JsonNode one : trigger.isArray() ? trigger : List.of(trigger)) {
            triggers.add(new TriggerText(one, calendars));
        }
    }

    /** @throws IllegalArgumentException if it is no JSON */
    static DefinitionText read(String json) {
        try {
            return new DefinitionText(JSON.readTree(json));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a stored definition is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    boolean enabled() {
        return enabled;
    }

    /** Whether its fires follow from completions, so that nobody can say from the definition alone when they are. */
    boolean isDelay() {
        return triggers.stream().anyMatch(TriggerText::isDelay);
    }

    /**
     * The fire of a delay that follows a completion, as far as no calendar or window stands against it.
     *
     * @param due of the fire that was completed
     */
    long following(long due, long completed) {
        return Math.max(completed + triggers.get(0).delay(), due + 1);
    }

    /** Whether calendar and window of a delay let an instant through. */
    boolean admits(long instant) {
        return triggers.get(0).admits(instant);
    }

    /** The most by which a fire may start after its instant. */
    long jitter() {
        return triggers.stream().mapToLong(TriggerText::jitter).max().orElse(0);
    }

    /** The instants of [{@code from}, {@code until}) at which it fires, ascending, each once. */
    long[] due(long from, long until) {
        LongStream.Builder found = LongStream.builder();
        triggers.forEach(trigger -> trigger.fires(from, until, found));
        return found.build().sorted().distinct().toArray();
    }
}
