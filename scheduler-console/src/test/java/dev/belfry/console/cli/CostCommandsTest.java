package dev.belfry.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What definitions cost, and a budget, against a real server without agents: one agent is reckoned with. */
class CostCommandsTest {
    private static final String JOBS =
            "apiVersion: belfry/v1\njobs:\n  - name: index\n    trigger: {every: 1s}\n    shards: 3\n"
                    + "  - name: report\n    trigger: manual\n";
    private static final String MORE =
            "apiVersion: belfry/v1\njobs:\n  - name: large\n    trigger: {every: 100ms}\n    shards: 10\n"
                    + "  - name: small\n    trigger: {every: 1h}\n";

    @RegisterExtension
    static final ServedConsole SERVED = new ServedConsole();

    private static JsonNode json(Console console) throws IOException {
        return new ObjectMapper().readTree(console.out());
    }

    @Test
    void costsAreShownWithTheirArithmeticTheMostExpensiveFirst(TestInfo test) throws IOException {
        Console console = SERVED.console(test);
        assertThat(console.run("", "apply", SERVED.file("jobs.yaml", JOBS))).isEqualTo(Exit.DONE);

        assertThat(console.line("cost")).as(console.err()).isEqualTo(Exit.DONE);
        assertThat(console.lines().get(0)).startsWith("JOB").contains("WRITES/S", "HISTORY/DAY");
        assertThat(console.lines().get(1)).matches("index +1 +3 +14 +4 .*");
        assertThat(console.lines().get(2)).startsWith("report");
        assertThat(console.lines().get(3)).startsWith("all, at most");
        assertThat(console.out()).contains("There is no budget").contains("With 1 agent, fires averaged over 7d");

        assertThat(console.line("cost index")).isEqualTo(Exit.DONE);
        assertThat(console.out())
                .contains("index: 1 fires/s (every 1s), 3 shards due at once")
                .contains("at most   3 shards x 1 fires/s x 2 ledger writes + 4 journal writes x 1 fires/s");
        assertThat(console.line("cost index --agents 3 --run-time 1s -o json")).isEqualTo(Exit.DONE);
        assertThat(json(console)
                        .get("transactionsPerSecond")
                        .get("least")
                        .get("value")
                        .asDouble())
                .isEqualTo(6);
        assertThat(json(console).get("basis").get("runMillis").asInt()).isEqualTo(1_000);
        assertThat(console.line("cost -o yaml")).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("writesPerSecond:", "arithmetic:");

        assertThat(console.line("cost indx")).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("did you mean 'index'?");
        assertThat(console.line("cost index --run-time soon")).isEqualTo(Exit.USAGE);
        assertThat(console.err()).contains("--run-time: ");
        assertThat(console.line("cost index --agents -1")).isEqualTo(Exit.USAGE);
    }

    @Test
    void planAndApplyRefuseWhatWouldBreakTheBudgetAndApplyTheRest(TestInfo test) throws IOException {
        Console console = SERVED.console(test);
        String jobs = SERVED.file("jobs.yaml", JOBS);
        String more = SERVED.file("more.yaml", MORE);
        assertThat(console.run("", "apply", jobs)).isEqualTo(Exit.DONE);
        assertThat(console.run("", "plan", more)).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("costs at most 420 writes/s (10 shards x 10 fires/s x 2 ledger writes + ");

        assertThat(console.line("budget set --writes-per-second 100 --bytes-per-second 4MiB --as ada --reason tight"))
                .as(console.err())
                .isEqualTo(Exit.DONE);
        assertThat(console.out())
                .contains("Budget: 14 of 100 writes/s, 14 %")
                .contains("of 4,194,304 bytes written/s")
                .contains("Set by ada: tight.");
        assertThat(console.run("", "plan", more)).isEqualTo(Exit.NO);
        assertThat(console.out())
                .contains("'apply' would refuse it: it would break the budget")
                .contains("420 writes/s (10 shards x 10 fires/s")
                .contains("beside 14 of all others make 434, and 100 are allowed")
                .contains("Budget: 14 of 100 writes/s");
        assertThat(console.run("", "plan", more, "-o", "json")).isEqualTo(Exit.NO);
        assertThat(json(console).get("jobs").get(0).get("refused").asText()).contains("434");
        assertThat(json(console)
                        .get("budget")
                        .get("writesPerSecond")
                        .get("limit")
                        .asInt())
                .isEqualTo(100);

        assertThat(console.run("", "apply", more)).isEqualTo(Exit.NO);
        assertThat(console.out()).containsPattern("large +refused +it would break the budget");
        assertThat(console.out()).containsPattern("small +created");
        assertThat(console.line("budget set --writes-per-second 500 --znodes 100000"))
                .isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("znodes").contains("bytes written/s");
        assertThat(console.run("", "apply", more)).as(console.err()).isEqualTo(Exit.DONE);
        assertThat(console.line("budget get -o json")).isEqualTo(Exit.DONE);
        assertThat(json(console).get("writesPerSecond").get("used").asDouble()).isBetween(434.0, 435.0);

        assertThat(console.line("budget set --writes-per-second 50")).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("EXCEEDED; nothing that costs more is applied");
        assertThat(console.line("budget clear")).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("There is no budget");
    }

    @Test
    void wrongUsageOfABudgetIsToldAndChangesNothing(TestInfo test) throws IOException {
        Console console = SERVED.console(test);
        for (String line : new String[] {
            "budget",
            "budget set",
            "budget set --writes-per-second -1",
            "budget set --bytes-per-second much",
            "budget set --agents -2"
        }) {
            assertThat(console.line(line)).as(line).isEqualTo(Exit.USAGE);
        }
        assertThat(console.line("budget get")).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("does not exist");
    }
}
