package dev.belfry.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.console.local.ChildJvm;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code belfry agent --on-sigterm}, as a process that is told to end. */
@Timeout(180)
class RestartedAgentTest {

    @RegisterExtension
    static final ServedConsole SERVED = new ServedConsole();

    private static ChildJvm agent(TestInfo test, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "agent",
                "--zookeeper",
                SERVED.server().connectString(),
                "--namespace",
                ServedConsole.namespace(test),
                "--id",
                "w1",
                "--allow-http",
                "127.0.0.1:9"));
        arguments.addAll(List.of(more));
        return ChildJvm.start(
                "w1-" + ServedConsole.namespace(test),
                SERVED.directory(),
                List.of("-Xmx128m"),
                Belfry.class.getName(),
                arguments);
    }

    private static String jobs(TestInfo test) throws IOException {
        return SERVED.file(ServedConsole.namespace(test) + ".yaml", """
                apiVersion: belfry/v1
                jobs:
                  - name: slow
                    trigger: {every: 1h}
                    handler: http
                    parameters: {url: "http://127.0.0.1:9/"}
                    rejoin-grace: 10m
                """);
    }

    /** What {@code explain} says once the agent has owned the shard, was told to end, and has ended. */
    private static String afterSigterm(TestInfo test, String... more) throws IOException {
        List<String> options = new ArrayList<>(List.of(more));
        options.addAll(List.of("--jobs", jobs(test)));
        Console console = SERVED.console(test);
        ChildJvm agent = agent(test, options.toArray(String[]::new));
        try {
            Awaitility.await("it owns the shard\n" + agent.lastWords())
                    .atMost(Duration.ofSeconds(90))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> console.run("", "explain", "slow", "--shard", "0") == Exit.DONE
                            && console.out().contains("Shard 0 belongs to w1"));
            assertThat(agent.stop(Duration.ofSeconds(60))).as(agent.lastWords()).isTrue();
        } finally {
            agent.kill();
        }
        assertThat(console.run("", "explain", "slow", "--shard", "0")).isEqualTo(Exit.DONE);
        return console.out();
    }

    @Test
    void agentThatIsToBeRestartedKeepsItsShardsForTheRejoinGrace(TestInfo test) throws Exception {
        assertThat(afterSigterm(test, "--on-sigterm", "restart"))
                .contains(
                        "Agent w1 announced at ",
                        "; the shard waits for it until ",
                        "Shard 0 waits: agent w1 announced that it comes back, and has until ");
    }

    @Test
    void agentThatIsToldNothingLeaves(TestInfo test) throws Exception {
        assertThat(afterSigterm(test)).doesNotContain("comes back");
    }

    @Test
    void restartNeedsAnIdAndTheWordIsOneOfTwo(TestInfo test) {
        Console console = SERVED.console(test);
        assertThat(console.run("", "agent", "--allow-http", "a", "--on-sigterm", "restart"))
                .isEqualTo(Exit.USAGE);
        assertThat(console.err()).contains("--on-sigterm restart needs --id");
        assertThat(console.run("", "agent", "--id", "w", "--allow-http", "a", "--on-sigterm", "never"))
                .isEqualTo(Exit.USAGE);
        assertThat(console.err()).contains("--on-sigterm is leave or restart, not 'never'");
    }
}
