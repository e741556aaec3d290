package dev.belfry.examples.search.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.examples.search.Reference;
import dev.belfry.examples.search.corpus.Corpus;
import dev.belfry.examples.search.result.QuerySet;
import dev.belfry.examples.search.result.SearchResult;
import dev.belfry.examples.search.stage.Engine.Unit;
import dev.belfry.examples.search.stage.ScriptedAttempt.Killed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stages give the result of the single-process reference, whatever happens to their attempts on the way. */
class EngineTest {
    private static final int FILES = 50;

    @TempDir
    Path folder;

    private final AtomicInteger failed = new AtomicInteger();
    private long token;

    @Test
    void stagesRunInOrderGiveTheResultOfTheReference() throws IOException {
        new SmallCorpus(corpus(), 1, FILES);
        Engine engine = new Engine(corpus(), folder.resolve("work"));
        settle(engine, new Random(1), Engine.units());
        SearchResult expected = reference();
        assertThat(engine.result()).isEqualTo(expected);
        assertThat(expected.documents()).isEqualTo(FILES);
        assertThat(expected.judged()).isPositive();
    }

    @Test
    void resultDoesNotDependOnTheNumbersOfShards() throws IOException {
        new SmallCorpus(corpus(), 2, FILES);
        Engine engine = new Engine(corpus(), folder.resolve("work"));
        settle(engine, new Random(2), Engine.units());
        SearchResult before = engine.result();
        settle(engine, new Random(2), Engine.units(3, 5, 1));
        assertThat(engine.result()).isEqualTo(before).isEqualTo(reference());
        settle(engine, new Random(2), Engine.units(1, 11, 7));
        assertThat(engine.result()).isEqualTo(before);
    }

    @Test
    void settledEngineDoesNothingUntilTheCorpusChanges() throws IOException {
        new SmallCorpus(corpus(), 3, FILES);
        Engine engine = new Engine(corpus(), folder.resolve("work"));
        settle(engine, new Random(3), Engine.units());
        for (Unit unit : Engine.units()) {
            assertThat(engine.run(unit, new ScriptedAttempt(++token))).isInstanceOf(Outcome.Unchanged.class);
        }
        Files.writeString(corpus().resolve("new.txt"), "A file that was not there before. Zyzzyva.");
        assertThat(engine.settled()).isFalse();
        SearchResult before = engine.result();
        settle(engine, new Random(3), Engine.units());
        assertThat(engine.result().documents()).isEqualTo(before.documents() + 1);
        assertThat(engine.result()).isEqualTo(reference());
    }

    @Test
    void emptyCorpusHasAResult() throws IOException {
        Files.createDirectories(corpus());
        Engine engine = new Engine(corpus(), folder.resolve("work"));
        settle(engine, new Random(4), Engine.units());
        assertThat(engine.result()).isEqualTo(reference());
        assertThat(engine.result().meanReciprocalRank()).isEqualTo("none");
    }

    @Test
    void attemptKilledAtAnyStepLeavesAStateFromWhichTheNextOneFinishes() throws IOException {
        new SmallCorpus(corpus(), 5, 24);
        Engine clean = new Engine(corpus(), folder.resolve("clean"));
        List<Unit> units = Engine.units(2, 2, 1);
        settle(clean, new Random(5), units);
        Path work = folder.resolve("work");
        int kills = 0;
        for (Unit unit : units) {
            int step = 1;
            Optional<Outcome> outcome = Optional.empty();
            while (outcome.filter(Outcome.Unchanged.class::isInstance).isEmpty()) {
                outcome = killedAt(new Engine(corpus(), work), unit, step);
                kills += outcome.isEmpty() ? 1 : 0;
                step = outcome.isEmpty() ? step + 1 : 1;
            }
        }
        assertThat(kills).as("kills").isGreaterThan(100);
        Engine after = new Engine(corpus(), work);
        assertThat(after.settled()).isTrue();
        assertThat(after.published(units)).isEqualTo(clean.published(units));
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
    void anyOrderKillsStaleWritersAndEditsGiveTheResultOfTheReference(long seed) throws IOException {
        Random random = new Random(seed);
        SmallCorpus sources = new SmallCorpus(corpus(), seed, FILES);
        Chaos chaos = new Chaos(random, sources);
        for (int i = 0; i < 400; i++) {
            chaos.step();
        }
        Engine last = new Engine(corpus(), folder.resolve("work"));
        settle(last, random, Engine.units());
        assertThat(last.result()).as("seed %d", seed).isEqualTo(reference());
        Engine clean = new Engine(corpus(), folder.resolve("clean"));
        settle(clean, random, Engine.units());
        assertThat(last.published(Engine.units())).as("seed %d", seed).isEqualTo(clean.published(Engine.units()));
        assertThat(generations())
                .as("seed %d", seed)
                .allSatisfy(count -> assertThat(count).isLessThanOrEqualTo(2));
        assertThat(chaos.kills).as("the test killed something").isPositive();
        assertThat(chaos.overtakings).as("the test overtook something").isPositive();
    }

    @Test
    void processesAtWorkOnTheSameShardsAtTheSameTimeGiveTheResultOfTheReference() throws Exception {
        SmallCorpus sources = new SmallCorpus(corpus(), 21, FILES);
        AtomicLong tokens = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<?>> loops = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Random random = new Random(21 + i);
                loops.add(threads.submit(() -> runAtRandom(random, tokens)));
            }
            for (int i = 0; i < 20; i++) {
                sources.change();
            }
            for (Future<?> loop : loops) {
                loop.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        token = tokens.get();
        Engine last = new Engine(corpus(), folder.resolve("work"));
        settle(last, new Random(21), Engine.units());
        assertThat(last.result()).isEqualTo(reference());
        assertThat(failed.get()).as("attempts that were overtaken").isLessThan(300);
    }

    private void runAtRandom(Random random, AtomicLong tokens) {
        Engine process = new Engine(corpus(), folder.resolve("work"));
        for (int i = 0; i < 200; i++) {
            Unit unit = Engine.units().get(random.nextInt(Engine.units().size()));
            try {
                process.run(unit, new ScriptedAttempt(tokens.incrementAndGet()));
            } catch (IOException e) {
                // Overtaken by one of the others: an attempt that fails publishes nothing.
                failed.incrementAndGet();
            }
        }
    }

    /** Attempts of three processes at random: some killed, some overtaken half-way by an attempt with a newer token. */
    private final class Chaos {
        private final Random random;
        private final SmallCorpus sources;
        private final List<Engine> processes = new ArrayList<>();
        private final Map<Unit, Optional<byte[]>> checkpoints = new HashMap<>();
        private int kills;
        private int overtakings;

        Chaos(Random random, SmallCorpus sources) {
            this.random = random;
            this.sources = sources;
            for (int i = 0; i < 3; i++) {
                processes.add(new Engine(corpus(), folder.resolve("work")));
            }
        }

        void step() throws IOException {
            Unit unit = Engine.units().get(random.nextInt(Engine.units().size()));
            Engine process = processes.get(random.nextInt(3));
            ScriptedAttempt attempt = new ScriptedAttempt(++token).from(checkpoint(unit));
            boolean[] overtaken = {false};
            if (random.nextInt(3) == 0) {
                attempt.interruptedAt(1 + random.nextInt(30), () -> {
                    overtaken[0] = true;
                    overtake(unit);
                });
            }
            if (random.nextInt(3) == 0) {
                attempt.killedAt(1 + random.nextInt(30));
            }
            try {
                process.run(unit, attempt);
            } catch (Killed e) {
                kills++;
            } catch (IOException e) {
                // A newer owner may refuse this attempt or clear its leftovers away; nothing else may fail.
                if (!overtaken[0]) {
                    throw e;
                }
                overtakings++;
            }
            checkpoints.put(unit, attempt.checkpoint());
            if (random.nextInt(12) == 0) {
                sources.change();
            }
        }

        private Optional<byte[]> checkpoint(Unit unit) {
            return random.nextBoolean() ? checkpoints.getOrDefault(unit, Optional.empty()) : Optional.empty();
        }

        private void overtake(Unit unit) {
            try {
                if (random.nextBoolean()) {
                    sources.change();
                }
                processes.get(random.nextInt(3)).run(unit, new ScriptedAttempt(++token));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Optional<Outcome> killedAt(Engine engine, Unit unit, int step) throws IOException {
        try {
            return Optional.of(engine.run(unit, new ScriptedAttempt(++token).killedAt(step)));
        } catch (Killed e) {
            return Optional.empty();
        }
    }

    /** Runs all units in random orders until nothing is left to do; four stages and six batches bound it. */
    private void settle(Engine engine, Random random, List<Unit> units) throws IOException {
        List<Unit> order = new ArrayList<>(units);
        for (int round = 0; round < 40 && !(engine.settled() && hasShards(engine, units)); round++) {
            Collections.shuffle(order, random);
            for (Unit unit : order) {
                engine.run(unit, new ScriptedAttempt(++token));
            }
        }
        assertThat(engine.settled()).isTrue();
    }

    private static boolean hasShards(Engine engine, List<Unit> units) throws IOException {
        for (Unit unit : units) {
            if (engine.work.shard(unit.stage(), 0).manifest().orElseThrow().shards() != unit.shards()) {
                return false;
            }
        }
        return true;
    }

    private List<Long> generations() throws IOException {
        List<Long> counts = new ArrayList<>();
        for (Unit unit : Engine.units()) {
            Path home = folder.resolve("work").resolve(unit.stage()).resolve(Integer.toString(unit.shard()));
            try (Stream<Path> children = Files.list(home)) {
                counts.add(
                        children.filter(child -> child.getFileName().toString().length() == 64)
                                .count());
            }
        }
        return counts;
    }

    private SearchResult reference() throws IOException {
        return Reference.compute(new Corpus(corpus()), QuerySet.knownItems());
    }

    private Path corpus() {
        return folder.resolve("corpus");
    }
}
