package dev.belfry.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ProcessStatTest {

    @Test
    void processorTimeIsThatOfTheProcessAndOfItsChildrenThatEnded() {
        String line = "S 1 2 3 4 5 6 7 8 9 10 150 50 7 3 15 16 42 18 19 20 25";
        ProcessStat stat = ProcessStat.parse(line.split(" "));
        assertThat(stat.cpuSeconds()).isEqualTo(2.1);
        assertThat(stat.threads()).isEqualTo(42);
    }

    @Test
    void aProcessSeesItself() throws IOException {
        ProcessStat self = ProcessStat.of(ProcessHandle.current().pid());
        assertThat(self.cpuSeconds()).isPositive();
        assertThat(ProcessStat.residentBytes(ProcessHandle.current().pid())).isGreaterThan(10_000_000);
        assertThat(self.threads()).isGreaterThan(5);
    }

    @Test
    void aProcessThatEndedCostsNothing() throws IOException {
        assertThat(ProcessStat.of(Long.MAX_VALUE)).isEqualTo(new ProcessStat(0, 0));
    }

    @Test
    void memoryIsTheProportionalShareAndNotTheWholeOfSharedPages() {
        assertThat(ProcessStat.shareKibibytes("Rss:  900 kB\nPss:    512 kB\nPss_Anon: 3 kB\n"))
                .isEqualTo(512);
    }

    @Test
    void theMachineIsBusyButForIdleAndWaiting() {
        assertThat(Meter.busy("cpu  100 20 30 900 400 5 6 9 0 0\ncpu0 1 1 1 1\n"))
                .isEqualTo(1.7);
    }
}
