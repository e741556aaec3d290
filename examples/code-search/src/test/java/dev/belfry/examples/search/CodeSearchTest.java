package dev.belfry.examples.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.agent.CheckResult;
import dev.belfry.agent.JobHandler;
import dev.belfry.agent.JobHandlerProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example as the command line sees it. */
class CodeSearchTest {
    private static final Map<String, Integer> SHARDS = new LinkedHashMap<>();

    static {
        SHARDS.put("tokenise", 8);
        SHARDS.put("index", 8);
        SHARDS.put("recommend", 4);
        SHARDS.put("evaluate", 1);
    }

    @TempDir
    Path folder;

    private JobHandlerProvider provider;
    private Map<String, String> configuration;
    private Path corpus;
    private long token;

    @BeforeEach
    void threeFiles() throws IOException {
        provider = ServiceLoader.load(JobHandlerProvider.class).findFirst().orElseThrow();
        corpus = Files.createDirectories(folder.resolve("corpus"));
        write("Lock.java", "/** A lock that many machines share. */\npublic interface Lock {}\n");
        write("Queue.java", "/** A queue whose entries outlive their machine. */\npublic interface Queue {}\n");
        write("notes.txt", "These notes mention the lock and the queue in passing.\n");
        configuration = Map.of(
                "corpus", corpus.toString(), "work", folder.resolve("work").toString());
    }

    @Test
    void withoutACorpusTheExampleIsNotThere() {
        assertThat(provider.handlers(Map.of())).isEmpty();
        assertThat(provider.definitions(Map.of())).isEmpty();
        assertThat(provider.status(Map.of())).isEmpty();
        assertThat(provider.check(Map.of())).isEmpty();
        assertThat(provider.settled(Map.of())).isTrue();
    }

    @Test
    void everyDefinedJobHasItsHandler() {
        String yaml = provider.definitions(configuration).orElseThrow();
        assertThat(yaml).startsWith("apiVersion: belfry/v1\n");
        assertThat(yaml.lines()
                        .filter(line -> line.startsWith("  - name: "))
                        .map(line -> line.substring("  - name: ".length())))
                .containsExactlyElementsOf(provider.handlers(configuration).keySet())
                .containsExactlyElementsOf(SHARDS.keySet());
        assertThat(yaml.lines()
                        .filter(line -> line.startsWith("    shards: "))
                        .map(line -> Integer.valueOf(line.substring("    shards: ".length()))))
                .containsExactlyElementsOf(SHARDS.values());
    }

    @Test
    void runJobsGiveTheResultOfTheReference() throws Exception {
        assertThat(provider.check(configuration).orElseThrow().equal()).isFalse();
        settle();
        CheckResult check = provider.check(configuration).orElseThrow();
        assertThat(check.actual()).isEqualTo(check.expected()).contains("documents=3", "queries=3", "mrr=1.000000");
        assertThat(check.equal()).isTrue();
        assertThat(check.explanation()).startsWith("the index of all");
    }

    @Test
    void changedCorpusIsNotEqualUntilTheJobsHaveRunAgain() throws Exception {
        settle();
        write("More.java", "/** A barrier at which all machines wait. */\npublic interface More {}\n");
        CheckResult check = provider.check(configuration).orElseThrow();
        assertThat(check.equal()).isFalse();
        assertThat(check.explanation()).contains("not all reached the present corpus");
        settle();
        assertThat(provider.check(configuration).orElseThrow().equal()).isTrue();
    }

    @Test
    void ownQueriesAreAskedAndScored() throws Exception {
        Path queries = Files.writeString(folder.resolve("queries"), "lock\tnotes.txt\nqueue\nnowhere\tLock.java\n");
        configuration = new LinkedHashMap<>(configuration);
        configuration.put("queries", queries.toString());
        settle();
        CheckResult check = provider.check(configuration).orElseThrow();
        assertThat(check.equal()).isTrue();
        // The notes come second, after the shorter file; the other judged query finds nothing: (1/2 + 0) / 2.
        assertThat(check.actual()).contains("queries=3", "mrr=0.250000");
        Files.writeString(queries, "lock\tLock.java\n");
        assertThat(provider.settled(configuration)).isFalse();
        settle();
        assertThat(provider.check(configuration).orElseThrow().actual()).contains("queries=1", "mrr=1.000000");
    }

    @Test
    void statusTellsHowFarTheStagesAre() throws Exception {
        assertThat(provider.status(configuration).orElseThrow())
                .isEqualTo("tokenise not yet · index not yet · recommend not yet · evaluate not yet");
        settle();
        assertThat(provider.status(configuration).orElseThrow())
                .startsWith("tokenise 8/8 slices, 3 files · index ")
                .contains("3 documents", "MRR 1.000000");
    }

    @Test
    void cancelledAttemptPublishesNothing() {
        JobHandler tokenise = provider.handlers(configuration).get("tokenise");
        assertThatThrownBy(() -> tokenise.run(new RecordedContext("tokenise", 0, 1, 1, true)))
                .isInstanceOf(CancellationException.class);
        assertThat(folder.resolve("work/tokenise/0/manifest")).doesNotExist();
    }

    @Test
    void handlerTellsItsProgress() throws Exception {
        RecordedContext context = new RecordedContext("index", 0, 8, 1, false);
        provider.handlers(configuration).get("index").run(context);
        assertThat(context.progress).containsExactly("not all slices of the corpus are tokenised yet");
    }

    @Test
    void settingThatCannotBeUsedIsNamed() {
        assertRefused(Map.of("corpus", folder.resolve("missing").toString(), "work", "w"), "corpus: ", "not a folder");
        assertRefused(Map.of("corpus", corpus.toString()), "work: missing");
        assertRefused(
                Map.of("corpus", corpus.toString(), "work", corpus.resolve("w").toString()), "one within the other");
        assertRefused(
                Map.of(
                        "corpus",
                        corpus.toString(),
                        "work",
                        corpus.resolve("Lock.java").toString()),
                "is a file");
        assertRefused(with("queries", folder.resolve("missing").toString()), "queries: ", "cannot be read");
        assertRefused(with("batch", "many"), "batch: 'many'");
        assertRefused(with("batch", "-1"), "batch: -1");
    }

    private Map<String, String> with(String key, String value) {
        Map<String, String> changed = new LinkedHashMap<>(configuration);
        changed.put(key, value);
        return changed;
    }

    private void assertRefused(Map<String, String> refused, String... words) {
        assertThatThrownBy(() -> provider.handlers(refused))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(words);
    }

    private void settle() throws Exception {
        Map<String, JobHandler> handlers = provider.handlers(configuration);
        for (int round = 0; round < 10 && !provider.settled(configuration); round++) {
            for (Map.Entry<String, Integer> job : SHARDS.entrySet()) {
                for (int shard = 0; shard < job.getValue(); shard++) {
                    handlers.get(job.getKey())
                            .run(new RecordedContext(job.getKey(), shard, job.getValue(), ++token, false));
                }
            }
        }
        assertThat(provider.settled(configuration)).isTrue();
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(corpus.resolve(name), text);
    }
}
