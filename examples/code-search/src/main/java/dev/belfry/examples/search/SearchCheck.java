package dev.belfry.examples.search;

import dev.belfry.agent.CheckResult;
import dev.belfry.examples.search.corpus.Corpus;
import dev.belfry.examples.search.result.QuerySet;
import dev.belfry.examples.search.result.SearchResult;
import dev.belfry.examples.search.stage.Evaluate;
import dev.belfry.examples.search.stage.Generations;
import dev.belfry.examples.search.work.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Compares what the jobs have published with what the {@link Reference} computes, for the present corpus. */
public final class SearchCheck {
    private SearchCheck() {}

    /** Compares {@code work corpus [queries]}, prints both results, and exits 1 when they differ. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 2 || arguments.length > 3) {
            System.err.println("usage: SearchCheck WORK CORPUS [QUERIES]");
            System.exit(2);
        }
        Map<String, String> configuration = new java.util.HashMap<>();
        configuration.put(SearchSettings.WORK, arguments[0]);
        configuration.put(SearchSettings.CORPUS, arguments[1]);
        if (arguments.length == 3) {
            configuration.put(SearchSettings.QUERIES, arguments[2]);
        }
        CheckResult check = compare(SearchSettings.from(configuration).orElseThrow());
        System.out.println("reference: " + check.expected());
        System.out.println("jobs:      " + check.actual());
        System.out.println(check.explanation());
        System.exit(check.equal() ? 0 : 1);
    }

    /** Compares, with queries drawn from the corpus. */
    public static CheckResult compare(Path work, Path corpus) throws IOException {
        return compare(new SearchSettings(corpus, work, null, 0));
    }

    static CheckResult compare(SearchSettings settings) throws IOException {
        Corpus corpus = settings.openCorpus();
        QuerySet queries = settings.querySource().read();
        SearchResult expected = Reference.compute(corpus, queries);
        Optional<Manifest> published =
                settings.openWork().shard(Evaluate.NAME, 0).manifest();
        if (published.isEmpty()) {
            return new CheckResult(
                    false, expected.line(), "nothing", "not equal: the last stage has not published anything yet");
        }
        SearchResult actual = SearchResult.of(published.get().facts());
        if (actual.equals(expected)) {
            String explanation = "the index of all " + expected.documents() + " documents and the answers to all "
                    + expected.queries() + " queries are the same";
            return new CheckResult(true, expected.line(), actual.line(), explanation);
        }
        String why = settled(settings)
                ? "not equal, although all stages have reached the present corpus: this is a defect"
                : "not equal: the stages have not all reached the present corpus; let them run on and compare again";
        return new CheckResult(false, expected.line(), actual.line(), why);
    }

    static boolean settled(SearchSettings settings) throws IOException {
        return Generations.settled(
                settings.openCorpus(),
                settings.openWork(),
                settings.querySource().read());
    }
}
