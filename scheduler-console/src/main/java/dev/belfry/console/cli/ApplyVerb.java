package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.Applied;
import dev.belfry.console.command.Applying;
import dev.belfry.core.job.JobDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "apply",
        description = "Makes the jobs of a file what the file says, and waits until every agent has taken that up.")
final class ApplyVerb extends WritingVerb {

    @Parameters(paramLabel = "FILE", description = "Definitions in YAML or JSON; - for standard input.")
    String file = "";

    @Option(
            names = "--prune",
            description = "Delete the jobs that the same --as has applied and the file does not name.")
    boolean prune;

    @Option(names = "--no-wait", description = "Do not wait until the agents have taken it up.")
    boolean noWait;

    private List<JobDefinition> jobs = List.of();

    ApplyVerb(Shell shell) {
        super(shell);
    }

    @Override
    void check() {
        jobs = applicable(file).jobs();
    }

    @Override
    int ask(BelfryClient client) {
        Applying applying = new Applying(client, asker());
        List<Applied> answers = new ArrayList<>();
        List<Map<String, Object>> tree = new ArrayList<>();
        TextTable table = new TextTable("JOB", "RESULT", "DETAIL");
        applying.apply(jobs, answers::add);
        boolean refused = false;
        long zxid = 0;
        for (Applied answer : answers) {
            refused |= answer instanceof Applied.Refused;
            zxid = Math.max(zxid, zxid(answer));
            row(table, tree, answer.job(), word(answer), detail(answer));
        }
        for (String job : prune && !refused ? applying.prunable(jobs) : List.<String>of()) {
            var deleted = applying.delete(job);
            row(table, tree, job, "deleted", CommandVerbs.result(deleted));
            refused |= deleted.result().map(result -> !result.accepted()).orElse(true);
        }
        print(table, tree);
        if (zxid > 0 && !noWait) {
            CommandVerbs.awaitInForce(this, client, zxid, Duration.ofSeconds(30));
        }
        return refused ? Exit.NO : Exit.DONE;
    }

    private static void row(TextTable table, List<Map<String, Object>> tree, String job, String word, String detail) {
        table.row(job, word, detail);
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("job", job);
        one.put("result", word);
        one.put("detail", detail);
        tree.add(one);
    }

    private static long zxid(Applied answer) {
        if (answer instanceof Applied.Created created) {
            return created.zxid();
        }
        return answer instanceof Applied.Changed changed ? changed.zxid() : 0;
    }

    private static String word(Applied answer) {
        if (answer instanceof Applied.Created) {
            return "created";
        }
        if (answer instanceof Applied.Changed) {
            return "changed";
        }
        return answer instanceof Applied.Unchanged ? "unchanged" : "refused";
    }

    private static String detail(Applied answer) {
        if (answer instanceof Applied.Created created) {
            return created.uid();
        }
        if (answer instanceof Applied.Changed changed) {
            String fields = changed.changes().isEmpty()
                    ? "taken over"
                    : String.join(
                            ", ", changed.changes().stream().map(c -> c.path()).toList());
            return "version " + changed.version() + " from " + changed.from() + ": " + fields;
        }
        if (answer instanceof Applied.Unchanged unchanged) {
            return "version " + unchanged.version();
        }
        return ((Applied.Refused) answer).why();
    }
}
