package dev.belfry.examples.search.stage;

import dev.belfry.examples.search.corpus.Corpus;
import dev.belfry.examples.search.result.QuerySet;
import dev.belfry.examples.search.result.SearchResult;
import dev.belfry.examples.search.work.Manifest;
import dev.belfry.examples.search.work.WorkDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The four stages as one process holds them, over a work directory that several may share. */
final class Engine {
    /** A shard of a stage. */
    record Unit(String stage, int shard, int shards) {}

    final WorkDirectory work;
    private final Path workFolder;
    private final Corpus corpus;
    private final Map<String, Stage> stages = new TreeMap<>();

    Engine(Path corpusFolder, Path workFolder) {
        this.workFolder = workFolder;
        this.corpus = new Corpus(corpusFolder);
        this.work = new WorkDirectory(workFolder);
        // Files written now are younger than this clock, so every look reads them: changes within one tick count.
        stages.put(Tokenise.NAME, new Tokenise(corpus, work, () -> Instant.EPOCH, 2));
        stages.put(Index.NAME, new Index(work));
        stages.put(Recommend.NAME, new Recommend(work, QuerySet::knownItems));
        stages.put(Evaluate.NAME, new Evaluate(work));
    }

    static List<Unit> units() {
        return units(8, 8, 4);
    }

    static List<Unit> units(int tokenise, int index, int recommend) {
        List<Unit> units = new ArrayList<>();
        Map<String, Integer> shards = new java.util.LinkedHashMap<>();
        shards.put(Tokenise.NAME, tokenise);
        shards.put(Index.NAME, index);
        shards.put(Recommend.NAME, recommend);
        shards.put(Evaluate.NAME, 1);
        shards.forEach((stage, count) -> {
            for (int shard = 0; shard < count; shard++) {
                units.add(new Unit(stage, shard, count));
            }
        });
        return units;
    }

    Outcome run(Unit unit, Attempt attempt) throws IOException {
        return stages.get(unit.stage()).run(unit.shard(), unit.shards(), attempt);
    }

    boolean settled() throws IOException {
        return Generations.settled(corpus, work, QuerySet.knownItems());
    }

    SearchResult result() throws IOException {
        return SearchResult.of(
                work.shard(Evaluate.NAME, 0).manifest().orElseThrow().facts());
    }

    /** The bytes of all current generations by path. */
    Map<String, String> published(List<Unit> units) throws IOException {
        Map<String, String> files = new TreeMap<>();
        for (Unit unit : units) {
            Manifest manifest =
                    work.shard(unit.stage(), unit.shard()).manifest().orElseThrow();
            Path folder = work.shard(unit.stage(), unit.shard()).generation(manifest.input());
            try (Stream<Path> children = Files.list(folder)) {
                for (Path file : children.toList()) {
                    String content = Files.readString(file, StandardCharsets.UTF_8);
                    files.put(workFolder.relativize(file).toString(), content);
                }
            }
        }
        return files;
    }
}
