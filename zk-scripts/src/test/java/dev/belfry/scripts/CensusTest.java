package dev.belfry.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.scripts.Script.Result;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CensusTest {

    @TempDir
    Path directory;

    @Test
    void znodesBytesAndSessionsAreCountedPerSubtree() throws Exception {
        try (Planted planted = Planted.inOrder(directory)) {
            Result result = planted.script("census").run();
            assertThat(result.code()).as(result.err()).isZero();
            assertThat(result.out())
                    .containsPattern("/agents +2 +281 +1 ")
                    .containsPattern("/handover +2 +\\d+ +1 ")
                    .containsPattern("/jobs +5 +\\d+ +0 ")
                    .containsPattern("all +\\d+ +\\d+ +1 ")
                    .containsPattern("largest znodes:\n +\\d+ bytes  /")
                    .containsPattern("most children:\n +17 children  /\n");
        }
    }

    @Test
    void whatTheServerDoesNotTellIsSaid() throws Exception {
        try (Planted planted = Planted.inOrder(directory)) {
            assertThat(planted.script("census").run().out())
                    .contains("does not answer 'mntr'")
                    .contains("watches per subtree: not told");
        }
    }
}
