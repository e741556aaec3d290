package dev.belfry.agent.handler;

import dev.belfry.agent.JobContext;
import dev.belfry.core.job.CommandParameters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is run for an attempt: the executable, its arguments, its environment. No shell ever sees any of it. */
record CommandLine(List<String> words, Map<String, String> environment) {
    private static final String PATH = "/usr/local/bin:/usr/bin:/bin";

    /** The name of the executable, without its directory. */
    String name() {
        return String.valueOf(Path.of(words.get(0)).getFileName());
    }

    static CommandLine of(JobContext context, AllowedCommands allowed) {
        CommandParameters parameters = Parameters.read(context, CommandParameters::of);
        Path file;
        try {
            file = allowed.find(parameters.executable());
        } catch (IllegalArgumentException e) {
            throw Parameters.refusal(context, "command", e);
        }
        List<String> words = new ArrayList<>();
        words.add(file.toString());
        words.addAll(parameters.arguments());
        return new CommandLine(words, environment(context, parameters));
    }

    private static Map<String, String> environment(JobContext context, CommandParameters parameters) {
        Map<String, String> environment = new TreeMap<>(parameters.variables());
        environment.put("PATH", PATH);
        environment.put("BELFRY_JOB", context.job());
        environment.put("BELFRY_RUN_ID", context.runId());
        environment.put("BELFRY_SHARD", Integer.toString(context.shard()));
        environment.put("BELFRY_SHARD_COUNT", Integer.toString(context.shardCount()));
        context.shardParameter().ifPresent(text -> environment.put("BELFRY_SHARD_PARAMETER", text));
        environment.put("BELFRY_SCHEDULED_TIME", context.scheduledTime().toString());
        environment.put("BELFRY_ATTEMPT", Integer.toString(context.attempt()));
        environment.put("BELFRY_FENCING_TOKEN", Long.toString(context.fencingToken()));
        return environment;
    }
}
