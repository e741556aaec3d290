package dev.belfry.bench.evidence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A file in which handlers note their own starts: the evidence of a fire. A note is 48 bytes in memory that the system writes
 * out in its own time, so a handler is not slowed, and what was noted survives the end of the process.
 *
 * <p>Thread-safe. Uses nothing but the JDK, because it runs inside the peers' processes as well.
 */
public final class FireLog implements AutoCloseable {
    static final int RECORD = 48;
    private static final int CANCELLED = 32;
    private static final int ENDED = 40;
    private static final int RECORDS_A_CHUNK = 1 << 16;
    private static final int CHUNKS = 1 << 12;

    private final FileChannel file;
    private final AtomicLong notes = new AtomicLong();
    private final AtomicReferenceArray<MappedByteBuffer> chunks = new AtomicReferenceArray<>(CHUNKS);

    /**
     * Opens an empty log.
     *
     * @throws UncheckedIOException if the file is there already or cannot be written
     */
    public FireLog(Path path) {
        try {
            file = FileChannel.open(
                    path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open " + path, e);
        }
        chunk(0);
    }

    /** Now, in microseconds since 1970. */
    public static long now() {
        return micros(Instant.now());
    }

    /** Microseconds since 1970. */
    public static long micros(Instant instant) {
        return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
    }

    /** The instant of microseconds since 1970. */
    public static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000);
    }

    /**
     * Notes that a fire has started.
     *
     * @param fire with the start taken first of all by the handler
     * @return which note it is, for what follows
     */
    public long note(Fire fire) {
        long note = notes.getAndIncrement();
        MappedByteBuffer chunk = chunk((int) (note / RECORDS_A_CHUNK));
        int at = at(note);
        chunk.putLong(at + 8, fire.due());
        chunk.putInt(at + 16, fire.job());
        chunk.putInt(at + 20, fire.shard());
        chunk.putLong(at + 24, fire.token());
        // Last, because a reader takes a note without a start for one that is not complete.
        chunk.putLong(at, fire.start());
        return note;
    }

    /** Notes that the code was told to stop, now; the first time counts. */
    public synchronized void cancelled(long note) {
        MappedByteBuffer chunk = chunk((int) (note / RECORDS_A_CHUNK));
        if (chunk.getLong(at(note) + CANCELLED) == 0) {
            chunk.putLong(at(note) + CANCELLED, now());
        }
    }

    /** Notes that the code returns, now. */
    public void ended(long note) {
        chunk((int) (note / RECORDS_A_CHUNK)).putLong(at(note) + ENDED, now());
    }

    private static int at(long note) {
        return (int) (note % RECORDS_A_CHUNK) * RECORD;
    }

    private MappedByteBuffer chunk(int number) {
        MappedByteBuffer chunk = chunks.get(number);
        return chunk != null ? chunk : map(number);
    }

    private synchronized MappedByteBuffer map(int number) {
        MappedByteBuffer there = chunks.get(number);
        if (there != null) {
            return there;
        }
        int bytes = RECORDS_A_CHUNK * RECORD;
        try {
            MappedByteBuffer made = file.map(FileChannel.MapMode.READ_WRITE, (long) number * bytes, bytes);
            chunks.set(number, made);
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot map the log of fires", e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
