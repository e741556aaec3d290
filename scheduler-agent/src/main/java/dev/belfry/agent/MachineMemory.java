package dev.belfry.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * How much of its memory the machine, or the container, that this process is in has in use, as Linux tells it. What the
 * kernel keeps only as long as nobody else wants it does not count.
 */
final class MachineMemory {
    private final Path machine;
    private final Path group;

    /** @param root where the files of the kernel lie below: {@code /} */
    MachineMemory(Path root) {
        this.machine = root.resolve("proc/meminfo");
        this.group = root.resolve("sys/fs/cgroup");
    }

    /** The share in use, from 0 to 1: of the machine or of the container, whichever is closer to its end; -1 if unknown. */
    double share() {
        return Math.max(ofMachine(), ofGroup());
    }

    private double ofMachine() {
        return share(field(machine, "MemTotal:"), field(machine, "MemAvailable:"));
    }

    private double ofGroup() {
        OptionalLong most = field(group.resolve("memory.max"), "");
        OptionalLong used = field(group.resolve("memory.current"), "");
        OptionalLong reclaimable = field(group.resolve("memory.stat"), "inactive_file ");
        if (most.isEmpty() || used.isEmpty()) {
            return -1;
        }
        long free = most.getAsLong() - used.getAsLong() + reclaimable.orElse(0);
        return share(most, OptionalLong.of(free));
    }

    private static double share(OptionalLong total, OptionalLong free) {
        if (total.isEmpty() || free.isEmpty() || total.getAsLong() <= 0) {
            return -1;
        }
        double share = 1 - (double) free.getAsLong() / total.getAsLong();
        return Math.max(0, Math.min(1, share));
    }

    /** The number in the line that begins so; empty if there is none, or no such file. */
    private static OptionalLong field(Path file, String begin) {
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith(begin)) {
                    String digits =
                            line.substring(begin.length()).replace("kB", "").trim();
                    return OptionalLong.of(Long.parseLong(digits));
                }
            }
        } catch (IOException | NumberFormatException unknown) {
            return OptionalLong.empty();
        }
        return OptionalLong.empty();
    }
}
