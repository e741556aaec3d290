package dev.belfry.agent.handler;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belfry.agent.JobContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What is run for an attempt: the executable, its arguments, its environment. No shell ever sees any of it. */
record CommandLine(List<String> words, Map<String, String> environment) {
    static final String COMMAND = "command";
    static final String ARGUMENTS = "args";
    static final String ARGUMENT = "arg.";
    private static final String PATH = "/usr/local/bin:/usr/bin:/bin";
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,3}");
    private static final ObjectMapper JSON = new ObjectMapper();

    static CommandLine of(JobContext context, AllowedCommands allowed) {
        Parameters parameters = new Parameters(context);
        String name = parameters.required(COMMAND, "the name of an executable in " + allowed);
        Path file;
        try {
            file = allowed.find(name);
        } catch (IllegalArgumentException e) {
            throw parameters.refusal(COMMAND, String.valueOf(e.getMessage()));
        }
        List<String> words = new ArrayList<>();
        words.add(file.toString());
        words.addAll(arguments(parameters));
        return new CommandLine(words, environment(context, parameters));
    }

    private static List<String> arguments(Parameters parameters) {
        Map<String, String> numbered = parameters.below(ARGUMENT);
        List<String> arguments;
        if (parameters.find(ARGUMENTS).isEmpty()) {
            arguments = numbered(parameters, numbered);
        } else if (numbered.isEmpty()) {
            arguments = listed(parameters, parameters.find(ARGUMENTS).get());
        } else {
            throw parameters.refusal(ARGUMENTS, "and arg.0, arg.1, ... exclude each other: use one way");
        }
        for (String argument : arguments) {
            if (argument.indexOf(0) >= 0) {
                throw parameters.refusal(ARGUMENTS, "holds a NUL character, which no argument can");
            }
        }
        return arguments;
    }

    private static List<String> numbered(Parameters parameters, Map<String, String> numbered) {
        List<String> arguments = new ArrayList<>();
        for (String number : numbered.keySet()) {
            if (!NUMBER.matcher(number).matches() || Integer.parseInt(number) >= numbered.size()) {
                throw parameters.refusal(
                        ARGUMENT + number,
                        "is out of order: arguments are numbered arg.0, arg.1 and so on, without gaps");
            }
        }
        for (int i = 0; i < numbered.size(); i++) {
            arguments.add(numbered.getOrDefault(Integer.toString(i), ""));
        }
        return arguments;
    }

    private static List<String> listed(Parameters parameters, String text) {
        JsonNode array;
        try {
            array = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw parameters.refusal(ARGUMENTS, "is not JSON: " + e.getOriginalMessage() + "; " + ARRAY);
        }
        if (!array.isArray()) {
            throw parameters.refusal(ARGUMENTS, "is not an array; " + ARRAY);
        }
        List<String> arguments = new ArrayList<>();
        for (JsonNode argument : array) {
            if (!argument.isTextual()) {
                throw parameters.refusal(ARGUMENTS, "holds " + argument + ", which is not a text; " + ARRAY);
            }
            arguments.add(argument.textValue());
        }
        return arguments;
    }

    private static final String ARRAY = "write a JSON array of texts: [\"--from\", \"7\"]";

    private static Map<String, String> environment(JobContext context, Parameters parameters) {
        Map<String, String> environment = new TreeMap<>();
        environment.put("PATH", PATH);
        environment.put("BELFRY_JOB", context.job());
        environment.put("BELFRY_RUN_ID", context.runId());
        environment.put("BELFRY_SHARD", Integer.toString(context.shard()));
        environment.put("BELFRY_SHARD_COUNT", Integer.toString(context.shardCount()));
        context.shardParameter().ifPresent(text -> environment.put("BELFRY_SHARD_PARAMETER", text));
        environment.put("BELFRY_SCHEDULED_TIME", context.scheduledTime().toString());
        environment.put("BELFRY_ATTEMPT", Integer.toString(context.attempt()));
        environment.put("BELFRY_FENCING_TOKEN", Long.toString(context.fencingToken()));
        for (Map.Entry<String, String> parameter : parameters.all().entrySet()) {
            String name = parameter.getKey();
            if (name.equals(COMMAND) || name.equals(ARGUMENTS) || name.startsWith(ARGUMENT)) {
                continue;
            }
            String variable = "BELFRY_PARAM_" + name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9_]", "_");
            if (environment.put(variable, parameter.getValue()) != null) {
                throw parameters.refusal(
                        name, "and another one would both be the variable " + variable + ": rename one");
            }
            if (parameter.getValue().indexOf(0) >= 0) {
                throw parameters.refusal(name, "holds a NUL character, which no variable can");
            }
        }
        return environment;
    }
}
