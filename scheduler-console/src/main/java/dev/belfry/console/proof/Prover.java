package dev.belfry.console.proof;

import dev.belfry.agent.client.Journal;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Eligibility;
import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.version.JobRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares what was due with what the journal and the ledgers say became of it.
 *
 * <p>A pure function of its evidence. Time grows with the number of fires due: about a million a second; memory with the fires
 * of one shard, or of one job if its definition says when they are due.
 */
public final class Prover {
    /** How long a fire may take to be accounted for before it counts as a gap. */
    public static final Duration GRACE = Duration.ofSeconds(30);

    /** With these reasons the next incarnation of an agent accounts for what the one before it left. */
    private static final Set<String> SETTLED = Set.of(Reasons.OUTCOME_UNKNOWN, Reasons.CLAIM_WITHOUT_OUTCOME);

    private final Evidence evidence;
    private final Instant from;
    private final Instant until;
    private final Tally tally = new Tally();
    private final Map<String, List<Lines.Shard>> recorded = new HashMap<>();
    private final Set<Lines.Shard> seen = new HashSet<>();

    private Prover(Evidence evidence, Instant from, Instant until) {
        this.evidence = evidence;
        this.from = from;
        this.until = until;
    }

    /**
     * Looks at everything due in [{@code from}, {@code until}), or up to now if that is earlier; fires are due at whole
     * milliseconds, and what is below them in an instant does not count.
     */
    public static Proof prove(Evidence evidence, Instant from, Instant until) {
        Instant end = until.isBefore(evidence.now()) ? until : evidence.now();
        return new Prover(evidence, from.truncatedTo(ChronoUnit.MILLIS), end.truncatedTo(ChronoUnit.MILLIS)).prove();
    }

    /**
     * Looks at what a past lists that a restore has ended: no fire has two outcomes there, and none has one that was not due. What it
     * does not list is not known, since its ledgers are lost.
     */
    public static Proof prove(EndedPast past, Instant from, Instant until) {
        Evidence evidence = new Evidence(
                past.jobs(),
                (uid, layout) -> Map.of(),
                past.lines(),
                List.of(),
                key -> true,
                QueueEvidence.NONE,
                past.restored());
        return new Prover(evidence, from.truncatedTo(ChronoUnit.MILLIS), until.truncatedTo(ChronoUnit.MILLIS))
                .proveListed();
    }

    private Proof proveListed() {
        for (Lines.Shard id : evidence.journal().shards()) {
            recorded.computeIfAbsent(id.jobUid(), uid -> new ArrayList<>()).add(id);
        }
        for (JobRecord stored : evidence.jobs()) {
            JobRecord job = PutBack.continued(stored, evidence.journal());
            for (Layout layout : Layout.of(job, from, until)) {
                recorded.getOrDefault(job.uid(), List.of()).stream()
                        .filter(id -> id.layout() == layout.number())
                        .forEach(id -> proveListed(layout, id));
            }
            new QueuedProof(job, evidence, tally, from, until, seen::add).proveListed();
        }
        strangers();
        return tally.proof(from, until);
    }

    private void proveListed(Layout layout, Lines.Shard id) {
        seen.add(id);
        List<FireEntry> entries = lines(layout, evidence.journal().of(id)).stream()
                .map(Journal.Line::entry)
                .toList();
        if (entries.isEmpty()) {
            return;
        }
        ShardProof proof = new ShardProof(
                layout,
                new ShardEvidence(id.shard(), entries, List.of(), Optional.empty(), Optional.empty(), false),
                tally);
        proof.layLines(from, until);
        for (Layout.Chain chain : layout.chains()) {
            new ChainProof(chain, proof, entries, tally, from, until).count();
        }
    }

    private Proof prove() {
        for (Lines.Shard shard : evidence.journal().shards()) {
            recorded.computeIfAbsent(shard.jobUid(), uid -> new ArrayList<>()).add(shard);
        }
        Unlisted unlisted = new Unlisted(evidence.journal().counts(), evidence.jobs());
        List<JobRecord> jobs = new ArrayList<>();
        for (JobRecord job : evidence.jobs()) {
            JobRecord continued = PutBack.continued(job, evidence.journal());
            if (!continued.equals(job)) {
                tally.notes.add("job " + job.name() + ": its definition says that it is in force from "
                        + job.versions().get(0).from() + " on, but it has run since "
                        + continued.versions().get(0).from()
                        + ": it was deleted and put back, and counts as in force all along");
            }
            jobs.add(continued);
        }
        jobs.sort(Comparator.comparing(JobRecord::name));
        for (JobRecord job : jobs) {
            Unlisted.OfJob missing = new Unlisted.OfJob();
            for (Layout layout : Layout.of(job, from, until)) {
                prove(layout, missing);
            }
            new QueuedProof(job, evidence, tally, from, until, seen::add).prove(missing, GRACE);
            note(job, unlisted);
            unlisted.settle(job, missing, tally);
        }
        strangers();
        tally.notes.addAll(evidence.journal().problems());
        tally.findings.sort(
                Comparator.comparing(Finding::job).thenComparing(Finding::shard).thenComparing(Finding::first));
        return tally.proof(from, until);
    }

    /** Outcomes of shards that their job has never had. */
    private void strangers() {
        Map<String, JobRecord> byUid = new HashMap<>();
        evidence.jobs().forEach(job -> byUid.put(job.uid(), job));
        evidence.journal().shards().forEach(id -> {
            JobRecord job = byUid.get(id.jobUid());
            if (job != null && !seen.contains(id)) {
                evidence.journal().of(id).forEach(line -> stranger(job, line.entry()));
            }
        });
    }

    private void stranger(JobRecord job, FireEntry entry) {
        Instant due = entry.fire().due();
        boolean known = !due.isBefore(job.versions().get(0).from());
        if (known && ShardProof.isScheduledOutcome(entry) && !due.isBefore(from) && due.isBefore(until)) {
            tally.found(new Finding(
                    Finding.Kind.PHANTOM,
                    job.name(),
                    entry.layout(),
                    entry.shard(),
                    due,
                    entry.last(),
                    entry.count(),
                    "recorded as " + entry.outcome().text() + ", but no version kept has layout " + entry.layout()
                            + " with such a shard"));
        }
    }

    private void note(JobRecord job, Unlisted unlisted) {
        for (Instant edge : List.of(from, until)) {
            if (unlisted.splits(job, edge)) {
                tally.notes.add("job " + job.name() + ": outcomes of the hour around " + edge
                        + " are counted by the hour, so that a gap beside it may be taken for one of them;"
                        + " begin and end on the hour to be sure");
            }
        }
        if (job.versions().get(0).number() > 1 && job.versions().get(0).from().isAfter(from)) {
            tally.notes.add("job " + job.name() + ": what was due before "
                    + job.versions().get(0).from() + " is not known, since older versions are not kept");
        }
    }

    private void prove(Layout layout, Unlisted.OfJob missing) {
        Map<String, LedgerRecord> ledgers = evidence.ledgers().of(layout.job().uid(), layout.number());
        for (String shard : shards(layout, ledgers)) {
            Lines.Shard id = new Lines.Shard(layout.job().uid(), layout.number(), shard);
            seen.add(id);
            List<Journal.Line> journal = lines(layout, evidence.journal().of(id));
            List<FireEntry> entries = journal.stream().map(Journal.Line::entry).toList();
            Optional<LedgerRecord> ledger = Optional.ofNullable(ledgers.get(shard));
            List<FireEntry> ended = evidence.journal().ended(id).stream()
                    .map(Journal.Line::entry)
                    .toList();
            ShardProof proof = new ShardProof(
                    layout,
                    new ShardEvidence(shard, entries, ended, ledger, Optional.empty(), waits(layout, shard)),
                    tally);
            proof.layLines(from, until);
            proof.pairs(from, until);
            boolean broadcast = layout.broadcast();
            for (Layout.Chain chain : layout.chains()) {
                ChainProof follows = new ChainProof(chain, proof, entries, tally, from, until);
                follows.count();
                if (!broadcast) {
                    follows.follow(evidence.now(), GRACE);
                }
            }
            if (broadcast) {
                broadcast(layout, shard, journal, proof);
            } else {
                tally.due += layout.due().length;
                proof.judgeRest(from.toEpochMilli(), until.toEpochMilli(), evidence.now(), GRACE);
            }
            proof.unlisted.forEach(instant -> missing.add(layout.number(), shard, instant));
        }
    }

    /** Without what the queue has recorded of a job that is, or was, a broadcast one at other times. */
    private static List<Journal.Line> lines(Layout layout, List<Journal.Line> all) {
        JobRecord job = layout.job();
        return layout.broadcast() && job.versions().stream().anyMatch(Layout::isQueued)
                ? all.stream()
                        .filter(line ->
                                !Layout.isQueued(job.at(line.entry().fire().due())))
                        .toList()
                : all;
    }

    private boolean waits(Layout layout, String shard) {
        boolean over = layout.end() <= evidence.now().toEpochMilli();
        return layout.shards() > 0
                && !over
                && !evidence.owned().test(new ShardKey(layout.job().uid(), layout.number(), Integer.parseInt(shard)));
    }

    private Set<String> shards(Layout layout, Map<String, LedgerRecord> ledgers) {
        Set<String> shards =
                new TreeSet<>(Comparator.comparingInt(String::length).thenComparing(s -> s));
        for (int shard = 0; shard < layout.shards(); shard++) {
            shards.add(Integer.toString(shard));
        }
        if (layout.shards() == 0) {
            shards.addAll(ledgers.keySet());
            recorded.getOrDefault(layout.job().uid(), List.of()).stream()
                    .filter(id -> id.layout() == layout.number())
                    .forEach(id -> shards.add(id.shard()));
            evidence.agents().stream()
                    .filter(agent -> takesPart(agent, layout.job()))
                    .forEach(agent -> shards.add(agent.incarnation().agentId()));
        }
        return shards;
    }

    /**
     * An agent owes a broadcast fire only while it is registered: between what it has recorded, that is known, and of an agent
     * that is there now, since when.
     */
    private void broadcast(Layout layout, String agent, List<Journal.Line> journal, ShardProof proof) {
        Map<String, long[]> stretches = new HashMap<>();
        for (Journal.Line line : journal) {
            if (settlesForAnother(line, journal)) {
                continue; // it says nothing of when its writer was there
            }
            long at = line.entry().fire().due().toEpochMilli();
            long[] stretch = stretches.computeIfAbsent(line.writer(), writer -> new long[] {at, at});
            stretch[0] = Math.min(stretch[0], at);
            stretch[1] = Math.max(stretch[1], at);
        }
        for (AgentFacts live : evidence.agents()) {
            if (live.incarnation().agentId().equals(agent) && takesPart(live, layout.job())) {
                // What was due in the very millisecond in which it registered, nobody owes.
                long since = live.registeredAt().toEpochMilli() + 1;
                stretches.put(live.incarnation().name(), new long[] {since, until.toEpochMilli() - 1});
            }
        }
        stretches.values().forEach(stretch -> {
            long first = Math.max(stretch[0], from.toEpochMilli());
            long end = Math.min(stretch[1] + 1, until.toEpochMilli());
            for (long due : layout.due()) {
                tally.due += due >= first && due < end ? 1 : 0;
            }
            if (first < end) {
                proof.judgeRest(first, end, evidence.now(), GRACE);
            }
        });
    }

    /** Whether a line is about what an earlier incarnation of the agent had begun, or may have. */
    private static boolean settlesForAnother(Journal.Line line, List<Journal.Line> journal) {
        FireEntry entry = line.entry();
        if (SETTLED.contains(entry.reason())) {
            return true;
        }
        return entry.attempt() > 1
                && journal.stream()
                        .anyMatch(other -> other.entry().fire().equals(entry.fire())
                                && !other.writer().equals(line.writer())
                                && other.entry().token() < entry.token());
    }

    private static boolean takesPart(AgentFacts agent, JobRecord job) {
        JobDefinition definition = job.definition();
        LabelSelector labels = LabelSelector.anyOf(definition.requires().labels());
        return Eligibility.refusal(agent, definition.handler(), labels).isEmpty();
    }
}
