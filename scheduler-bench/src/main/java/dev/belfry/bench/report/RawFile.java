package dev.belfry.bench.report;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All numbers of one run of one workload, as they are kept: a head of {@code # name: value} lines (machine, settings of each
 * scheduler), then one measure a line, separated by commas.
 */
public record RawFile(Map<String, String> head, List<Measure> measures) {
    /** The name in the head under which the workload is. */
    public static final String WORKLOAD = "workload";

    private static final String COLUMNS = "system,point,repeat,metric,value";
    private static final MathContext DIGITS = new MathContext(7);

    public RawFile {
        head = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(head));
        measures = List.copyOf(measures);
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read, or a line is none of ours; the message says which
     */
    public static RawFile read(Path file) throws IOException {
        Map<String, String> head = new LinkedHashMap<>();
        List<Measure> measures = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            if (line.startsWith("# ")) {
                int colon = line.indexOf(": ");
                require(colon > 0, file, number, line);
                head.put(line.substring(2, colon), line.substring(colon + 2));
            } else if (!line.equals(COLUMNS)) {
                String[] words = line.split(",", -1);
                require(words.length == 5, file, number, line);
                try {
                    measures.add(new Measure(
                            words[0], words[1], Integer.parseInt(words[2]), words[3], Double.parseDouble(words[4])));
                } catch (IllegalArgumentException e) {
                    throw new IOException(file + ", line " + number + ": " + e.getMessage(), e);
                }
            }
        }
        return new RawFile(head, measures);
    }

    private static void require(boolean fine, Path file, int number, String line) throws IOException {
        if (!fine) {
            throw new IOException(file + ", line " + number + " is neither head nor measure: " + line);
        }
    }

    /** Writes the file, its directory too if need be. */
    public void write(Path file) throws IOException {
        StringBuilder text = new StringBuilder();
        head.forEach((name, value) -> text.append("# ")
                .append(name)
                .append(": ")
                .append(value.replace('\n', ' '))
                .append('\n'));
        text.append(COLUMNS).append('\n');
        for (Measure measure : measures) {
            text.append(measure.system()).append(',').append(measure.point()).append(',');
            text.append(measure.repeat()).append(',').append(measure.metric()).append(',');
            text.append(plain(measure.value())).append('\n');
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, text);
    }

    private static String plain(double value) {
        return Double.isFinite(value)
                ? new BigDecimal(value).round(DIGITS).stripTrailingZeros().toPlainString()
                : Double.toString(value);
    }

    /** The workload's name. */
    public String workload() {
        return head.getOrDefault(WORKLOAD, "");
    }
}
