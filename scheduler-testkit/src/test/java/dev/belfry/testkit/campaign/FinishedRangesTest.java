package dev.belfry.testkit.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FinishedRangesTest {
    @TempDir
    private Path directory;

    private Path file;
    private Findings findings;

    @BeforeEach
    void runAFewSeeds() {
        file = directory.resolve("finished.jsonl");
        findings = new SeedRunner(2, 1).run(SeedRange.of(1, 4));
    }

    @Test
    void goesOnWhereItWasStopped() throws IOException {
        FinishedRanges.open(file, "code-a").add(findings);
        FinishedRanges again = FinishedRanges.open(file, "code-a");
        assertThat(again.finished()).containsExactly(findings);
        assertThat(again.contains(SeedRange.of(1, 4))).isTrue();
        assertThat(again.contains(SeedRange.of(2, 2))).isTrue();
        assertThat(again.contains(SeedRange.of(4, 2))).isFalse();
    }

    @Test
    void whatOtherCodeHasFinishedCountsForNothing() throws IOException {
        FinishedRanges.open(file, "code-a").add(findings);
        FinishedRanges changed = FinishedRanges.open(file, "code-b");
        assertThat(changed.contains(SeedRange.of(1, 4))).isFalse();
        changed.add(findings);
        assertThat(FinishedRanges.open(file, "code-a").finished()).hasSize(1);
        assertThat(Files.readAllLines(file)).hasSize(2);
    }

    @Test
    void lineCutShortByAKillIsDropped() throws IOException {
        FinishedRanges.open(file, "code-a").add(findings);
        Files.writeString(file, "{\"code\":\"code-a\",\"find", StandardOpenOption.APPEND);
        FinishedRanges again = FinishedRanges.open(file, "code-a");
        again.add(findings);
        assertThat(FinishedRanges.open(file, "code-a").finished()).containsExactly(findings, findings);
    }

    @Test
    void lineThatIsNoneIsNamed() throws IOException {
        FinishedRanges.open(file, "code-a").add(findings);
        Files.writeString(file, "seeds 1 to 1000\n", StandardOpenOption.APPEND);
        assertThatThrownBy(() -> FinishedRanges.open(file, "code-a"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 2 is no finished range")
                .hasMessageContaining("name another file");
    }

    @Test
    void reportAddsUpAndJoinsNeighbours() {
        Findings next = new SeedRunner(1, 1).run(SeedRange.of(5, 2));
        Findings broken = new Findings(
                SeedRange.of(9, 1),
                1,
                1,
                List.of(new Findings.Broken(9, new Verdict("I8", "I8: two owners"))),
                next.sites(),
                next.strikes(),
                next.transitions());
        String page = new CampaignReport("code-a", List.of(next, findings, broken)).markdown();
        assertThat(page)
                .contains("| seeds | 7 (1 to 6, 9 to 9) |", "| violations | 1 |", "| 9 | I8 | I8: two owners |")
                .contains("| RUNNING --SUCCEED--> FINAL | ")
                .containsPattern("(?m)^\\| heartbeat \\| [1-9]");
    }
}
