package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.JobState;
import dev.belfry.console.query.FirePreview;
import dev.belfry.console.query.Snapshot;
import dev.belfry.core.job.DefinitionDiff;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.ParsedDefinitions;
import dev.belfry.core.job.Placement;
import dev.belfry.core.version.JobRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "plan",
        description = "Says what 'apply' of a file would change: fields, fires of the next 30 days, costs, shards that"
                + " move. Changes nothing. Exits with 1 if the budget of the namespace would refuse some.")
final class PlanVerb extends ClusterVerb {
    @Parameters(paramLabel = "FILE", description = "Definitions in YAML or JSON; - for standard input.")
    String file = "";

    private Optional<ParsedDefinitions> parsed = Optional.empty();
    private List<JobDefinition> jobs = List.of();

    PlanVerb(Shell shell) {
        super(shell);
    }

    /** Before the first 'apply' there may be none, and everything is new. */
    @Override
    boolean needsNamespace() {
        return false;
    }

    @Override
    void check() {
        ParsedDefinitions definitions = readable(file);
        parsed = Optional.of(definitions);
        jobs = definitions.jobs();
    }

    @Override
    int ask(BelfryClient client) {
        Snapshot snapshot = Snapshot.read(client, shell.clock().instant());
        report(snapshot.problems());
        parsed.ifPresent(definitions -> Findings.refuse(this, definitions, present(snapshot)));
        BudgetForecast costs = BudgetForecast.of(client, snapshot, jobs);
        report(costs.problems());
        List<Map<String, Object>> tree = new ArrayList<>();
        List<String> text = new ArrayList<>();
        Map<String, JobDefinition> changed = new LinkedHashMap<>();
        for (JobDefinition job : jobs) {
            Optional<JobDefinition> before =
                    snapshot.job(job.name()).filter(record -> !record.deleted()).map(JobRecord::definition);
            if (before.isPresent() && before.get().equals(job)) {
                text.add("= " + job.name() + ": unchanged");
                tree.add(Map.of("job", job.name(), "change", "none"));
                continue;
            }
            changed.put(job.name(), job);
            Map<String, Object> one = job(job, before, snapshot.now(), text);
            text.add("    " + CostReport.brief(costs.cost(job)));
            if (job.placement() == Placement.QUEUED) {
                text.add("    note: it " + CostReport.OF_QUEUED);
            }
            one.put("cost", CostReport.tree(costs.cost(job)));
            costs.refusal(job).ifPresent(why -> {
                text.add("    'apply' would refuse it: " + why);
                one.put("refused", why);
            });
            tree.add(one);
        }
        List<String> moves = new ShardForecast(snapshot, changed).lines();
        if (format == Format.TABLE) {
            text.forEach(this::print);
            moves.forEach(this::print);
            costs.lines().forEach(this::print);
        } else {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("jobs", tree);
            all.put("shards", moves);
            all.put("budget", costs.tree());
            print(new TextTable(), all);
        }
        return costs.isRefused() ? Exit.NO : Exit.DONE;
    }

    private static List<JobDefinition> present(Snapshot snapshot) {
        return snapshot.jobs().stream()
                .map(JobState::record)
                .filter(record -> !record.deleted())
                .map(JobRecord::definition)
                .toList();
    }

    private Map<String, Object> job(JobDefinition job, Optional<JobDefinition> before, Instant now, List<String> text) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("job", job.name());
        tree.put("change", before.isPresent() ? "changed" : "new");
        text.add(
                (before.isPresent()
                        ? "~ " + job.name() + ": changed"
                        : "+ " + job.name() + ": new, "
                                + Words.count(job.shards().count(), "shard")));
        if (before.isPresent()) {
            List<Map<String, String>> fields = new ArrayList<>();
            for (DefinitionDiff.FieldChange change : DefinitionDiff.between(before.get(), job)) {
                text.add("    " + change.path() + ": " + change.before() + " -> " + change.after());
                fields.add(Map.of("path", change.path(), "before", change.before(), "after", change.after()));
            }
            tree.put("fields", fields);
        }
        FirePreview fires = FirePreview.of(before, job, now);
        tree.put("firesGained", fires.gained());
        tree.put("firesLost", fires.lost());
        text.add("    fires in 30 days: " + fires("gained", fires.gained(), fires.firstGained(), fires.cut()) + ", "
                + fires("lost", fires.lost(), fires.firstLost(), fires.cut()));
        return tree;
    }

    private static String fires(String word, long count, List<Instant> first, boolean cut) {
        String some = first.isEmpty()
                ? ""
                : " (" + first.stream().map(Instant::toString).collect(Collectors.joining(", "))
                        + (count > first.size() ? ", ..." : "") + ")";
        return (cut ? "at least " : "") + String.format(java.util.Locale.ROOT, "%,d %s", count, word) + some;
    }
}
