package dev.belfry.console.up;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.CheckResult;
import dev.belfry.agent.JobHandlerProvider;
import dev.belfry.core.job.Definitions;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.ParsedDefinitions;
import dev.belfry.core.job.QueueRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What runs in the cluster of {@code belfry up}: the handlers found on the class path with their jobs, or a file's jobs. */
final class Example {
    private static final Duration SETTLE = Duration.ofSeconds(60);

    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<JobHandlerProvider> providers = new ArrayList<>();
    private final List<JobDefinition> definitions = new ArrayList<>();

    private Map<String, QueueRules> queues = Map.of();
    private Map<String, Integer> pools = Map.of();

    private Example() {}

    /**
     * The definitions in a file.
     *
     * @throws IllegalArgumentException if they are not valid, with every error
     */
    static Example of(Path jobs) throws IOException {
        Example example = new Example();
        ParsedDefinitions parsed = parsed(jobs.toString(), Files.readString(jobs));
        example.definitions.addAll(parsed.jobs());
        example.queues = parsed.queues();
        example.pools = parsed.pools();
        return example;
    }

    /**
     * The example on the text files below {@code corpus}.
     *
     * @param work where it keeps its files
     * @param queries a file of queries, or null for its own
     * @throws IllegalArgumentException if it cannot be had, saying what to give instead
     */
    static Example of(Path corpus, Path work, @Nullable Path queries) {
        Example example = new Example();
        example.settings.put("corpus", corpus.toAbsolutePath().toString());
        example.settings.put("work", work.toString());
        if (queries != null) {
            example.settings.put("queries", queries.toAbsolutePath().toString());
        }
        ServiceLoader.load(JobHandlerProvider.class).forEach(example.providers::add);
        for (JobHandlerProvider provider : example.providers) {
            provider.definitions(example.settings)
                    .ifPresent(yaml -> example.definitions.addAll(
                            parsed(provider.getClass().getSimpleName() + ".yaml", yaml)
                                    .jobs()));
        }
        if (example.definitions.isEmpty()) {
            throw new IllegalArgumentException(
                    "the example is not on the class path; run ./belfry from a checkout, or give --jobs FILE");
        }
        return example;
    }

    private static ParsedDefinitions parsed(String name, String text) {
        ParsedDefinitions parsed = Definitions.parse(name, text);
        if (!parsed.isValid()) {
            StringBuilder message = new StringBuilder("the definitions are not valid:");
            parsed.errors().forEach(error -> message.append("\n  ").append(error.render()));
            throw new IllegalArgumentException(message.toString());
        }
        return parsed;
    }

    List<JobDefinition> definitions() {
        return List.copyOf(definitions);
    }

    /** Declares the queues and pools of the file, if it has any. */
    void declare(BelfryClient client, String author) {
        if (!queues.isEmpty() || !pools.isEmpty()) {
            client.changeQueueRules(rules -> rules.with(queues, pools, author));
        }
    }

    /** What each agent is told of the handlers' configuration. */
    Map<String, String> settings() {
        return settings;
    }

    /** Whether agents that are told these settings find a handler on their class path. */
    boolean hasHandlers() {
        return ServiceLoader.load(JobHandlerProvider.class).stream()
                .anyMatch(provider -> !provider.get().handlers(settings).isEmpty());
    }

    /** How far the handlers say they are, a line each. */
    List<String> status() {
        return providers.stream()
                .flatMap(provider -> provider.status(settings).stream())
                .toList();
    }

    /**
     * Lets every stage reach one result and compares it with a single process's; whether they are equal.
     *
     * @param noMore whether there is nobody left who could bring the stages further
     */
    boolean settleAndCheck(Progress progress, BooleanSupplier noMore) {
        progress.say("letting every stage reach one result, " + SETTLE.toSeconds() + " s at most");
        long deadline = System.nanoTime() + SETTLE.toNanos();
        while (!settled() && System.nanoTime() - deadline < 0 && !progress.isInterrupted() && !noMore.getAsBoolean()) {
            progress.pause(Duration.ofMillis(500));
        }
        if (!settled()) {
            progress.say("the stages have not reached one result; what there is is compared all the same");
        }
        boolean equal = true;
        boolean any = false;
        for (JobHandlerProvider provider : providers) {
            Optional<CheckResult> result = provider.check(settings);
            if (result.isPresent()) {
                any = true;
                equal &= result.get().equal();
                progress.say("cluster:        " + result.get().actual());
                progress.say("single process: " + result.get().expected());
                progress.say((result.get().equal() ? "equal: " : "DIFFERENT: ")
                        + result.get().explanation());
            }
        }
        return any && equal;
    }

    private boolean settled() {
        return providers.stream().allMatch(provider -> provider.settled(settings));
    }
}
