package dev.belfry.faults.witness;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Everything that all processes of a cluster have written down so far. Not thread-safe. */
public final class Testimony {
    private static final long SLACK_NANOS = 1_000_000_000;

    /** A file and how far it has been read. */
    private static final class Source {
        final Life life;
        final Map<Execution.Key, Execution> open = new HashMap<>();
        long offset;

        Source(Life life) {
            this.life = life;
        }
    }

    private final List<Source> sources = new ArrayList<>();
    private final List<Execution> executions = new ArrayList<>();

    /** From now on a process's evidence is read too. */
    public void add(Life life) {
        sources.add(new Source(life));
    }

    /** Reads what has been written since; a line that is not whole yet is left for later. */
    public void read() {
        for (Source source : sources) {
            if (source.life.file().toFile().exists()) {
                read(source);
            }
        }
    }

    private void read(Source source) {
        try (RandomAccessFile file = new RandomAccessFile(source.life.file().toFile(), "r")) {
            byte[] bytes = new byte[(int) (file.length() - source.offset)];
            file.seek(source.offset);
            file.readFully(bytes);
            int whole = bytes.length;
            while (whole > 0 && bytes[whole - 1] != '\n') {
                whole--;
            }
            source.offset += whole;
            String text = new String(Arrays.copyOf(bytes, whole), StandardCharsets.UTF_8);
            text.lines().forEach(line -> take(source, line.split(" ")));
        } catch (IOException e) {
            throw new UncheckedIOException("evidence cannot be read", e);
        }
    }

    private void take(Source source, String[] words) {
        if (words[0].equals("L")) {
            source.life.lease(Long.parseLong(words[1]), Long.parseLong(words[2]));
            return;
        }
        Execution.Key key = new Execution.Key(words[1], words[2], Long.parseLong(words[3]), Long.parseLong(words[4]));
        long nanos = Long.parseLong(words[5]);
        switch (words[0]) {
            case "S" -> {
                boolean leased = Long.parseLong(words[6]) > 0;
                Execution execution = new Execution(source.life, key, nanos, leased, Integer.parseInt(words[8]));
                source.open.put(key, execution);
                executions.add(execution);
            }
            case "K" -> begun(source, key).stepped(Integer.parseInt(words[6]));
            case "E" -> {
                begun(source, key).ended(nanos, words[7].equals("ok") ? Execution.End.OK : Execution.End.CANCELLED);
                source.open.remove(key);
            }
            default -> throw new IllegalStateException("not evidence: " + String.join(" ", words));
        }
    }

    private static Execution begun(Source source, Execution.Key key) {
        return Optional.ofNullable(source.open.get(key))
                .orElseThrow(() -> new IllegalStateException("no beginning of " + key + " in " + source.life.file()));
    }

    /** All attempts, by process and in the order in which they began there. */
    public List<Execution> executions() {
        return List.copyOf(executions);
    }

    /** Whether an attempt of a process has begun and not ended, as far as it has been read. */
    public boolean inFlight(Life life) {
        return sources.stream().anyMatch(source -> source.life == life && !source.open.isEmpty());
    }

    /**
     * Whether every shard of {@link Jobs#SECOND} has begun a fire that was due after {@code due}.
     *
     * @param due in milliseconds of the epoch
     */
    public boolean allFiring(long due) {
        Set<String> shards = new HashSet<>();
        for (Execution execution : executions) {
            if (execution.key().job().equals(Jobs.SECOND) && execution.key().due() > due) {
                shards.add(execution.key().shard());
            }
        }
        return shards.size() == Jobs.SHARDS;
    }

    /**
     * How late fires of {@link Jobs#SECOND} began.
     *
     * @param most of the latest, in nanoseconds
     * @param over when the last one that was late by more than a second began, by the monotonic clock; {@link Long#MIN_VALUE}
     *     if none was
     */
    public record Lateness(long most, long over) {}

    /**
     * How late fires of {@link Jobs#SECOND} began, among those due in [{@code from}, {@code until}); of a fire that was run
     * again, its first attempt counts.
     *
     * @param from in milliseconds of the epoch
     * @param until likewise
     * @param zero what the monotonic clock showed, or would have shown, at the epoch, in nanoseconds
     */
    public Lateness lateness(long from, long until, long zero) {
        Map<String, Execution> firsts = new HashMap<>();
        for (Execution execution : executions) {
            Execution.Key key = execution.key();
            if (key.job().equals(Jobs.SECOND) && key.due() >= from && key.due() < until) {
                firsts.merge(
                        key.shard() + '@' + key.due(),
                        execution,
                        (one, other) -> one.start() < other.start() ? one : other);
            }
        }
        long most = 0;
        long over = Long.MIN_VALUE;
        for (Execution execution : firsts.values()) {
            long late = execution.start() - zero - execution.key().due() * 1_000_000;
            most = Math.max(most, late);
            over = late > SLACK_NANOS ? Math.max(over, execution.start()) : over;
        }
        return new Lateness(most, over);
    }
}
