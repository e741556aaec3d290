package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.AgentState;
import dev.belfry.agent.client.JobState;
import dev.belfry.agent.client.Ledgers;
import dev.belfry.agent.client.QueueState;
import dev.belfry.agent.client.Readings;
import dev.belfry.agent.client.TableState;
import dev.belfry.console.history.MergedJobs;
import dev.belfry.console.history.Past;
import dev.belfry.console.proof.EndedPast;
import dev.belfry.console.proof.Evidence;
import dev.belfry.console.proof.Finding;
import dev.belfry.console.proof.Lines;
import dev.belfry.console.proof.Pair;
import dev.belfry.console.proof.Proof;
import dev.belfry.console.proof.Prover;
import dev.belfry.console.proof.PutBack;
import dev.belfry.console.proof.QueueEvidence;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "verify",
        description =
                "Proves that every due fire has exactly one outcome, or lists those that have not; then it exits with 1."
                        + " Where there is a history, it is compared with ZooKeeper and audited, too.")
final class VerifyVerb extends PastVerb {
    private static final int SHOWN = 40;

    @Option(
            names = "--from",
            paramLabel = "INSTANT",
            description = "Look at what was due from here on. Default: as far back as versions are kept.")
    @Nullable
    Instant from;

    @Option(names = "--to", paramLabel = "INSTANT", description = "Look at what was due before this. Default: now.")
    @Nullable
    Instant to;

    @Option(
            names = "--job",
            paramLabel = "NAME",
            description =
                    "Only this job. Default: all, those deleted within the last day included, also where a new job has the"
                            + " name since.")
    @Nullable
    String only;

    @Option(
            names = "--no-audit",
            description = "Do not compare the rows of the history with their hashes, which takes a look at every row.")
    boolean noAudit;

    @Option(
            names = {"-v", "--verbose"},
            description = "List the fires that may have run twice, too.")
    boolean verbose;

    private final List<String> altered = new ArrayList<>();
    private final List<String> notExported = new ArrayList<>();
    private List<EndedPast> ended = List.of();
    private final List<BeforeRestore> before = new ArrayList<>();

    VerifyVerb(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() {
        TimeRange.check(this, from, to);
        return super.call();
    }

    @Override
    int ask(BelfryClient client) {
        List<Long> notEntered = past().map(Past::restoresNotEntered).orElse(List.of());
        if (!notEntered.isEmpty()) {
            throw new NoException("the history does not know yet that the namespace was restored (to term "
                    + notEntered.get(notEntered.size() - 1)
                    + "), so that it cannot be compared: an exporter enters that, 'belfry export-history --once' for"
                    + " example; --no-history proves what ZooKeeper has");
        }
        Readings<JobState> read = client.jobs();
        List<JobRecord> jobs = jobs(read).stream()
                .flatMap(job -> job.withPredecessors().stream())
                .filter(job -> only == null || job.name().equals(only))
                .toList();
        if (only != null && jobs.isEmpty()) {
            throw Absent.job(only, read.found());
        }
        List<String> notes = new ArrayList<>(read.problems());
        Proof proof = prove(client, jobs, notes);
        notes.addAll(proof.notes());
        boolean held = before.stream().allMatch(BeforeRestore::holds);
        if (format == Format.TABLE) {
            tell(proof, jobs.size(), notes, read.problems().size());
        } else {
            print(new TextTable(), tree(proof, notes, read.problems().size()));
        }
        return proof.holds() && held && altered.isEmpty() && read.problems().isEmpty() ? Exit.DONE : Exit.NO;
    }

    /** As ZooKeeper has them, and the history if there is one that can be understood. */
    private List<JobRecord> jobs(Readings<JobState> read) {
        List<JobRecord> present = read.found().stream().map(JobState::record).toList();
        Optional<Past> past = past();
        if (past.isEmpty()) {
            return present;
        }
        if (!noAudit) {
            past.get().audit(List.of()).findings().forEach(finding -> altered.add("history: " + finding));
        }
        try {
            MergedJobs merged = past.get().jobs(present);
            altered.addAll(merged.altered());
            notExported.addAll(merged.notExported());
            return merged.jobs();
        } catch (IllegalArgumentException e) {
            altered.add("the history's definitions cannot be understood: " + e.getMessage());
            return present;
        }
    }

    /** Likewise. */
    private Lines lines(BelfryClient client, Instant first, Instant end) {
        if (past().isEmpty()) {
            return Lines.in(client.journal());
        }
        try {
            Past.Streamed whole = past().get().streamed(first, end);
            altered.addAll(whole.altered());
            ended = whole.ended();
            return whole.lines();
        } catch (IllegalArgumentException e) {
            return notUnderstood(client, e);
        }
    }

    private Lines notUnderstood(BelfryClient client, IllegalArgumentException e) {
        altered.add("the history's rows cannot be understood: " + e.getMessage());
        return Lines.in(client.journal());
    }

    private Instant first(List<JobRecord> jobs, Instant now, List<String> notes) {
        Instant asked = from != null
                ? from
                : jobs.stream()
                        .map(job -> job.versions().get(0).from())
                        .min(Comparator.naturalOrder())
                        .orElse(now);
        Optional<Instant> complete = past().flatMap(Past::completeSince).filter(asked::isBefore);
        complete.ifPresent(since ->
                notes.add("what was due before " + since + " is left out: its history was removed because of its age"));
        return complete.orElse(asked);
    }

    private Proof prove(BelfryClient client, List<JobRecord> jobs, List<String> notes) {
        // Marks first, then the lines: what a mark says is final has its line in the journal by then.
        Instant now = shell.clock().instant().truncatedTo(ChronoUnit.MILLIS);
        Map<String, Map<String, LedgerRecord>> ledgers = new HashMap<>();
        for (JobRecord job : jobs) {
            job.versions().stream()
                    .map(JobVersion::layout)
                    .distinct()
                    .forEach(
                            layout -> ledgers.put(job.uid() + '.' + layout, ledgers(client, job.uid(), layout, notes)));
            ledgers.put(job.uid() + ".0", ledgers(client, job.uid(), 0, notes));
        }
        QueueState queue = client.queue();
        notes.addAll(queue.problems());
        Instant first = first(jobs, now, notes);
        Instant end = to == null ? now : to;
        Lines journal = lines(client, first, end);
        TableState table = client.shards();
        List<AgentFacts> agents =
                client.agents().found().stream().map(AgentState::present).toList();
        Function<Lines, Proof> prove = lines -> Prover.prove(
                new Evidence(
                        jobs,
                        (uid, layout) -> ledgers.getOrDefault(uid + '.' + layout, Map.of()),
                        lines,
                        agents,
                        key -> table.table().tenancy(key).isPresent(),
                        QueueEvidence.of(queue),
                        now),
                from == null ? beginning(jobs, lines, first) : first,
                end);
        try {
            Proof proof = prove.apply(journal);
            Instant since = proof.from();
            ended.forEach(past -> before.add(new BeforeRestore(past, Prover.prove(past, since, proof.to()))));
            return proof;
        } catch (IllegalArgumentException e) {
            if (past().isEmpty()) {
                throw e;
            }
            // Rows are read only now.
            return prove.apply(notUnderstood(client, e));
        }
    }

    /** Earlier, where a definition was put back that had been in force before. */
    private Instant beginning(List<JobRecord> jobs, Lines journal, Instant first) {
        if (past().flatMap(Past::completeSince).isPresent()) {
            return first;
        }
        return jobs.stream()
                .map(job -> PutBack.continued(job, journal).versions().get(0).from())
                .filter(first::isAfter)
                .min(Comparator.naturalOrder())
                .orElse(first);
    }

    private static Map<String, LedgerRecord> ledgers(
            BelfryClient client, String jobUid, int layout, List<String> notes) {
        Ledgers ledgers = client.ledgers(jobUid, layout);
        notes.addAll(ledgers.problems());
        return ledgers.byShard();
    }

    private void tell(Proof proof, int jobs, List<String> notes, int unread) {
        print("verify: " + Words.count(jobs, "job") + ", from " + Times.instant(proof.from()) + " to "
                + Times.instant(proof.to()));
        TextTable table = new TextTable("FIRES OF SHARDS", ">COUNT");
        table.row("due", number(proof.due()));
        proof.outcomes().forEach((outcome, count) -> table.row("  " + outcome.text(), number(count)));
        table.row("  counted, not listed", number(proof.counted()));
        table.row("  pending", number(proof.pending()));
        table.row("may have run twice, and say so", number(proof.pairs()));
        if (!before.isEmpty()) {
            table.row("  before and after a restore", number(proof.restored()));
        }
        for (Finding.Kind kind : Finding.Kind.values()) {
            table.row(kind.name().toLowerCase(java.util.Locale.ROOT) + "s", number(wrong(proof, kind)));
        }
        past().ifPresent(history -> table.row("altered records", number(altered.size())));
        past().ifPresent(history -> table.row("deletions not exported", number(notExported.size())));
        shell.out().print(table.render());
        notExported.forEach(one -> print("not exported: " + one));
        altered.stream().limit(SHOWN).forEach(one -> print("altered: " + one));
        if (altered.size() > SHOWN) {
            print("... and " + (altered.size() - SHOWN) + " more; -o json lists them");
        }
        before.forEach(past -> print(past.text()));
        List<Finding> findings = findings(proof);
        if (!findings.isEmpty()) {
            TextTable wrong = new TextTable("WRONG", "JOB", "SHARD", "FIRST", "LAST", ">COUNT", "WHAT");
            findings.stream()
                    .limit(SHOWN)
                    .forEach(f -> wrong.row(
                            f.kind().name().toLowerCase(java.util.Locale.ROOT),
                            f.job(),
                            f.shard(),
                            f.first(),
                            f.last(),
                            f.count(),
                            f.detail()));
            shell.out().print(wrong.render());
            if (findings.size() > SHOWN) {
                print("... and " + (findings.size() - SHOWN) + " more; -o json lists them");
            }
        }
        if (verbose) {
            tellPairs(proof);
        } else if (proof.pairs() > 0) {
            print("note: -v lists the fires that may have run twice");
        }
        notes.forEach(note -> print("note: " + note));
        if (jobs == 0) {
            print("There is no job in namespace '" + namespaceName() + "': nothing was due.");
            return;
        }
        boolean holds = findings.isEmpty();
        if (holds && !altered.isEmpty()) {
            print("NOT proved: the record was altered, as listed above.");
        } else if (!holds) {
            print("NOT every due fire has exactly one outcome.");
        } else if (unread > 0) {
            print("NOT proved for all jobs: the definition of " + Words.count(unread, "job")
                    + " cannot be read, as noted above. Every due fire of the others has exactly one outcome"
                    + underWay(proof));
        } else if (proof.due() == 0 && proof.outcomes().isEmpty()) {
            print("Nothing was due from " + Times.instant(proof.from()) + " to " + Times.instant(proof.to())
                    + ": there was nothing to prove.");
        } else {
            print("Every due fire has exactly one outcome" + underWay(proof));
        }
    }

    /** What is wrong now, and before restores. */
    private List<Finding> findings(Proof proof) {
        List<Finding> all = new ArrayList<>(proof.findings());
        before.forEach(past -> all.addAll(past.findings()));
        return all;
    }

    private long wrong(Proof proof, Finding.Kind kind) {
        return proof.wrong(kind)
                + before.stream().mapToLong(past -> past.proof().wrong(kind)).sum();
    }

    private void tellPairs(Proof proof) {
        TextTable pairs = new TextTable("MAY HAVE RUN TWICE", "SHARD", "DUE", "ATTEMPTS");
        proof.twice().forEach(pair -> pairs.row(pair.job(), pair.shard(), pair.due(), pair.detail()));
        shell.out().print(pairs.render());
        if (proof.pairs() > proof.twice().size()) {
            print("... and " + (proof.pairs() - proof.twice().size()) + " more; a shorter stretch lists them");
        }
    }

    private static String underWay(Proof proof) {
        return proof.pending() > 0 ? ", or is under way." : ".";
    }

    private static String number(long count) {
        return String.format(java.util.Locale.ROOT, "%,d", count);
    }

    private Map<String, Object> tree(Proof proof, List<String> notes, int unread) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("from", Times.iso(proof.from()));
        tree.put("to", Times.iso(proof.to()));
        tree.put("holds", findings(proof).isEmpty() && unread == 0 && altered.isEmpty());
        tree.put("due", proof.due());
        Map<String, Long> outcomes = new LinkedHashMap<>();
        proof.outcomes().forEach((outcome, count) -> outcomes.put(outcome.text(), count));
        tree.put("outcomes", outcomes);
        tree.put("countedNotListed", proof.counted());
        tree.put("pending", proof.pending());
        tree.put("pairs", proof.pairs());
        tree.put("pairsOfRestores", proof.restored());
        tree.put("twice", proof.twice().stream().map(VerifyVerb::tree).toList());
        tree.put("gaps", wrong(proof, Finding.Kind.GAP));
        tree.put("duplicates", wrong(proof, Finding.Kind.DUPLICATE));
        tree.put("phantoms", wrong(proof, Finding.Kind.PHANTOM));
        List<Map<String, Object>> findings = new ArrayList<>();
        for (Finding finding : findings(proof)) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("kind", finding.kind().name().toLowerCase(java.util.Locale.ROOT));
            one.put("job", finding.job());
            one.put("layout", finding.layout());
            one.put("shard", finding.shard());
            one.put("first", Times.iso(finding.first()));
            one.put("last", Times.iso(finding.last()));
            one.put("count", finding.count());
            one.put("detail", finding.detail());
            findings.add(one);
        }
        tree.put("findings", findings);
        tree.put("restores", before.stream().map(BeforeRestore::tree).toList());
        tree.put("altered", altered);
        tree.put("notExported", notExported);
        tree.put("notes", notes);
        return tree;
    }

    private static Map<String, Object> tree(Pair pair) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("job", pair.job());
        one.put("layout", pair.layout());
        one.put("shard", pair.shard());
        one.put("due", Times.iso(pair.due()));
        one.put("detail", pair.detail());
        return one;
    }
}
