package dev.belfry.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What Linux says of a process and its children: processor time, threads and, on demand, memory.
 *
 * @param cpuSeconds since it started, children that have ended included
 * @param threads now, those of the virtual machine itself included
 */
public record ProcessStat(double cpuSeconds, int threads) {
    /** Linux counts processor time in hundredths of a second, whatever its own tick. */
    static final double TICKS_A_SECOND = 100;

    private static final Path PROC = Path.of("/proc");

    /** Of one process and, one level down, its children that live; zeros if it has ended. */
    public static ProcessStat of(long pid) throws IOException {
        ProcessStat sum = new ProcessStat(0, 0);
        for (Path process : family(pid)) {
            ProcessStat more = fields(process).map(ProcessStat::parse).orElse(new ProcessStat(0, 0));
            sum = new ProcessStat(sum.cpuSeconds + more.cpuSeconds, sum.threads + more.threads);
        }
        return sum;
    }

    /**
     * Bytes of memory in which a process and its children are resident. Pages that several processes share count once in
     * all, because the servers of one database share most of theirs.
     */
    public static long residentBytes(long pid) throws IOException {
        long kibibytes = 0;
        for (Path process : family(pid)) {
            kibibytes += read(process.resolve("smaps_rollup"))
                    .map(ProcessStat::shareKibibytes)
                    .orElse(0L);
        }
        return kibibytes << 10;
    }

    /** The line {@code Pss:} of {@code smaps_rollup}. */
    static long shareKibibytes(String rollup) {
        return rollup.lines()
                .filter(line -> line.startsWith("Pss:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .sum();
    }

    private static List<Path> family(long pid) throws IOException {
        try (Stream<Path> processes = Files.list(PROC)) {
            return processes
                    .filter(path -> path.getFileName().toString().chars().allMatch(Character::isDigit))
                    .filter(path -> path.getFileName().toString().equals(Long.toString(pid)) || parent(path) == pid)
                    .toList();
        }
    }

    /** Of the fields of {@code /proc/PID/stat} after the name in parentheses; the first of them is the state. */
    static ProcessStat parse(String[] fields) {
        double ticks = 0;
        for (int i = 11; i <= 14; i++) {
            ticks += Double.parseDouble(fields[i]);
        }
        return new ProcessStat(ticks / TICKS_A_SECOND, Integer.parseInt(fields[17]));
    }

    /** The words that the process was started with. */
    public static List<String> command(long pid) throws IOException {
        return List.of(Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"))
                .split("\0"));
    }

    private static long parent(Path process) {
        return fields(process).map(fields -> Long.parseLong(fields[1])).orElse(-1L);
    }

    private static Optional<String[]> fields(Path process) {
        return read(process.resolve("stat"))
                .map(line -> line.substring(line.lastIndexOf(')') + 2).split(" "));
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file));
        } catch (IOException e) {
            // The process has ended meanwhile.
            return Optional.empty();
        }
    }
}
