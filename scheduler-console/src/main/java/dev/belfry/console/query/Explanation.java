package dev.belfry.console.query;

import dev.belfry.agent.client.AgentState;
import dev.belfry.agent.client.Journal;
import dev.belfry.core.agent.Eligibility;
import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.agent.Refusal;
import dev.belfry.core.assign.Unplaced;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.version.VersionedDueSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Why a fire of a shard ran, did not run, waits, or when it will: a chain of sentences, each with its fact. A pure function of
 * what was read.
 */
public final class Explanation {
    private final Snapshot snapshot;
    private final Journal journal;
    private final JobRecord job;
    private final Map<String, LedgerRecord> ledgers;
    private final List<String> sentences = new ArrayList<>();

    private Explanation(Snapshot snapshot, Journal journal, JobRecord job, Map<String, LedgerRecord> ledgers) {
        this.snapshot = snapshot;
        this.journal = journal;
        this.job = job;
        this.ledgers = ledgers;
    }

    /**
     * Explains the fire at an instant, or the last one up to it if the job is not due exactly then.
     *
     * @param ledgers of the layout in force at {@code at}, by shard
     * @param shard empty for each shard in a sentence
     */
    public static List<String> of(
            Snapshot snapshot,
            Journal journal,
            JobRecord job,
            Map<String, LedgerRecord> ledgers,
            Instant at,
            Optional<String> shard) {
        Explanation explanation = new Explanation(snapshot, journal, job, ledgers);
        explanation.explain(at, shard);
        return List.copyOf(explanation.sentences);
    }

    private void say(String sentence) {
        sentences.add(sentence);
    }

    private void explain(Instant at, Optional<String> shard) {
        JobVersion version = job.at(at);
        say("Version " + version.number() + ", in force from " + version.from() + ", by "
                + version.author().name()
                + (version.author().reason().isEmpty()
                        ? ""
                        : " (" + version.author().reason() + ")") + ": "
                + JobText.triggers(version.definition()) + ".");
        if (!switchedOff(at, version)) {
            VersionedDueSet due = VersionedDueSet.of(job, version.layout());
            Optional<Instant> fire = due.latest(Instant.EPOCH, Instant.ofEpochMilli(at.toEpochMilli()));
            fire.ifPresentOrElse(
                    instant -> past(at, instant, version, shard),
                    () -> say("It was not due up to " + at + " since " + version.from() + "."));
        }
        requests();
        placement(version, shard);
        future(at, shard);
    }

    private boolean switchedOff(Instant at, JobVersion version) {
        if (job.deletedAt().isPresent() && !job.deletedAt().get().isAfter(at)) {
            say("The job was deleted with effect from " + job.deletedAt().get() + ": nothing is due after that.");
            return true;
        }
        if (version.paused()) {
            say("It is paused: nothing is due until somebody resumes it.");
            return true;
        }
        if (!version.definition().enabled()) {
            say("It is not enabled: nothing is due until a definition with 'enabled: true' is applied.");
            return true;
        }
        return false;
    }

    // --- what happened

    private void past(Instant at, Instant fire, JobVersion version, Optional<String> shard) {
        if (at.equals(snapshot.now())) {
            say("Its last fire was at " + fire + ".");
        } else if (fire.equals(at)) {
            say("It was due at " + fire + ".");
        } else {
            say("It was not due at " + at + "; the last fire up to then was " + fire + ".");
        }
        if (shard.isPresent()) {
            oneShard(fire, version, shard.get());
            return;
        }
        Map<String, Integer> states = new java.util.TreeMap<>();
        List<String> shards = shards(version);
        shards.forEach(each -> states.merge(state(fire, version, each), 1, Integer::sum));
        states.forEach((state, count) -> say(
                (shards.size() == 1 ? "Its only shard " : count + " of " + shards.size() + " shards ") + state + "."));
        if (shards.size() == 1) {
            oneShard(fire, version, shards.get(0));
        } else {
            say("Add --shard N for the attempts of one shard.");
        }
    }

    private List<String> shards(JobVersion version) {
        if (version.definition().placement() == Placement.BROADCAST) {
            return List.copyOf(ledgers.keySet());
        }
        List<String> shards = new ArrayList<>();
        for (int shard = 0; shard < version.definition().shards().count(); shard++) {
            shards.add(Integer.toString(shard));
        }
        return shards;
    }

    private int filedUnder(JobVersion version) {
        return version.definition().placement() == Placement.BROADCAST ? 0 : version.layout();
    }

    private List<Journal.Line> lines(Instant fire, JobVersion version, String shard) {
        return journal.fires().stream()
                .filter(line -> line.entry().jobUid().equals(job.uid())
                        && line.entry().layout() == filedUnder(version)
                        && line.entry().shard().equals(shard)
                        && line.entry().fire().isScheduled()
                        && !line.entry().fire().due().isAfter(fire)
                        && !line.entry().last().isBefore(fire))
                .toList();
    }

    private String state(Instant fire, JobVersion version, String shard) {
        List<Journal.Line> lines = lines(fire, version, shard);
        for (int i = lines.size() - 1; i >= 0; i--) {
            FireEntry entry = lines.get(i).entry();
            if (entry.kind() == FireEntry.Kind.FINAL) {
                return entry.outcome().text() + (entry.reason().isEmpty() ? "" : " (" + meaning(entry.reason()) + ")");
            }
        }
        LedgerRecord ledger = ledgers.get(shard);
        if (ledger == null) {
            return "has recorded nothing at all";
        }
        if (!fire.isAfter(ledger.mark())) {
            return "is final by the ledger, its outcome counted and not listed any more";
        }
        for (Span span : ledger.above()) {
            if (span.covers(fire)) {
                return span.mark() instanceof Mark.Final f
                        ? f.outcome().text()
                        : "is running, or was when its owner was lost";
            }
        }
        return "has not begun it";
    }

    private void oneShard(Instant fire, JobVersion version, String shard) {
        owner(version, shard);
        List<Journal.Line> lines = lines(fire, version, shard);
        for (Journal.Line line : lines) {
            say(sentence(line));
        }
        if (lines.isEmpty()) {
            say("Shard " + shard + " " + state(fire, version, shard) + ".");
        }
        LedgerRecord ledger = ledgers.get(shard);
        if (ledger != null) {
            say("Its ledger, last written by " + ledger.writer() + ", is final up to " + ledger.mark() + " with "
                    + ledger.above().size() + " entries above.");
            ledger.released().ifPresent(released -> say("It was handed over from " + released.from() + " on."));
        }
    }

    private String sentence(Journal.Line line) {
        FireEntry entry = line.entry();
        String reason = entry.reason().isEmpty() ? "" : ": " + meaning(entry.reason());
        String attempt = "attempt " + entry.attempt() + " (token " + entry.token() + ")";
        return switch (entry.kind()) {
            case STARTED -> line.writer() + " started " + attempt + " at " + entry.started() + reason + ".";
            case ENDED ->
                line.writer() + " ended " + attempt + " " + entry.outcome().text() + " at " + entry.ended() + reason
                        + "; it was to be tried again.";
            case ABANDONED ->
                line.writer() + " abandoned " + attempt + " at " + entry.ended()
                        + ", since it did not stop when told to" + reason + ".";
            case FINAL ->
                line.writer() + " recorded " + entry.outcome().text()
                        + (entry.count() > 1
                                ? " for the " + entry.count() + " fires from "
                                        + entry.fire().due() + " to " + entry.last()
                                : "")
                        + (entry.attempt() > 0 ? " for " + attempt : "") + " at " + entry.ended() + reason + ".";
        };
    }

    private void owner(JobVersion version, String shard) {
        if (version.definition().placement() == Placement.BROADCAST) {
            return;
        }
        int number = Integer.parseInt(shard);
        snapshot.table()
                .tenancy(new LayoutKey(job.uid(), version.layout()).shard(number))
                .ifPresent(row -> say("Shard " + shard + " belongs to " + row.owner() + " since generation "
                        + row.since() + next(row) + "."));
        for (TableEntry entry : journal.table()) {
            for (TableEntry.Line line : entry.changes()) {
                if (line.jobUid().equals(job.uid()) && line.layout() == version.layout() && line.shard() == number) {
                    say("At " + entry.at() + " the master " + entry.incarnation() + ": " + line.kind() + " "
                            + line.owner() + (line.next().isEmpty() ? "" : " to " + line.next()) + ", " + line.reason()
                            + ".");
                }
            }
        }
    }

    private static String next(Tenancy row) {
        if (row.next() instanceof Successor.Named named) {
            return "; it is to go to " + named.incarnation() + " as soon as its running attempts end";
        }
        return row.next() instanceof Successor.Withdrawn ? "; it is to be let go of, and nobody is to follow" : "";
    }

    private void requests() {
        if (!job.requests().isEmpty()) {
            var last = job.requests().get(job.requests().size() - 1);
            say("The last of " + job.requests().size() + " runs asked for is " + last.runId() + ", by "
                    + last.author().name() + " at " + last.accepted() + ".");
        }
    }

    // --- what will be

    private void placement(JobVersion version, Optional<String> shard) {
        JobDefinition definition = version.definition();
        if (job.deleted() || definition.placement() != Placement.STICKY) {
            return;
        }
        List<Unplaced> unplaced = Moves.now(snapshot).unplaced().stream()
                .filter(one -> one.shard().jobUid().equals(job.uid()))
                .filter(one -> shard.isEmpty()
                        || shard.get().equals(Integer.toString(one.shard().shard())))
                .toList();
        int rows = snapshot.table()
                .rows(new LayoutKey(job.uid(), version.layout()))
                .count();
        int missing = definition.shards().count() - rows;
        if (missing > 0) {
            say(missing + " of " + definition.shards().count() + " shards have no owner.");
        }
        if (!unplaced.isEmpty()) {
            say("Nobody can take "
                    + (unplaced.size() == 1 ? "shard " + unplaced.get(0).shard().shard() : unplaced.size() + " shards")
                    + ": " + String.join("; ", unplaced.get(0).reasons()) + ".");
        }
        if (missing > 0) {
            refusals(definition);
            if (snapshot.agents().stream().noneMatch(AgentState::master)) {
                say("There is no master, so nobody assigns shards: start an agent, or wait for the election.");
            }
        }
    }

    private void refusals(JobDefinition definition) {
        Map<Refusal, List<String>> refused = new EnumMap<>(Refusal.class);
        for (AgentState agent : snapshot.agents()) {
            var facts = agent.drained() ? agent.facts().withDraining(true) : agent.facts();
            Eligibility.refusal(
                            facts,
                            definition.handler(),
                            LabelSelector.anyOf(definition.requires().labels()))
                    .ifPresent(refusal -> refused.computeIfAbsent(refusal, r -> new ArrayList<>())
                            .add(agent.id()));
        }
        if (snapshot.agents().isEmpty()) {
            say("No agent is registered.");
        } else if (refused.getOrDefault(Refusal.HANDLER, List.of()).size()
                == snapshot.agents().size()) {
            say("No agent has handler '" + definition.handler()
                    + "': register it in the code of a service, or correct the" + " definition.");
        } else {
            refused.forEach((refusal, agents) -> say(String.join(", ", agents) + " cannot: "
                    + switch (refusal) {
                        case STANDBY -> "only a stand-by master";
                        case DRAINING -> "draining";
                        case DUPLICATE_ID -> "another live agent has the same id";
                        case HANDLER -> "no handler '" + definition.handler() + "'";
                        case LABELS ->
                            "labels do not match " + definition.requires().labels();
                    }
                    + "."));
        }
    }

    private void future(Instant at, Optional<String> shard) {
        if (job.deleted()) {
            return;
        }
        Instant from = at.isAfter(snapshot.now()) ? at : snapshot.now();
        Optional<Instant> next = JobText.next(job, from);
        if (next.isEmpty()) {
            boolean delay = job.definition().schedule().delay().isPresent();
            say(
                    delay
                            ? "Its next fire follows the end of the one before; the ledger of each shard holds it"
                                    + shard.map(ledgers::get)
                                            .flatMap(LedgerRecord::delayNext)
                                            .map(i -> ": " + i)
                                            .orElse("")
                                    + "."
                            : "No further fire is planned: it runs when somebody triggers it.");
            return;
        }
        JobVersion version = job.at(next.get());
        String by = shard.filter(s -> s.matches("[0-9]{1,6}"))
                .flatMap(s ->
                        snapshot.table().tenancy(new LayoutKey(job.uid(), version.layout()).shard(Integer.parseInt(s))))
                .map(row -> ", on " + row.owner().agentId())
                .orElse("");
        Instant start = VersionedDueSet.of(job, version.layout()).jittered(next.get());
        Duration jitter = Duration.between(next.get(), start);
        say("The next fire is at " + next.get()
                + (jitter.isZero() ? "" : ", started " + jitter.toMillis() + " ms later by its jitter") + by + ".");
    }

    private static String meaning(String reason) {
        return switch (reason) {
            case Reasons.OVERLAP -> "an earlier fire of the shard was still running";
            case Reasons.BUFFER_FULL -> "the buffer of waiting fires was full";
            case Reasons.REPLACED -> "a newer fire took its place in the buffer";
            case Reasons.PAUSED -> "the job was paused";
            case Reasons.COALESCED -> "missed while nobody could run it; a later fire stands for it";
            case Reasons.MISFIRE_SKIP -> "missed while nobody could run it; the misfire policy runs nothing late";
            case Reasons.WINDOW -> "older than the catch-up window";
            case Reasons.LIMIT -> "more late fires than the limit";
            case Reasons.HANDOVER -> "late, due while the shard was handed over";
            case Reasons.MISFIRE -> "late, due while nobody could run it";
            case Reasons.OUTCOME_UNKNOWN ->
                "run again, since its first owner was lost before it could record an outcome";
            case Reasons.LEASE_OVER -> "cut short by the end of its agent's lease";
            case Reasons.CANCELLED_BY_NEWER -> "cancelled by a newer fire";
            case Reasons.LAYOUT -> "the number of shards or their parameters changed";
            case Reasons.DELETED -> "the job was deleted";
            case Reasons.CLAIM_WITHOUT_OUTCOME -> "claimed by an owner that was lost, and not run twice";
            default -> reason;
        };
    }
}
