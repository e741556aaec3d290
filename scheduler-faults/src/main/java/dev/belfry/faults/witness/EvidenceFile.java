package dev.belfry.faults.witness;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Where one process writes what its jobs do, a line for each event: a letter, then words separated by blanks. What begins and
 * what ends is forced to the disk before the handler goes on. Thread-safe.
 *
 * <pre>
 * S job shard due token nanos lease attempt step   an attempt begins, at this step of its checkpoint
 * K job shard due token nanos step                 it leaves a checkpoint
 * E job shard due token nanos lease ok|cancelled   it ends
 * L nanos lease                                    what is left of the lease, ten times a second
 * </pre>
 *
 * {@code due} is in milliseconds of the epoch; {@code nanos} is the machine's monotonic clock, one for all its processes;
 * {@code lease} is in nanoseconds.
 */
final class EvidenceFile {
    private final FileOutputStream out;

    EvidenceFile(Path path) throws IOException {
        this.out = new FileOutputStream(path.toFile(), true);
    }

    /** Writes and forces a line. Not by a channel: those are closed by an interrupt. */
    synchronized void force(String line) {
        try {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            out.getFD().sync();
        } catch (IOException e) {
            throw new UncheckedIOException("evidence cannot be written", e);
        }
    }

    /** Writes a line that a killed process leaves behind, but a killed machine may not. */
    synchronized void note(String line) {
        try {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("evidence cannot be written", e);
        }
    }
}
