package dev.belfry.testkit.campaign;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of what a campaign has finished: a line of JSON for each range of seeds, tagged with the code that was run. Lines of
 * other code are kept and count for nothing. A last line that was cut short, by a kill or a full disk, is dropped. One
 * process at a time may use it; not thread-safe.
 */
public final class FinishedRanges {

    /** One line. */
    record Line(String code, Findings findings) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final String code;
    private final List<Findings> finished = new ArrayList<>();

    private FinishedRanges(Path file, String code) {
        this.file = file;
        this.code = code;
    }

    /**
     * Opens a file, which need not exist.
     *
     * @param code tag of the code that runs now
     * @throws IOException if it cannot be read, or a line before the last is none of ours; the message names the line
     */
    public static FinishedRanges open(Path file, String code) throws IOException {
        FinishedRanges ranges = new FinishedRanges(file, code);
        if (Files.exists(file)) {
            ranges.read();
        }
        return ranges;
    }

    private void read() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int whole = bytes.length;
        while (whole > 0 && bytes[whole - 1] != '\n') {
            whole--;
        }
        if (whole < bytes.length) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(whole);
            }
        }
        int number = 0;
        for (String text :
                new String(bytes, 0, whole, StandardCharsets.UTF_8).lines().toList()) {
            number++;
            try {
                Line line = JSON.readValue(text, Line.class);
                if (line.code().equals(code)) {
                    finished.add(line.findings());
                }
            } catch (JsonProcessingException e) {
                throw new IOException(
                        file + " line " + number + " is no finished range (" + e.getOriginalMessage()
                                + "); take the line out, or name another file",
                        e);
            }
        }
    }

    /** What this code has finished, in the order in which it did. */
    public List<Findings> finished() {
        return List.copyOf(finished);
    }

    public boolean contains(SeedRange seeds) {
        return finished.stream().anyMatch(range -> range.seeds().contains(seeds));
    }

    /** Adds a range and forces it to disk. */
    public void add(Findings findings) throws IOException {
        byte[] line = (JSON.writeValueAsString(new Line(code, findings)) + "\n").getBytes(StandardCharsets.UTF_8);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            ByteBuffer buffer = ByteBuffer.wrap(line);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        finished.add(findings);
    }
}
