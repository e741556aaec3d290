package dev.belfry.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.record.Paths;
import dev.belfry.scripts.Script.Result;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DumpTest {

    @TempDir
    Path directory;

    @Test
    void everyRecordOfANamespaceIsDecoded() throws Exception {
        try (Planted planted = Planted.inOrder(directory)) {
            Result result = planted.script("dump").run();
            assertThat(result.code()).as(result.err()).isZero();
            assertThat(result.out())
                    .contains("/agents/" + planted.incarnation())
                    .contains("\"handlers\": [ \"index\", \"tokenise\" ]")
                    .contains("\"shards\": \"0-2\"")
                    .contains("\"next\": \"indexer-2~100a3c5d8e70002\"")
                    .contains("\"outcome\": \"skipped\"")
                    .contains("files=1200 of 1700")
                    .contains("\"cron\"")
                    .doesNotContain("MALFORMED")
                    .doesNotContain("not a path that this version knows");
        }
    }

    @Test
    void aPathLimitsWhatIsShownAndRawShowsItAsStored() throws Exception {
        try (Planted planted = Planted.inOrder(directory)) {
            Result result = planted.script("dump").run("--namespace", "demo", "--raw", Paths.job("index"));
            assertThat(result.code()).isZero();
            assertThat(result.out())
                    .startsWith(Paths.job("index") + "  version=0")
                    .contains(new String(Samples.job(), StandardCharsets.UTF_8))
                    .doesNotContain("/ledger");
        }
    }

    @Test
    void garbageIsShownWithItsFaultAndTheRestAsUsual() throws Exception {
        try (Planted planted = Planted.inOrder(directory)) {
            planted.put(Paths.job("index"), "{\"v\":1,".getBytes(StandardCharsets.UTF_8));
            Result result = planted.script("dump").run("/jobs");
            assertThat(result.code()).isZero();
            assertThat(result.out()).contains("MALFORMED").contains("\"uid\": \"wide-1b\"");
        }
    }

    @Test
    void wrongUsageMissingPathsAndUnreachableServersHaveTheirExitCodes() throws Exception {
        try (Planted planted = Planted.inOrder(directory)) {
            assertThat(planted.script("dump").run("--nonsense").code()).isEqualTo(2);
            Result other = planted.script("dump").run("--namespace", "other");
            assertThat(other.code()).isEqualTo(2);
            assertThat(other.err()).contains("known are [demo]");
            assertThat(planted.script("dump").run("/jobs/nowhere").code()).isEqualTo(1);
        }
        Result unreachable = Script.named("dump").run("--zookeeper", "127.0.0.1:1", "--timeout", "1");
        assertThat(unreachable.code()).isEqualTo(3);
        assertThat(unreachable.err())
                .contains("cannot reach ZooKeeper at 127.0.0.1:1")
                .doesNotContain("\tat ");
    }
}
