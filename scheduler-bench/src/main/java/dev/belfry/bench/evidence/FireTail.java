package dev.belfry.bench.evidence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts the notes in logs that processes go on writing, without reading any of them twice.
 *
 * <p>Thread-safe. Uses nothing but the JDK, because it runs inside the peers' processes as well.
 */
public final class FireTail {
    private static final int AT_ONCE = 1024;

    private final List<Log> logs = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(AT_ONCE * FireLog.RECORD);
    private long count;

    /** @param logs that need not be there yet */
    public FireTail(List<Path> logs) {
        logs.forEach(path -> this.logs.add(new Log(path)));
    }

    private static final class Log {
        private final Path path;
        private long position;

        Log(Path path) {
            this.path = path;
        }
    }

    /** How many starts the logs hold. A note that is half written counts the next time, and so do those after it. */
    public synchronized long count() throws IOException {
        for (Log log : logs) {
            if (Files.exists(log.path)) {
                try (FileChannel file = FileChannel.open(log.path, StandardOpenOption.READ)) {
                    read(log, file);
                }
            }
        }
        return count;
    }

    private void read(Log log, FileChannel file) throws IOException {
        while (true) {
            buffer.clear();
            while (buffer.hasRemaining() && file.read(buffer, log.position + buffer.position()) > 0) {
                // Until it is full, or the file ends.
            }
            buffer.flip();
            while (buffer.remaining() >= FireLog.RECORD) {
                if (buffer.getLong(buffer.position()) == 0) {
                    return;
                }
                buffer.position(buffer.position() + FireLog.RECORD);
                log.position += FireLog.RECORD;
                count++;
            }
            if (buffer.limit() < buffer.capacity()) {
                return;
            }
        }
    }
}
