package dev.belfry.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What Linux says of a process and its children: processor time, resident memory, threads.
 *
 * @param cpuSeconds since it started, children that have ended included
 * @param residentBytes now
 * @param threads now, those of the virtual machine itself included
 */
public record ProcessStat(double cpuSeconds, long residentBytes, int threads) {
    /** Linux counts processor time in hundredths of a second, whatever its own tick. */
    static final double TICKS_A_SECOND = 100;

    private static final Path PROC = Path.of("/proc");

    /** Of one process and, one level down, its children that live; zeros if it has ended. */
    public static ProcessStat of(long pid) throws IOException {
        ProcessStat sum = alone(PROC.resolve(Long.toString(pid)));
        try (Stream<Path> processes = Files.list(PROC)) {
            List<Path> children = processes
                    .filter(path -> path.getFileName().toString().chars().allMatch(Character::isDigit))
                    .filter(path -> parent(path) == pid)
                    .toList();
            for (Path child : children) {
                ProcessStat more = alone(child);
                sum = new ProcessStat(
                        sum.cpuSeconds + more.cpuSeconds,
                        sum.residentBytes + more.residentBytes,
                        sum.threads + more.threads);
            }
        }
        return sum;
    }

    private static ProcessStat alone(Path process) {
        Optional<String[]> fields = fields(process);
        if (fields.isEmpty()) {
            return new ProcessStat(0, 0, 0);
        }
        return parse(fields.get());
    }

    /** @param fields of {@code /proc/PID/stat} after the name in parentheses; the first of them is the state */
    static ProcessStat parse(String[] fields) {
        double ticks = 0;
        for (int i = 11; i <= 14; i++) {
            ticks += Double.parseDouble(fields[i]);
        }
        return new ProcessStat(ticks / TICKS_A_SECOND, Long.parseLong(fields[21]) * 4096, Integer.parseInt(fields[17]));
    }

    private static long parent(Path process) {
        return fields(process).map(fields -> Long.parseLong(fields[1])).orElse(-1L);
    }

    private static Optional<String[]> fields(Path process) {
        try {
            String line = Files.readString(process.resolve("stat"));
            return Optional.of(line.substring(line.lastIndexOf(')') + 2).split(" "));
        } catch (IOException e) {
            // It has ended meanwhile.
            return Optional.empty();
        }
    }
}
