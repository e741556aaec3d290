package dev.belfry.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineMemoryTest {
    @TempDir
    Path root;

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    @Test
    void whatTheKernelWouldGiveBackIsNotInUse() throws IOException {
        write("proc/meminfo", "MemTotal:       1000 kB\nMemFree:         10 kB\nMemAvailable:    400 kB\n");
        assertThat(new MachineMemory(root).share()).isEqualTo(0.6, Offset.offset(0.001));
    }

    @Test
    void containerThatIsCloserToItsEndCounts() throws IOException {
        write("proc/meminfo", "MemTotal:       1000 kB\nMemAvailable:    900 kB\n");
        write("sys/fs/cgroup/memory.max", "1000\n");
        write("sys/fs/cgroup/memory.current", "950\n");
        write("sys/fs/cgroup/memory.stat", "anon 700\ninactive_file 150\n");
        assertThat(new MachineMemory(root).share()).isEqualTo(0.8, Offset.offset(0.001));
        write("sys/fs/cgroup/memory.max", "max\n");
        assertThat(new MachineMemory(root).share()).isEqualTo(0.1, Offset.offset(0.001));
    }

    @Test
    void whatNobodyTellsIsUnknown() {
        assertThat(new MachineMemory(root).share()).isNegative();
    }
}
