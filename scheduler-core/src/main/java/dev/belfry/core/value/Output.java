package dev.belfry.core.value;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a run hands to those that follow it: one JSON value, at most {@link #MOST_BYTES} long and {@link #DEEPEST} levels deep.
 * Immutable; equal if the values are.
 */
public final class Output {

    /** The most bytes of an output, as compact JSON in UTF-8. Larger results stay elsewhere, and their address is the output. */
    public static final int MOST_BYTES = 64 * 1024;

    /** The most levels of lists and mappings within each other. */
    public static final int DEEPEST = 32;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxStringLength(MOST_BYTES)
                            .maxDocumentLength(16L * MOST_BYTES)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final JsonNode value;

    private Output(JsonNode value) {
        this.value = value;
    }

    /**
     * Reads an output.
     *
     * @throws IllegalArgumentException if it is not one JSON value, or too long or too deep; the message says which
     */
    public static Output of(String json) {
        JsonNode value;
        try {
            value = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the output is not JSON: " + firstLine(e.getOriginalMessage()), e);
        }
        if (value == null || value.isMissingNode()) {
            throw new IllegalArgumentException("the output is empty; JSON for nothing is null");
        }
        Output output = new Output(value);
        int bytes = output.json().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MOST_BYTES) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "the output takes %,d bytes, at most %,d are kept; put it elsewhere and hand on its address",
                    bytes,
                    MOST_BYTES));
        }
        return output;
    }

    private static String firstLine(@Nullable String message) {
        return String.valueOf(message).lines().findFirst().orElse("");
    }

    /** The output as compact JSON. */
    public String json() {
        return value.toString();
    }

    /**
     * What is at a place, as the text of a parameter: a text without its quotes, null as an empty text, anything else as compact
     * JSON. Empty if nothing is there.
     */
    public Optional<String> text(Pointer place) {
        return place.in(value).map(found -> {
            if (found.isNull()) {
                return "";
            }
            return found.isTextual() ? found.textValue() : found.toString();
        });
    }

    JsonNode value() {
        return value;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Output that && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return json();
    }
}
