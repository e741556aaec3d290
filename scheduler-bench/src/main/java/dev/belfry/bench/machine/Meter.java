package dev.belfry.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What named processes and the rest of the machine cost between two instants. */
public final class Meter {
    private static final String SELF = "runner";

    private final Map<String, Long> processes = new LinkedHashMap<>();
    private final Map<String, Double> before = new LinkedHashMap<>();
    private final double busyBefore;
    private final long began = System.nanoTime();

    private Meter(Map<String, Long> processes) throws IOException {
        this.processes.putAll(processes);
        this.processes.put(SELF, ProcessHandle.current().pid());
        for (Map.Entry<String, Long> process : this.processes.entrySet()) {
            before.put(process.getKey(), cpu(process));
        }
        busyBefore = busy(Files.readString(Path.of("/proc/stat")));
    }

    /**
     * Begins to measure.
     *
     * @param processes pid by name; the process that measures is added
     */
    public static Meter begin(Map<String, Long> processes) throws IOException {
        return new Meter(processes);
    }

    /**
     * What the time since the beginning cost.
     *
     * @param cores by name: processor seconds a second
     * @param residentBytes by name, at the end
     * @param othersCores of everything that is not part of the measurement
     */
    public record Usage(Map<String, Double> cores, Map<String, Long> residentBytes, double othersCores) {
        public Usage {
            cores = Map.copyOf(cores);
            residentBytes = Map.copyOf(residentBytes);
        }
    }

    /** Ends the measurement. */
    public Usage end() throws IOException {
        double seconds = (System.nanoTime() - began) / 1e9;
        double busy = busy(Files.readString(Path.of("/proc/stat"))) - busyBefore;
        Map<String, Double> cores = new LinkedHashMap<>();
        Map<String, Long> resident = new LinkedHashMap<>();
        double ours = 0;
        for (Map.Entry<String, Long> process : processes.entrySet()) {
            double used = Math.max(0, cpu(process) - before.getOrDefault(process.getKey(), 0.0));
            ours += used;
            cores.put(process.getKey(), used / seconds);
            if (!process.getKey().equals(SELF)) {
                resident.put(process.getKey(), ProcessStat.residentBytes(process.getValue()));
            }
        }
        return new Usage(cores, resident, Math.max(0, busy - ours) / seconds);
    }

    private static double cpu(Map.Entry<String, Long> process) throws IOException {
        // Not the children of the runner: they are named themselves.
        return process.getKey().equals(SELF)
                ? ProcessHandle.current()
                                .info()
                                .totalCpuDuration()
                                .orElseThrow()
                                .toNanos()
                        / 1e9
                : ProcessStat.of(process.getValue()).cpuSeconds();
    }

    /** Seconds for which the cores were busy, from {@code /proc/stat}: all but idle and waiting for disks. */
    static double busy(String stat) {
        String[] fields = stat.lines().findFirst().orElseThrow().trim().split("\\s+");
        double ticks = 0;
        for (int i = 1; i <= 8; i++) {
            if (i != 4 && i != 5) {
                ticks += Double.parseDouble(fields[i]);
            }
        }
        return ticks / ProcessStat.TICKS_A_SECOND;
    }
}
