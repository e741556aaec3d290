package dev.belfry.console.query;

import dev.belfry.agent.client.Journal;
import dev.belfry.console.query.Standing.State;
import dev.belfry.core.job.Retry;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.RecentOutcome;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.overdue.WaitingStory;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.BackOff;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.JobVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What became of one scheduled fire, shard by shard. Pure functions of a case. */
final class FireStory {
    private final Case facts;
    private final Instant fire;
    private final JobVersion version;
    private final AgentNames names;
    private final Map<String, List<Journal.Line>> lines;
    private final Map<String, OwnerThen> owners;

    FireStory(Case facts, Instant fire, JobVersion version, AgentNames names) {
        this.facts = facts;
        this.fire = fire;
        this.version = version;
        this.names = names;
        this.lines = facts.lines(fire, version);
        this.owners = Case.isBroadcast(version) ? Map.of() : OwnerThen.of(facts, version, fire);
    }

    private List<Journal.Line> lines(String shard) {
        return lines.getOrDefault(shard, List.of());
    }

    // --- how a shard stands

    /** How a shard stands with the fire. */
    Standing standing(String shard) {
        List<Journal.Line> of = lines(shard);
        for (int i = of.size() - 1; i >= 0; i--) {
            FireEntry entry = of.get(i).entry();
            if (entry.kind() == FireEntry.Kind.FINAL) {
                return settled(shard, entry.outcome(), entry.reason(), Optional.of(entry.ended()));
            }
        }
        Optional<LedgerRecord> ledger = facts.ledger(shard);
        Optional<RecentOutcome> recent = ledger.flatMap(this::recent);
        if (recent.isPresent()) {
            RecentOutcome one = recent.get();
            return settled(shard, one.outcome(), one.reason(), Optional.of(one.ended()));
        }
        Optional<Mark> above = ledger.flatMap(this::above);
        if (above.isPresent() && above.get() instanceof Mark.Final end) {
            return settled(shard, end.outcome(), end.reason(), Optional.empty());
        }
        State state = above.isPresent()
                ? waitsToBeTriedAgain(of) ? State.TRIED_AGAIN : State.RUNNING
                : ledger.map(record -> state(shard, record)).orElseGet(() -> withoutLedger());
        return standing(shard, state, Optional.empty(), "", Optional.empty());
    }

    /** Ledgers of what is over are removed after a while. */
    private State withoutLedger() {
        boolean over = facts.job().settled() >= version.layout();
        return over && facts.isCounted(fire, writer -> true) ? State.COUNTED : State.NOTHING_RECORDED;
    }

    private State state(String shard, LedgerRecord ledger) {
        boolean broadcast = Case.isBroadcast(version);
        if (fire.isAfter(ledger.mark())) {
            return broadcast && facts.registered(shard).isEmpty() ? State.AGENT_GONE : State.NOT_BEGUN;
        }
        // The root of the journal holds what is left of journals that are gone altogether.
        boolean counted = facts.isCounted(
                fire,
                writer -> !broadcast
                        || AgentNames.agentId(writer).equals(shard)
                        || writer.equals(Paths.name(Paths.JOURNAL)));
        if (counted) {
            return State.COUNTED;
        }
        boolean there = facts.registered(shard)
                .filter(agent -> agent.facts().registeredAt().isBefore(fire))
                .isPresent();
        return broadcast && !there ? State.NOT_OWED : State.UNLISTED;
    }

    private Standing settled(String shard, Outcome outcome, String reason, Optional<Instant> ended) {
        return standing(shard, State.FINAL, Optional.of(outcome), reason, ended);
    }

    private Standing standing(
            String shard, State state, Optional<Outcome> outcome, String reason, Optional<Instant> ended) {
        return new Standing(
                shard,
                state,
                outcome,
                reason,
                ended,
                Optional.ofNullable(owners.get(shard)).map(OwnerThen::owner),
                facts.tenancy(version, shard),
                Attempt.of(lines(shard)));
    }

    private Optional<RecentOutcome> recent(LedgerRecord ledger) {
        return ledger.recent().stream()
                .filter(one -> one.requested().isEmpty() && one.due().equals(fire))
                .findFirst();
    }

    private Optional<Mark> above(LedgerRecord ledger) {
        return ledger.above().stream()
                .filter(span -> span.covers(fire))
                .map(Span::mark)
                .findFirst();
    }

    private static boolean waitsToBeTriedAgain(List<Journal.Line> lines) {
        return !lines.isEmpty() && lines.get(lines.size() - 1).entry().kind() == FireEntry.Kind.ENDED;
    }

    // --- what is recorded of it

    /** The first that is recorded of a shard. */
    Optional<Journal.Line> first(String shard) {
        return lines(shard).stream().findFirst();
    }

    /** Everything that is recorded of a shard. */
    List<String> sentences(String shard) {
        List<String> told = new ArrayList<>();
        List<Journal.Line> of = lines(shard);
        of.forEach(line -> told.add(sentence(line)));
        Standing standing = standing(shard);
        if (of.isEmpty()) {
            told.add("Shard " + shard + " " + standing.text() + ".");
        } else if (standing.state() == State.TRIED_AGAIN) {
            told.add(backOff(of.get(of.size() - 1).entry()));
        }
        if (Case.isBroadcast(version)) {
            told.addAll(sessions(shard, standing));
        }
        WaitingStory story = new WaitingStory(shard, names::of, facts.now());
        String subject = facts.isPast() ? "At present its ledger" : "Its ledger";
        facts.ledger(shard).ifPresent(ledger -> told.add(story.ledger(subject, ledger)));
        return told;
    }

    /** Since when the agent of a broadcast shard is registered, and what is known of the session before. */
    private List<String> sessions(String agent, Standing standing) {
        List<String> told = new ArrayList<>();
        if (standing.state() == State.NOT_OWED || standing.state() == State.AGENT_GONE) {
            lastBefore(agent)
                    .ifPresent(
                            line -> told.add("The last outcome that agent " + agent + " recorded before is that of the"
                                    + " fire of " + line.entry().last() + ", at "
                                    + line.entry().ended()
                                    + ". When its session ended is not recorded: whether it was still registered at "
                                    + fire + " cannot be told, and makes no difference."));
        }
        if (standing.state() == State.RUNNING && facts.registered(agent).isEmpty()) {
            told.add("Agent " + agent
                    + " is not registered any more: what it had begun is settled by the recovery policy"
                    + " once an agent of that id registers again; if none does within ten minutes of the end of its lease,"
                    + " another records it as outcome-unknown, or as lost if it was claimed.");
        }
        facts.registered(agent)
                .ifPresent(state -> told.add("Agent " + agent + " is registered since "
                        + state.facts().registeredAt() + ", and owes what is due after that."));
        return told;
    }

    private Optional<Journal.Line> lastBefore(String agent) {
        return facts.journal().fires().stream()
                .filter(line -> line.entry().jobUid().equals(facts.job().uid())
                        && line.entry().layout() == 0
                        && line.entry().shard().equals(agent)
                        && line.entry().kind() == FireEntry.Kind.FINAL
                        && line.entry().last().isBefore(fire))
                .max(java.util.Comparator.comparing(line -> line.entry().last()));
    }

    private String backOff(FireEntry failed) {
        Retry retry = version.definition().retry();
        // In the middle of what the jitter allows.
        Instant next = failed.ended().plus(BackOff.pause(retry, Math.max(1, failed.attempt()), 0.5));
        String jitter =
                retry.jitter() == 0 ? "" : ", give or take " + Math.round(retry.jitter() * 100) + " % of the wait";
        return "Attempt " + (failed.attempt() + 1) + " of " + retry.attempts() + " at most is to start about " + next
                + jitter + "; until then the fire counts as running.";
    }

    private String sentence(Journal.Line line) {
        FireEntry entry = line.entry();
        String reason = entry.reason().isEmpty() ? "" : ": " + ReasonText.of(entry.reason());
        String attempt = "attempt " + entry.attempt() + " (token " + entry.token() + ")";
        String writer = names.of(line.incarnation());
        return switch (entry.kind()) {
            case STARTED -> writer + " started " + attempt + " at " + entry.started() + reason + ".";
            case ENDED ->
                writer + " ended " + attempt + " " + entry.outcome().text() + " at " + entry.ended() + reason
                        + "; it was to be tried again.";
            case ABANDONED ->
                writer + " abandoned " + attempt + " at " + entry.ended() + ", since it did not stop when told to"
                        + reason + ".";
            case FINAL ->
                writer + " recorded " + entry.outcome().text()
                        + (entry.count() > 1
                                ? " for the " + entry.count() + " fires from "
                                        + entry.fire().due() + " to " + entry.last()
                                : "")
                        + (entry.attempt() > 0 ? " for " + attempt : "") + " at " + entry.ended() + reason + ".";
        };
    }
}
