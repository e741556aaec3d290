package dev.belfry.core.agent;

import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordWriter;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.TreeSet;

/** The stored form of a registration. The incarnation is its name, the time of registration is the ensemble's. */
public final class AgentFactsCodec {

    public static final int SCHEMA = 1;

    private AgentFactsCodec() {}

    /** The bytes of an ordinary registration. */
    public static byte[] encode(AgentFacts agent) {
        return encode(agent, OptionalLong.empty());
    }

    /**
     * The bytes of a registration.
     *
     * @param restarting present if the agent is about to close its session and come back under the same id: the last tenancy of jobs
     *     that wait for it up to which everything is recorded, and after which it does nothing more; 0 if there is none so far
     */
    public static byte[] encode(AgentFacts agent, OptionalLong restarting) {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeStringField("host", agent.host());
            json.writeNumberField("pid", agent.pid());
            if (agent.endpoint().isPresent()) {
                json.writeStringField("endpoint", agent.endpoint().get().toString());
            }
            JsonRecordWriter.texts(json, "handlers", agent.handlers());
            JsonRecordWriter.textMap(json, "labels", agent.labels());
            if (agent.zone().isPresent()) {
                json.writeStringField("zone", agent.zone().get());
            }
            json.writeNumberField("slots", agent.capacity().slots());
            json.writeNumberField("cpu", agent.capacity().cpu());
            json.writeNumberField("memory", agent.capacity().memory());
            json.writeBooleanField("draining", agent.draining());
            if (restarting.isPresent()) {
                json.writeBooleanField("restarting", true);
                json.writeNumberField("settled", restarting.getAsLong());
            }
            json.writeNumberField("sessionTimeout", agent.sessionTimeout().toMillis());
            json.writeNumberField("schemaMin", agent.schemaMin());
            json.writeNumberField("schemaMax", agent.schemaMax());
            json.writeStringField("tzdata", agent.tzdata());
            json.writeBooleanField("standby", agent.standby());
        });
    }

    /**
     * Whether a registration announces a restart.
     *
     * @throws dev.belfry.core.record.CorruptRecordException if it cannot be read
     */
    public static boolean restarting(String path, byte[] bytes) {
        return JsonRecordReader.open(path, bytes, SCHEMA).flag("restarting");
    }

    /**
     * The last tenancy up to which an agent that announced its restart has recorded everything.
     *
     * @return 0 if it does not say
     * @throws dev.belfry.core.record.CorruptRecordException if it cannot be read
     */
    public static long settledUpTo(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        return json.has("settled") ? json.number("settled") : 0;
    }

    /**
     * Reads a registration.
     *
     * @param name the name of its znode
     * @param registeredAt the ensemble's clock at its creation
     * @throws dev.belfry.core.record.CorruptRecordException if it cannot be read
     */
    public static AgentFacts decode(String path, String name, byte[] bytes, Instant registeredAt) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        try {
            return new AgentFacts(
                    new Incarnation(name),
                    json.text("host"),
                    json.number("pid"),
                    json.optionalText("endpoint").map(URI::create),
                    new TreeSet<>(json.texts("handlers")),
                    json.textMap("labels"),
                    json.optionalText("zone"),
                    new Capacity(json.integer("slots"), json.decimal("cpu"), json.number("memory")),
                    json.flag("draining"),
                    Duration.ofMillis(json.number("sessionTimeout")),
                    json.integer("schemaMin"),
                    json.integer("schemaMax"),
                    json.text("tzdata"),
                    registeredAt,
                    json.flag("standby"));
        } catch (IllegalArgumentException e) {
            throw json.malformed("registration", String.valueOf(e.getMessage()));
        }
    }
}
