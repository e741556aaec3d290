package dev.belfry.examples.search.stage;

import dev.belfry.examples.search.result.Answer;
import dev.belfry.examples.search.result.SearchResult;
import dev.belfry.examples.search.result.Tally;
import dev.belfry.examples.search.work.Durable;
import dev.belfry.examples.search.work.Manifest;
import dev.belfry.examples.search.work.ShardDirectory;
import dev.belfry.examples.search.work.UpstreamReplacedException;
import dev.belfry.examples.search.work.WorkDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The last stage, of one shard: scores the answers and sums the whole index up. */
public final class Evaluate implements Stage {
    /** The stage's folder in the work directory. */
    public static final String NAME = "evaluate";

    private static final String REPORT = "report";

    private final WorkDirectory work;

    /** @param work where index and answers are, and the report goes */
    public Evaluate(WorkDirectory work) {
        this.work = work;
    }

    @Override
    public Outcome run(int shard, int shards, Attempt attempt) throws IOException {
        ShardDirectory home = work.shard(NAME, shard);
        Optional<Manifest> current = home.claim(attempt.token());
        Optional<List<Manifest>> answers = work.agreed(Recommend.NAME);
        if (answers.isEmpty()) {
            return new Outcome.Waiting("the answers are not all of one generation yet");
        }
        Manifest first = answers.get().get(0);
        if (current.filter(m -> m.input().equals(first.input())).isPresent() && home.holds(first.input())) {
            return new Outcome.Unchanged(first.input());
        }
        SearchResult result;
        try {
            result = sumUp(answers.get(), attempt);
        } catch (UpstreamReplacedException e) {
            return new Outcome.Waiting(e.getMessage() + "; the next run takes that");
        }
        Path folder = home.temporary(attempt.token());
        attempt.proceed();
        Files.createDirectory(folder);
        Durable.create(folder.resolve(REPORT), text -> {
            for (Map.Entry<String, String> fact : result.facts().entrySet()) {
                text.append(fact.getKey()).append('=').append(fact.getValue()).append('\n');
            }
        });
        attempt.proceed();
        home.place(folder, first.input());
        attempt.proceed();
        home.publish(attempt.token(), shards, first.input(), result.facts());
        return new Outcome.Published(first.input(), result.line());
    }

    private SearchResult sumUp(List<Manifest> answers, Attempt attempt) throws IOException {
        Manifest first = answers.get(0);
        IndexReader index =
                IndexReader.of(work, first.fact(Recommend.INDEX), (int) first.number(Recommend.INDEX_SHARDS));
        Tally tally = new Tally();
        index.documents().forEach(tally::document);
        try (TermMerge terms = index.terms()) {
            terms.forEach((term, postings) -> {
                attempt.proceed();
                tally.term(term, postings.size());
                for (int i = 0; i < postings.size(); i++) {
                    tally.posting(postings.document(i), postings.frequency(i));
                }
            });
        }
        Map<Integer, Answer> byOrdinal = new TreeMap<>();
        for (int shard = 0; shard < answers.size(); shard++) {
            Path folder = work.shard(Recommend.NAME, shard).generation(first.input());
            try (BufferedReader reader = Durable.open(folder.resolve(Recommend.ANSWERS))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    Answer answer = Answer.parse(line);
                    byOrdinal.put(answer.ordinal(), answer);
                }
            }
        }
        byOrdinal.values().forEach(tally::answer);
        return tally.result();
    }
}
