package dev.belfry.core.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of the handlers that come with the agent, {@code command} and {@code http}: known to the definitions, so
 * that a mistake in them is refused with the definition and not found when a fire runs. The handlers read them by the same
 * tables. Pure functions.
 */
public final class HandlerParameters {

    private static final List<ParameterForm<?>> FORMS = List.of(CommandParameters.FORM, HttpParameters.FORM);

    private HandlerParameters() {}

    /** Whether a handler of this name comes with the agent; no other may be called so. */
    public static boolean isBuiltIn(String handler) {
        return form(handler).isPresent();
    }

    /**
     * What is wrong with the parameters of a run of the job, if its handler is a built-in one.
     *
     * @param overrides what the run sets beside, or instead of, the parameters of the definition
     * @return empty if all is right, or the handler is the user's own; without positions
     */
    public static List<DefinitionError> problems(JobDefinition job, Map<String, String> overrides) {
        Map<String, String> parameters = new TreeMap<>(job.parameters());
        parameters.putAll(overrides);
        Reading reading = new Reading("");
        form(job.handler()).ifPresent(form -> form.read(mapping(parameters), JobForm.PARAMETERS.name(), reading));
        return reading.errors();
    }

    static List<ParameterForm<?>> forms() {
        return FORMS;
    }

    private static Optional<ParameterForm<?>> form(@Nullable String handler) {
        for (ParameterForm<?> form : FORMS) {
            if (form.handler().equals(handler)) {
                return Optional.of(form);
            }
        }
        return Optional.empty();
    }

    private static Node.Mapping mapping(Map<String, String> parameters) {
        List<Node.Entry> entries = new ArrayList<>();
        new TreeMap<>(parameters)
                .forEach((name, value) -> entries.add(new Node.Entry(name, Position.NONE, Node.of(value))));
        return new Node.Mapping(Position.NONE, entries);
    }

    /** The parameters of an attempt. */
    static <R> R read(ParameterForm<R> form, Map<String, String> parameters) {
        Reading reading = new Reading("");
        R read = form.read(mapping(parameters), JobForm.PARAMETERS.name(), reading);
        if (read == null) {
            throw new IllegalDefinitionException("the run", reading.errors());
        }
        return read;
    }

    /** Reports what is wrong with the parameters of a job whose handler is a built-in one, and with those of its shards. */
    static void check(Values values) {
        if (!values.sound(JobForm.NAME, JobForm.HANDLER)) {
            return;
        }
        String handler = values.has(JobForm.HANDLER) ? values.find(JobForm.HANDLER) : values.find(JobForm.NAME);
        Optional<ParameterForm<?>> form = form(handler);
        Node written = values.node(JobForm.PARAMETERS);
        if (form.isPresent() && (written == null || written instanceof Node.Mapping)) {
            Node.Mapping mapping = written instanceof Node.Mapping given
                    ? given
                    : new Node.Mapping(values.mapping().at(), List.of());
            Reading own = new Reading("");
            form.get().read(mapping, Paths.key(values.path(), JobForm.PARAMETERS.name()), own);
            // Where parameters of any handler were complained about already, the handler's own words say it better.
            values.reading().replace(own);
        }
        if (CommandParameters.HANDLER.equals(handler) && values.node(JobForm.SHARDS) instanceof Node.Sequence shards) {
            checkShards(shards, values);
        }
    }

    private static void checkShards(Node.Sequence shards, Values values) {
        for (int i = 0; i < shards.items().size(); i++) {
            if (shards.items().get(i) instanceof Node.Scalar shard) {
                int number = i;
                CommandParameters.shardProblem(shard.text())
                        .ifPresent(complaint -> values.reading()
                                .report(
                                        shard.at(),
                                        Paths.item(Paths.key(values.path(), JobForm.SHARDS.name()), number),
                                        complaint));
            }
        }
    }

    /** For the schema: which parameters a job has that asks for a built-in handler. */
    static List<Object> conditions(SchemaParts parts) {
        List<Object> conditions = new ArrayList<>();
        for (ParameterForm<?> form : FORMS) {
            Map<String, Object> then = new LinkedHashMap<>();
            then.put("properties", Map.of(JobForm.PARAMETERS.name(), form.schema(parts)));
            then.put("required", List.of(JobForm.PARAMETERS.name()));
            Map<String, Object> condition = new LinkedHashMap<>();
            condition.put("if", asksFor(form.handler()));
            condition.put("then", then);
            conditions.add(condition);
        }
        return conditions;
    }

    private static Map<String, Object> asksFor(String handler) {
        String byHandler = JobForm.HANDLER.name();
        Map<String, Object> named = new LinkedHashMap<>();
        named.put("properties", Map.of(JobForm.NAME.name(), Map.of("const", handler)));
        named.put("required", List.of(JobForm.NAME.name()));
        named.put("not", Map.of("required", List.of(byHandler)));
        Map<String, Object> asked = new LinkedHashMap<>();
        asked.put("properties", Map.of(byHandler, Map.of("const", handler)));
        asked.put("required", List.of(byHandler));
        return Map.of("anyOf", List.of(asked, named));
    }
}
