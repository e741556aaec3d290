package dev.belfry.core.command;

import dev.belfry.core.command.Command.Kind;
import dev.belfry.core.command.Command.Result;
import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/** The stored form of a {@link Command}. */
public final class CommandCodec {

    public static final int SCHEMA = 1;

    private CommandCodec() {}

    public static byte[] encode(Command command) {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeStringField("kind", command.kind().name().toLowerCase(Locale.ROOT));
            json.writeStringField("target", command.target());
            JsonRecordWriter.textMap(json, "parameters", new TreeMap<>(command.parameters()));
            json.writeStringField("by", command.by());
            if (!command.reason().isEmpty()) {
                json.writeStringField("reason", command.reason());
            }
            if (command.result().isPresent()) {
                Result result = command.result().get();
                json.writeBooleanField("accepted", result.accepted());
                json.writeStringField("text", result.text());
                json.writeNumberField("at", result.at().toEpochMilli());
                if (!result.runId().isEmpty()) {
                    json.writeStringField("run", result.runId());
                }
            }
        });
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static Command decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        Optional<Result> result = json.has("text")
                ? Optional.of(new Result(
                        json.flag("accepted"),
                        json.text("text"),
                        json.instant("at"),
                        json.optionalText("run").orElse("")))
                : Optional.empty();
        return new Command(
                path.substring(path.lastIndexOf('/') + 1),
                kind(json.text("kind")),
                json.text("target"),
                json.textMap("parameters"),
                json.text("by"),
                json.optionalText("reason").orElse(""),
                result);
    }

    private static Kind kind(String text) {
        for (Kind kind : Kind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(text)) {
                return kind;
            }
        }
        return Kind.UNKNOWN;
    }
}
