package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.Applied;
import dev.belfry.agent.client.ClientException;
import dev.belfry.console.command.Applying;
import dev.belfry.console.command.TakingUp;
import dev.belfry.console.query.Costs;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.ParsedDefinitions;
import dev.belfry.core.job.QueueRules;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@picocli.CommandLine.Command(
        name = "apply",
        description = "Makes the jobs of a file what the file says, and waits until that is in force everywhere.")
final class ApplyVerb extends WritingVerb {

    private static final Duration SLOW = Duration.ofSeconds(3);

    @Parameters(paramLabel = "FILE", description = "Definitions in YAML or JSON; - for standard input.")
    String file = "";

    @Option(
            names = "--prune",
            description = "Delete the jobs that the same --as has applied and the file does not name.")
    boolean prune;

    @Option(names = "--no-wait", description = "Do not wait until it is in force.")
    boolean noWait;

    private Optional<ParsedDefinitions> definitions = Optional.empty();
    private List<JobDefinition> jobs = List.of();
    private Map<String, QueueRules> queues = Map.of();
    private Map<String, Integer> pools = Map.of();

    ApplyVerb(Shell shell) {
        super(shell);
    }

    @Override
    void check() {
        ParsedDefinitions parsed = readable(file);
        definitions = Optional.of(parsed);
        jobs = parsed.jobs();
        queues = parsed.queues();
        pools = parsed.pools();
    }

    @Override
    int ask(BelfryClient client) {
        Applying applying = new Applying(client, asker());
        List<String> pruned = prune ? applying.prunable(jobs) : List.of();
        checkWorkflows(client, applying, pruned);
        List<String> problems = new ArrayList<>();
        Costs.budget(client, problems);
        report(problems);
        if (!queues.isEmpty() || !pools.isEmpty()) {
            applying.declare(queues, pools);
            String what = Words.count(queues.size(), "queue") + " and " + Words.count(pools.size(), "pool");
            if (format == Format.TABLE) {
                print(what + " declared; those of other files stay");
            }
        }
        List<Applied> answers = apply(client, applying);
        boolean refused = answers.stream().anyMatch(Applied.Refused.class::isInstance);
        List<Map<String, Object>> tree = new ArrayList<>();
        TextTable table = new TextTable("JOB", "RESULT", "DETAIL");
        answers.forEach(answer -> row(table, tree, answer));
        List<TakingUp.Change> changes = new ArrayList<>();
        answers.forEach(answer -> change(client, answer).ifPresent(changes::add));
        for (String job : refused ? List.<String>of() : applying.followersFirst(pruned)) {
            Command deleted = CommandVerbs.sent(this, client, () -> applying.delete(job));
            boolean done = CommandVerbs.code(deleted) == Exit.DONE;
            refused |= !done;
            Map<String, Object> one = row(table, tree, job, done ? "deleted" : "refused", CommandVerbs.result(deleted));
            client.job(job).filter(state -> done).ifPresent(state -> {
                TakingUp.Change change =
                        CommandVerbs.change(state, -1, shell.clock().instant());
                one.put("from", Times.iso(change.from()));
                changes.add(change);
            });
        }
        print(table, tree);
        changes.stream().reduce(ApplyVerb::both).filter(all -> !noWait).ifPresent(all -> {
            CommandVerbs.awaitInForce(this, client, all);
        });
        return refused ? Exit.NO : Exit.DONE;
    }

    /** Before anything is written: what the file would break beside what is there and stays. */
    private void checkWorkflows(BelfryClient client, Applying applying, List<String> pruned) {
        applying.held(pruned, jobs).forEach((job, followers) -> {
            throw new NoException("job '" + job + "' cannot be pruned: " + String.join(", ", followers)
                    + (followers.size() == 1 ? " runs" : " run") + " after it; nothing was changed");
        });
        List<JobDefinition> staying = Findings.without(Findings.present(client), pruned);
        definitions.ifPresent(parsed -> Findings.refuse(this, parsed, staying));
    }

    private List<Applied> apply(BelfryClient client, Applying applying) {
        List<Applied> told = new CopyOnWriteArrayList<>();
        Instant end = shell.clock().instant().plus(client.patience());
        try {
            return SlowNotice.around(() -> applying.apply(jobs, told::add), SLOW, () -> warn(slow(client, told, end)));
        } catch (ClientException e) {
            if (!told.isEmpty()) {
                TextTable table = new TextTable("JOB", "RESULT", "DETAIL");
                List<Map<String, Object>> tree = new ArrayList<>();
                told.forEach(answer -> row(table, tree, answer));
                print(table, tree);
            }
            throw e;
        }
    }

    /** What is waited for: a job of the same name that is still being deleted, or the store. */
    private String slow(BelfryClient client, List<Applied> answers, Instant end) {
        String job = jobs.get(Math.min(answers.size(), jobs.size() - 1)).name();
        boolean deleted =
                client.job(job).filter(state -> state.record().deleted()).isPresent();
        return "waiting for job '" + job + "' to be written, at most until " + end.truncatedTo(ChronoUnit.SECONDS)
                + (deleted ? "; one of that name that was deleted just now has to end first" : "");
    }

    private static TakingUp.Change both(TakingUp.Change a, TakingUp.Change b) {
        TakingUp.Change later = a.from().isAfter(b.from()) ? a : b;
        return new TakingUp.Change(later.from(), later.left(), Math.max(a.zxid(), b.zxid()));
    }

    private Optional<TakingUp.Change> change(BelfryClient client, Applied answer) {
        long zxid = answer instanceof Applied.Created created
                ? created.zxid()
                : answer instanceof Applied.Changed changed ? changed.zxid() : 0;
        return zxid == 0
                ? Optional.empty()
                : client.job(answer.job())
                        .map(state ->
                                CommandVerbs.change(state, -1, shell.clock().instant()));
    }

    private static void row(TextTable table, List<Map<String, Object>> tree, Applied answer) {
        Map<String, Object> one = row(table, tree, answer.job(), word(answer), detail(answer));
        if (answer instanceof Applied.Created created) {
            one.put("version", 1);
            one.put("from", Times.iso(created.from()));
        } else if (answer instanceof Applied.Changed changed) {
            one.put("version", changed.version());
            one.put("from", Times.iso(changed.from()));
        } else if (answer instanceof Applied.Unchanged unchanged) {
            one.put("version", unchanged.version());
        }
    }

    private static Map<String, Object> row(
            TextTable table, List<Map<String, Object>> tree, String job, String word, String detail) {
        table.row(job, word, detail);
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("job", job);
        one.put("result", word);
        one.put("detail", detail);
        tree.add(one);
        return one;
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
            return "version 1 from " + created.from() + ", " + created.uid();
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
