package dev.belfry.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.scripts.Checkout.Running;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launchers build when they have to, once, and never under a JVM that runs. */
@Timeout(120)
class LauncherTest {
    @TempDir
    Path directory;

    private Checkout checkout;

    @BeforeEach
    void checkOut() throws Exception {
        checkout = new Checkout(directory);
    }

    @Test
    void aBuildByOneScriptReplacesNoClassUnderAJvmOfTheOther() throws Exception {
        try (Running before = checkout.start("belfry")) {
            assertThat(before.line()).isEqualTo("build 1");
            checkout.change();
            try (Running after = checkout.start("zk-scripts/dump")) {
                assertThat(after.line()).isEqualTo("build 2");
                assertThat(before.goOn()).isEqualTo("later 1");
                assertThat(after.goOn()).isEqualTo("later 2");
                assertThat(after.end()).isZero();
            }
            assertThat(before.end()).isZero();
        }
    }

    @Test
    void allLaunchersShareOneBuild() throws Exception {
        for (String script : new String[] {"zk-scripts/dump", "belfry", "zk-scripts/dump"}) {
            try (Running program = checkout.start(script)) {
                assertThat(program.line()).isEqualTo("build 1");
                assertThat(program.end()).isZero();
            }
        }
        assertThat(checkout.mavenCalls())
                .containsExactly(
                        "-q -Pfast -DskipTests -pl scheduler-console,examples/code-search,zk-scripts -am package");
    }

    @Test
    void twoLaunchersAtOnceBuildOneAfterTheOther() throws Exception {
        try (Running one = checkout.start("belfry");
                Running other = checkout.start("zk-scripts/dump")) {
            assertThat(one.line()).isEqualTo("build 1");
            assertThat(other.line()).isEqualTo("build 1");
        }
        assertThat(checkout.mavenCalls()).hasSize(1);
    }

    @Test
    void aSnapshotStaysWhileAProcessUsesItAndGoesWithTheNextBuildAfterwards() throws Exception {
        try (Running first = checkout.start("belfry")) {
            assertThat(first.line()).isEqualTo("build 1");
            String used = checkout.snapshots().get(0);
            buildAgainAnHourLater();
            assertThat(checkout.snapshots()).hasSize(2).contains(used);
            assertThat(first.goOn()).isEqualTo("later 1");
            assertThat(first.end()).isZero();
            buildAgainAnHourLater();
            assertThat(checkout.snapshots()).hasSize(1).doesNotContain(used);
        }
    }

    @Test
    void aSnapshotThatSomebodyMayBeAboutToStartStays() throws Exception {
        try (Running first = checkout.start("belfry")) {
            assertThat(first.line()).isEqualTo("build 1");
            assertThat(first.end()).isZero();
        }
        checkout.change();
        try (Running second = checkout.start("belfry")) {
            assertThat(second.line()).isEqualTo("build 2");
        }
        assertThat(checkout.snapshots()).hasSize(2);
    }

    @Test
    void aBuildThatFailsSaysSoAndLeavesNoSnapshot() throws Exception {
        checkout.spoil();
        try (Running program = checkout.start("belfry")) {
            assertThat(program.line()).isEqualTo("it does not compile");
            assertThat(program.line())
                    .contains("belfry: the build failed; the whole log is")
                    .contains("build.log");
            assertThat(program.end()).isEqualTo(2);
        }
        assertThat(checkout.snapshots()).isEmpty();
    }

    private void buildAgainAnHourLater() throws Exception {
        checkout.age();
        checkout.change();
        try (Running program = checkout.start("belfry")) {
            assertThat(program.line()).startsWith("build ");
            assertThat(program.end()).isZero();
        }
    }
}
