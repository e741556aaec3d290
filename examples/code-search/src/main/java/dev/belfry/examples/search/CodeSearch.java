package dev.belfry.examples.search;

import dev.belfry.agent.CheckResult;
import dev.belfry.agent.JobHandler;
import dev.belfry.agent.JobHandlerProvider;
import dev.belfry.examples.search.result.SearchResult;
import dev.belfry.examples.search.stage.Evaluate;
import dev.belfry.examples.search.stage.Index;
import dev.belfry.examples.search.stage.Recommend;
import dev.belfry.examples.search.stage.Tokenise;
import dev.belfry.examples.search.work.WorkDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The code-search example: four jobs that build a search engine over a folder of text and measure it.
 *
 * <p>Its configuration: {@code corpus}, the folder (without it the example is not there); {@code work}, the folder that
 * all agents share; {@code queries}, optionally a file of queries; {@code batch}, optionally how many files a shard
 * tokenises in one run at most. Thread-safe.
 */
public final class CodeSearch implements JobHandlerProvider {
    private static final String DEFINITIONS = "jobs.yaml";
    private static final String WORKFLOW = "workflow.yaml";

    @Override
    public Map<String, JobHandler> handlers(Map<String, String> configuration) {
        Map<String, JobHandler> handlers = new LinkedHashMap<>();
        SearchSettings.from(configuration).ifPresent(settings -> {
            WorkDirectory work = settings.openWork();
            Tokenise tokenise = new Tokenise(settings.openCorpus(), work, InstantSource.system(), settings.batch());
            handlers.put(Tokenise.NAME, new StageHandler(tokenise));
            handlers.put(Index.NAME, new StageHandler(new Index(work)));
            handlers.put(Recommend.NAME, new StageHandler(new Recommend(work, settings.querySource())));
            handlers.put(
                    Evaluate.NAME,
                    new StageHandler(
                            new Evaluate(work),
                            () -> work.shard(Evaluate.NAME, 0)
                                    .manifest()
                                    .map(manifest ->
                                            SearchResult.of(manifest.facts()).json())));
        });
        return handlers;
    }

    @Override
    public Optional<String> definitions(Map<String, String> configuration) {
        return SearchSettings.from(configuration).map(settings -> resource(DEFINITIONS));
    }

    @Override
    public Optional<String> status(Map<String, String> configuration) {
        return SearchSettings.from(configuration)
                .map(settings -> reading(() -> SearchStatus.line(settings.openWork())));
    }

    @Override
    public Optional<CheckResult> check(Map<String, String> configuration) {
        return SearchSettings.from(configuration).map(settings -> reading(() -> SearchCheck.compare(settings)));
    }

    @Override
    public boolean settled(Map<String, String> configuration) {
        return SearchSettings.from(configuration)
                .map(settings -> reading(() -> SearchCheck.settled(settings)))
                .orElse(true);
    }

    /** The definitions of the same stages as a workflow, which runs at night and on demand. */
    public static String workflow() {
        return resource(WORKFLOW);
    }

    private static String resource(String name) {
        return reading(() -> {
            try (InputStream stream = CodeSearch.class.getResourceAsStream(name)) {
                if (stream == null) {
                    throw new IllegalStateException(name + " is missing from the jar of the example");
                }
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            }
        });
    }

    @FunctionalInterface
    private interface Reading<T> {
        T read() throws IOException;
    }

    private static <T> T reading(Reading<T> reading) {
        try {
            return reading.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
