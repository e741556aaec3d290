package dev.belfry.faults;

import dev.belfry.agent.Agent;
import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.Applied;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.Job;
import dev.belfry.core.journal.JournalBounds;
import dev.belfry.core.record.Paths;
import dev.belfry.core.schedule.Durations;
import dev.belfry.core.version.Author;
import dev.belfry.faults.machine.OneServer;
import dev.belfry.faults.machine.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Agents lose their sessions all the time, a thousand an hour unless told otherwise. Threads, heap, znodes and watches have to
 * stay level. Agents, client and server are in this process, so that everything can be counted.
 *
 * <p>The bounds. Threads: five more at the end than after the first quarter. Heap after a collection: half as much again, and
 * 16 MiB. Watches, and znodes but for the journals: a tenth more, and 20. Znodes of the journals are bounded by their own rule, so
 * that they may grow to {@code most} below, and no further.
 */
@Command(
        name = "churn",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = "Ends sessions of agents all the time; counts threads, heap, znodes and watches.")
public final class Churn extends Scenario {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int QUARTERS = 4;
    private static final int SHARDS = 12;
    /** Each agent runs no more at once. */
    private static final int SLOTS = 8;

    private static final String ATTEMPTS = "belfry-attempt-";
    private static final long MIB = 1 << 20;

    @Option(names = "--agents", paramLabel = "N", defaultValue = "6", description = "Default ${DEFAULT-VALUE}.")
    int agents = 6;

    @Option(
            names = "--every",
            paramLabel = "DURATION",
            defaultValue = "3600ms",
            description = "Between two ends of sessions; default ${DEFAULT-VALUE}.")
    String every = "3600ms";

    @Option(
            names = "--session-timeout",
            paramLabel = "DURATION",
            defaultValue = "3s",
            description = "Of the agents, 1s to 1m; default ${DEFAULT-VALUE}.")
    String session = "3s";

    private final List<Agent> running = new ArrayList<>();
    private final AtomicLong runs = new AtomicLong();
    private long ended;

    /**
     * What was counted at one time.
     *
     * @param threads besides those of attempts: of these there are as many as ran at once, up to the slots of the agents
     */
    private record Level(
            long ended, int threads, int attempts, long heap, int znodes, int journal, int watches, int sessions) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%5d sessions ended: %d threads and %d of attempts, %.1f MiB of heap, %d znodes and %d of the journals, %d watches, %d sessions",
                    ended,
                    threads,
                    attempts,
                    (double) heap / MIB,
                    znodes,
                    journal,
                    watches,
                    sessions);
        }
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Churn()).execute(arguments));
    }

    @Override
    String name() {
        return "churn";
    }

    @Override
    Duration usualLength() {
        return Duration.ofHours(1);
    }

    @Override
    void run(Path place) throws IOException {
        try (OneServer server = new OneServer(place.resolve("zookeeper"));
                BelfryClient client = BelfryClient.connect(server.connectString(), "churn")) {
            client.awaitConnected();
            try {
                begin(server, client);
                churn(server);
            } finally {
                running.forEach(Agent::close);
            }
        }
    }

    private void begin(OneServer server, BelfryClient client) {
        for (int i = 1; i <= agents; i++) {
            running.add(Agent.builder()
                    .zookeeper(server.connectString())
                    .namespace("churn")
                    .id("agent-" + i)
                    .sessionTimeout(Durations.parse(session))
                    .shutdownHook(false)
                    .slots(SLOTS)
                    .waitForZooKeeper(PATIENCE)
                    .handler("work", context -> runs.incrementAndGet())
                    .start());
        }
        Job job = Job.named("work").handler("work").every(Duration.ofSeconds(1)).shards(SHARDS);
        if (client.apply(job.build(), new Author(Author.Origin.OPERATOR, "faults", ""))
                instanceof Applied.Refused refused) {
            throw new IllegalStateException("the job was refused: " + refused.why());
        }
        Waiting.require("the job runs", () -> runs.get() > 3 * SHARDS, PATIENCE);
    }

    private void churn(OneServer server) {
        Random random = new Random(seed);
        Duration quarter = length().dividedBy(QUARTERS);
        List<Level> levels = new ArrayList<>();
        levels.add(look(server));
        for (int i = 0; i < QUARTERS; i++) {
            long before = runs.get();
            long deadline = System.nanoTime() + quarter.toNanos();
            while (System.nanoTime() - deadline < 0) {
                if (end(server, running.get(random.nextInt(running.size())))) {
                    ended++;
                }
                Waiting.pass(Durations.parse(every));
            }
            levels.add(look(server));
            if (runs.get() == before) {
                broke("nothing ran in quarter " + (i + 1));
            }
        }
        judge(levels.get(1), levels.get(QUARTERS));
    }

    private static boolean end(OneServer server, Agent agent) {
        Optional<String> incarnation = agent.status().incarnation();
        incarnation.ifPresent(name -> server.end(new Incarnation(name).sessionId()));
        return incarnation.isPresent();
    }

    /** Counts once all agents are back and what they had begun is over. */
    private Level look(OneServer server) {
        Waiting.require(
                "all agents are registered",
                () -> running.stream()
                        .allMatch(agent -> agent.status().incarnation().isPresent()),
                PATIENCE);
        Waiting.pass(Durations.parse(session).multipliedBy(2));
        // A session that ended by itself on a busy machine is in the server's count until it expires there; what stays
        // is counted.
        Waiting.until(
                () -> server.sessions() <= running.size() + 1,
                Durations.parse(session).multipliedBy(10));
        System.gc();
        System.gc();
        Runtime machine = Runtime.getRuntime();
        int journal = server.znodesBelow("/belfry/churn" + Paths.JOURNAL);
        Set<Thread> threads = Thread.getAllStackTraces().keySet();
        int attempts = (int) threads.stream()
                .filter(thread -> thread.getName().startsWith(ATTEMPTS))
                .count();
        Level level = new Level(
                ended,
                threads.size() - attempts,
                attempts,
                machine.totalMemory() - machine.freeMemory(),
                server.znodes() - journal,
                journal,
                server.watches(),
                server.sessions());
        say(level.toString());
        return level;
    }

    private void judge(Level first, Level last) {
        within("threads", last.threads(), first.threads() + 5L);
        within("threads of attempts", last.attempts(), (long) agents * SLOTS);
        within("bytes of heap", last.heap(), first.heap() + first.heap() / 2 + 16 * MIB);
        within("watches", last.watches(), first.watches() + first.watches() / 10 + 20);
        within("znodes without the journals", last.znodes(), first.znodes() + first.znodes() / 10 + 20);
        within("sessions", last.sessions(), first.sessions());
        // Each incarnation, living or gone, keeps at most as many entries as a term of the masters, and so do those.
        long most = (long) (JournalBounds.GONE_JOURNALS + agents + 2) * JournalBounds.TERM_ENTRIES;
        within("znodes of the journals", last.journal(), most);
    }

    private void within(String what, long found, long most) {
        if (found > most) {
            broke(what + ": " + found + " at the end, and at most " + most + " were expected");
        }
    }
}
