package dev.belfry.testkit.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CampaignTest {
    @TempDir
    private Path directory;

    private int campaign(String... more) {
        CommandLine command = new CommandLine(new Campaign());
        String[] args = new String[more.length + 4];
        args[0] = "--finished=" + directory.resolve("finished.jsonl");
        args[1] = "--stories=" + directory.resolve("stories");
        args[2] = "--report=" + directory.resolve("report.md");
        args[3] = "--threads=2";
        System.arraycopy(more, 0, args, 4, more.length);
        return command.execute(args);
    }

    @Test
    void runsEachBlockOnceAndReports() throws IOException {
        assertThat(campaign("--seeds=5")).isZero();
        assertThat(campaign("--seeds=5")).isZero();
        assertThat(Files.readAllLines(directory.resolve("finished.jsonl"))).hasSize(1);
        assertThat(Files.readString(directory.resolve("report.md"))).contains("| seeds | 5 (1 to 5) |");
        assertThat(directory.resolve("stories")).doesNotExist();
    }

    @Test
    void refusesNonsense() {
        assertThat(campaign("--seeds=0")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(campaign("--for=soon")).isNotZero();
    }
}
