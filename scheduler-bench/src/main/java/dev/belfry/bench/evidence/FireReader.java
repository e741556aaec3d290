package dev.belfry.bench.evidence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads logs of fires, those of processes that go on too. */
public final class FireReader {

    private FireReader() {}

    /**
     * Everything that the logs hold, in no particular order. A log that is not there yet holds nothing.
     *
     * @throws IOException if a log cannot be read
     */
    public static List<Fire> read(List<Path> logs) throws IOException {
        List<Fire> fires = new ArrayList<>();
        for (Path log : logs) {
            if (Files.exists(log)) {
                read(ByteBuffer.wrap(Files.readAllBytes(log)), fires);
            }
        }
        return fires;
    }

    private static void read(ByteBuffer bytes, List<Fire> into) {
        while (bytes.remaining() >= FireLog.RECORD) {
            Fire fire = new Fire(
                    bytes.getLong(),
                    bytes.getLong(),
                    bytes.getInt(),
                    bytes.getInt(),
                    bytes.getLong(),
                    bytes.getLong(),
                    bytes.getLong());
            if (fire.start() != 0) {
                into.add(fire);
            }
        }
    }
}
