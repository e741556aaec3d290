package dev.belfry.bench.worker;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * What an agent is to do, from {@code name=value} words; the same for every scheduler.
 *
 * <p>Uses nothing but the JDK, because it runs inside the peers' processes as well.
 */
public final class WorkerArguments {
    private final Map<String, String> values = new HashMap<>();

    /** @throws IllegalArgumentException if a word has no {@code =} */
    public WorkerArguments(String[] words) {
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("not name=value: " + word);
            }
            values.put(word.substring(0, equals), word.substring(equals + 1));
        }
    }

    private String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + "= is missing");
        }
        return value;
    }

    private int number(String name) {
        return Integer.parseInt(text(name));
    }

    /** Address of the store: {@code host:port} of ZooKeeper, or a JDBC URL. */
    public String store() {
        return text("store");
    }

    /** Name of this agent. */
    public String agent() {
        return text("agent");
    }

    /** Where the handlers note their fires. */
    public Path log() {
        return Path.of(text("log"));
    }

    public int jobs() {
        return number("jobs");
    }

    /** Shards of each job; 1 for schedulers that have none. */
    public int shards() {
        return number("shards");
    }

    /** Seconds between two fires of a job; 0 for jobs that do not fire in the time of a measurement. */
    public int period() {
        return number("period");
    }

    /** Whether the jobs are due evenly over the period, and not all at its beginning. */
    public boolean spread() {
        return Boolean.parseBoolean(text("spread"));
    }

    /** For how long the job code runs. */
    public Duration body() {
        return Duration.ofMillis(number("body"));
    }

    /**
     * How soon the others are to notice that this agent is gone: a session time-out, or what comes nearest to it. Zero for the
     * scheduler's own default. Where it is given, the loss of agents is what is measured, and the peers' ways of taking over
     * are to be on.
     */
    public Duration session() {
        return Duration.ofMillis(number("session"));
    }

    /** Whether this agent runs no jobs and is there to become master alone. */
    public boolean standby() {
        return Boolean.parseBoolean(text("standby"));
    }

    /** How many runs an agent takes at once, where that is asked for. */
    public int slots() {
        return number("slots");
    }

    /** Whether this process submits runs, and takes none. */
    public boolean submits() {
        return Boolean.parseBoolean(text("submits"));
    }

    /** Whether a scheduler is set up for this load, and not as it comes. */
    public boolean tuned() {
        return Boolean.parseBoolean(text("tuned"));
    }

    /** Whether this agent registers the jobs; the others do so only where every agent has to. */
    public boolean registers() {
        return Boolean.parseBoolean(text("registers"));
    }

    /** For how many shards of its own an agent of Belfry waits before it is ready. */
    public int waitsFor() {
        return number("waits-for");
    }

    /** How much later than at the beginning of the period a job is due. */
    public Duration offset(int job) {
        return spread() ? Duration.ofNanos(Math.max(1, period()) * 1_000_000_000L / jobs() * job) : Duration.ZERO;
    }

    /** The first instant after a while from which a job can be due on every scheduler. */
    public Instant firstDue(int job, Instant now) {
        long seconds = now.getEpochSecond() + 3;
        int period = Math.max(1, period());
        return Instant.ofEpochSecond((seconds / period + 1) * period).plus(offset(job));
    }

    /** The last instant at which a job was due, at or before {@code at}. */
    public Instant lastDue(int job, Instant at) {
        if (period() == 0) {
            return at;
        }
        long nanos = Duration.between(Instant.EPOCH.plus(offset(job)), at).toNanos();
        return at.minusNanos(Math.floorMod(nanos, period() * 1_000_000_000L));
    }
}
