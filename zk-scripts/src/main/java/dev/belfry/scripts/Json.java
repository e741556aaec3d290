package dev.belfry.scripts;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.DefinitionJson;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.workflow.BackfillId;
import dev.belfry.core.workflow.Chosen;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalInt;

/** Decoded records as JSON for people: instants as text, {@code null} where there is nothing. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper().registerModule(records());

    private Json() {}

    private static SimpleModule records() {
        SimpleModule module = new SimpleModule();
        for (Class<?> type : new Class<?>[] {
            Duration.class, URI.class, Incarnation.class, Generation.class, Chosen.class, BackfillId.class
        }) {
            module.addSerializer(type, ToStringSerializer.instance);
        }
        module.addSerializer(Instant.class, to((instant, json) -> {
            if (instant.equals(Instant.EPOCH)) {
                json.writeNull();
            } else {
                json.writeString(instant.toString());
            }
        }));
        module.addSerializer(OptionalInt.class, to((number, json) -> {
            if (number.isPresent()) {
                json.writeNumber(number.getAsInt());
            } else {
                json.writeNull();
            }
        }));
        // Numbers of tasks in a segment; Jackson would show how the set is made.
        module.addSerializer(BitSet.class, to((numbers, json) -> json.writeString(numbers.toString())));
        module.addSerializer(Outcome.class, to((outcome, json) -> json.writeString(outcome.text())));
        module.addSerializer(
                JobDefinition.class, to((job, json) -> json.writeTree(MAPPER.readTree(DefinitionJson.encode(job)))));
        module.addSerializer(new Optionals());
        return module;
    }

    private static final class Optionals extends StdSerializer<Optional<?>> {
        private static final long serialVersionUID = 1L;

        Optionals() {
            super(Optional.class, true);
        }

        @Override
        public void serialize(Optional<?> value, JsonGenerator json, SerializerProvider provider) throws IOException {
            if (value.isPresent()) {
                provider.defaultSerializeValue(value.get(), json);
            } else {
                json.writeNull();
            }
        }
    }

    private interface Body<T> {
        void write(T value, JsonGenerator json) throws IOException;
    }

    private static <T> JsonSerializer<T> to(Body<T> body) {
        return new JsonSerializer<>() {
            @Override
            public void serialize(T value, JsonGenerator json, SerializerProvider provider) throws IOException {
                body.write(value, json);
            }
        };
    }

    /** The value as indented JSON. */
    static String pretty(Object value) {
        try {
            DefaultPrettyPrinter printer = new DefaultPrettyPrinter()
                    .withSeparators(
                            Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER));
            return MAPPER.writer(printer).writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("cannot be shown as JSON: " + value, e);
        }
    }

    /** The schema in field {@code v} of a stored record; 0 if there is none. */
    static long schema(byte[] data) {
        try {
            return MAPPER.readTree(data).path("v").asLong(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
