package dev.belfry.console.query;

import dev.belfry.agent.client.Journal;
import dev.belfry.agent.client.QueueState;
import dev.belfry.core.clock.LedgerAhead;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.queue.FiresMark;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.version.VersionedDueSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Why a fire of a shard ran, did not run, waits, or when it will.
 *
 * <p>Longer than the house limit: the sentences stand in the order in which they are said.
 *
 * @param sentences the chain of facts, for people
 * @param job the job that had the name at the instant asked for
 * @param version in force then
 * @param due the fire that is told of: the one at that instant, or the last before it; empty if there is none, or if the
 *     instant is to come
 * @param next the fire after that instant, as far as that is known
 * @param shards how each shard stands with the fire; none without a fire
 */
public record Explanation(
        List<String> sentences,
        JobRecord job,
        JobVersion version,
        Optional<Instant> due,
        NextFire next,
        List<Standing> shards) {

    public Explanation {
        sentences = List.copyOf(sentences);
        shards = List.copyOf(shards);
    }

    /** The same with more to be told. */
    public Explanation and(List<String> more) {
        List<String> all = new ArrayList<>(sentences);
        all.addAll(more);
        return new Explanation(all, job, version, due, next, shards);
    }

    /**
     * Explains the fire at an instant, or the last one up to it if the job is not due exactly then. Of an instant of the past
     * it tells what was true then, and marks what is known only of the present; of one to come, what will be due. A pure
     * function of what was read.
     *
     * @param ledgers of the layout in force at {@code at}, by shard
     * @param queue what it holds
     * @param workflows workflow runs, if the job runs after others
     * @param shard empty for each shard in a sentence
     */
    public static Explanation of(
            Snapshot snapshot,
            Journal journal,
            JobRecord job,
            Map<String, LedgerRecord> ledgers,
            QueueState queue,
            List<WorkflowView> workflows,
            Instant at,
            Optional<String> shard) {
        return new Teller(new Case(snapshot, journal, job, ledgers, queue, workflows, at), shard).tell();
    }

    /** Puts one explanation together. */
    private static final class Teller {
        private final Case facts;
        private final Optional<String> shard;
        private final JobVersion version;
        private final List<String> sentences = new ArrayList<>();
        private final List<Standing> standings = new ArrayList<>();
        private Optional<Instant> due = Optional.empty();

        Teller(Case facts, Optional<String> shard) {
            this.facts = facts;
            this.shard = shard;
            this.version = facts.job().at(facts.at());
        }

        private void say(String sentence) {
            sentences.add(sentence);
        }

        Explanation tell() {
            sentences.addAll(VersionStory.then(facts));
            boolean silent = VersionStory.isSilent(facts);
            if (!facts.isPast()) {
                sentences.addAll(VersionStory.coming(facts));
            }
            if (facts.isToCome()) {
                say("That is to come: what has happened up to now is told without --at.");
            } else if (WorkflowStory.isTold(version)) {
                sentences.addAll(WorkflowStory.of(facts, version));
            } else if (version.definition().schedule().manualOnly()) {
                say("It has no schedule: nothing is due unless somebody triggers it.");
            } else {
                due = lastFire();
                due.ifPresentOrElse(this::fire, () -> say("It was never due up to " + facts.at() + "."));
            }
            if (due.isEmpty() && !facts.isPast() && !facts.isToCome() && !Case.isQueued(version)) {
                owner();
            }
            ahead();
            requests();
            placement();
            NextFire next = next();
            if (!silent || facts.isPast()) {
                future(next);
            }
            if (facts.isPast()) {
                sentences.addAll(VersionStory.since(facts));
                sentences.addAll(VersionStory.coming(facts));
            }
            return new Explanation(sentences, facts.job(), version, due, next, standings);
        }

        // --- what was

        private Optional<Instant> lastFire() {
            Instant upTo = Instant.ofEpochMilli(facts.at().toEpochMilli());
            Optional<Instant> last = facts.job().versions().stream()
                    .flatMap(
                            each -> VersionedDueSet.of(facts.job(), each.layout()).latest(Instant.EPOCH, upTo).stream())
                    .max(Comparator.naturalOrder());
            boolean delayed = facts.job().versions().stream()
                    .anyMatch(each -> each.definition().schedule().delay().isPresent());
            // When the fires of a delay were due, the definition does not say, but the journal lists them.
            return delayed
                    ? Stream.of(last, listed().filter(due -> !due.isAfter(upTo)).max(Comparator.naturalOrder()))
                            .flatMap(Optional::stream)
                            .max(Comparator.naturalOrder())
                    : last;
        }

        private Stream<Instant> listed() {
            Stream<Instant> recorded = facts.journal().fires().stream()
                    .map(Journal.Line::entry)
                    .filter(entry -> entry.jobUid().equals(facts.job().uid())
                            && entry.fire().isScheduled())
                    .map(entry -> entry.fire().due());
            Stream<Instant> queued = facts.queue().segments().stream()
                    .flatMap(segment -> segment.segment().runs().stream())
                    .filter(run -> run.jobUid().equals(facts.job().uid()))
                    .flatMap(run -> run.due().stream());
            return Stream.concat(recorded, queued);
        }

        private void fire(Instant fire) {
            if (!facts.isPast()) {
                say("Its last fire was at " + fire + ".");
            } else if (fire.equals(facts.at())) {
                say("It was due at " + fire + ".");
            } else {
                say("It was not due at " + facts.at() + "; the last fire up to then was " + fire + ".");
            }
            JobVersion of = facts.job().at(fire);
            if (of.layout() != version.layout()) {
                say("That was another layout of its shards; 'belfry explain "
                        + facts.job().name() + " --at " + fire + "' tells of it.");
                return;
            }
            AgentNames names = names(of, facts.lines(fire, of).values());
            if (Case.isQueued(of)) {
                queued(fire, of, names);
                return;
            }
            FireStory story = new FireStory(facts, fire, of, names);
            if (shard.isPresent()) {
                standings.add(story.standing(shard.get()));
                oneShard(story, of, names, shard.get());
            } else {
                allShards(story, of, names);
            }
        }

        private void queued(Instant fire, JobVersion of, AgentNames names) {
            QueuedStory story = QueuedStory.of(facts, fire, of, names);
            List<String> shards = shard.map(List::of).orElseGet(() -> facts.shards(of, fire));
            shards.forEach(each -> standings.add(story.standing(each)));
            if (shards.size() == 1) {
                sentences.addAll(story.sentences(shards.get(0)));
                return;
            }
            Map<String, Integer> states = new TreeMap<>();
            standings.forEach(standing -> states.merge(standing.text(), 1, Integer::sum));
            states.forEach((state, count) -> say(count + " of " + shards.size() + " shards " + state + "."));
            say("Add --shard N for the attempts of one shard.");
        }

        /** Whose a shard is of which no fire could be told of. */
        private void owner() {
            boolean single = version.definition().shards().count() == 1 && !Case.isBroadcast(version);
            shard.or(() -> single ? Optional.of("0") : Optional.empty())
                    .ifPresent(one ->
                            sentences.addAll(PlacementStory.owner(facts, version, names(version, List.of()), one)));
        }

        private void allShards(FireStory story, JobVersion of, AgentNames names) {
            facts.shards(of, due.orElseThrow()).forEach(each -> standings.add(story.standing(each)));
            Map<String, Integer> states = new TreeMap<>();
            standings.forEach(standing -> states.merge(standing.text(), 1, Integer::sum));
            int all = standings.size();
            states.forEach((state, count) ->
                    say((all == 1 ? "Its only shard " : count + " of " + all + " shards ") + state + "."));
            if (all == 1) {
                Standing only = standings.get(0);
                oneShard(story, of, names, only.shard());
                // Said above of the only one.
                sentences.remove("Shard " + only.shard() + " " + only.text() + ".");
            } else if (all > 1) {
                say("Add --shard " + (Case.isBroadcast(of) ? "AGENT" : "N") + " for the attempts of one shard.");
            }
        }

        private void oneShard(FireStory story, JobVersion of, AgentNames names, String one) {
            if (facts.isPast()) {
                sentences.addAll(PlacementStory.ownerThen(facts, of, names, one, due.orElseThrow()));
                story.first(one)
                        .flatMap(line -> GrantWait.of(facts, of, due.orElseThrow(), line))
                        .ifPresent(wait -> sentences.addAll(wait.sentences(names)));
                sentences.addAll(story.sentences(one));
                if (!story.standing(one).isOver()) {
                    PlacementStory.ownerNow(facts, of, names, one).forEach(now -> say("At present: " + now));
                }
            } else {
                sentences.addAll(PlacementStory.owner(facts, of, names, one));
                sentences.addAll(story.sentences(one));
            }
        }

        private AgentNames names(JobVersion of, Collection<List<Journal.Line>> lines) {
            Set<String> occurring = new TreeSet<>();
            facts.snapshot()
                    .agents()
                    .forEach(agent -> occurring.add(agent.facts().incarnation().name()));
            facts.snapshot().table().forEach((key, row) -> {
                if (key.jobUid().equals(facts.job().uid())) {
                    occurring.add(row.owner().name());
                }
            });
            facts.journal().table().stream()
                    .flatMap(entry -> entry.changes().stream())
                    .filter(change -> change.jobUid().equals(facts.job().uid()))
                    .forEach(change -> occurring.add(change.owner()));
            lines.forEach(some -> some.forEach(line -> occurring.add(line.incarnation())));
            if (!Case.isBroadcast(of) && !Case.isQueued(of)) {
                OwnerThen.of(facts, of, due.orElse(facts.now())).values().forEach(then -> occurring.add(then.owner()));
            }
            return new AgentNames(occurring);
        }

        private void requests() {
            var asked = facts.job().requests().stream()
                    .filter(request -> !request.accepted().isAfter(facts.at()))
                    .toList();
            if (!asked.isEmpty()) {
                var last = asked.get(asked.size() - 1);
                say("The last of " + asked.size() + " runs asked for is " + last.runId() + ", by "
                        + last.author().name() + " at " + last.accepted() + "; 'belfry describe run " + last.runId()
                        + "' tells of it.");
            }
        }

        /** Which shards nobody has: of the present, and so of the past only where that fire still waits. */
        private void placement() {
            boolean waits = standings.stream().anyMatch(standing -> !standing.isOver());
            if ((facts.isPast() && !waits) || Case.isQueued(version)) {
                return;
            }
            String mark = facts.isPast() ? "At present: " : "";
            PlacementStory.missing(facts, version, names(version, List.of()), shard)
                    .forEach(sentence -> say(mark + sentence));
        }

        /** Clocks that were set back: nothing fires until they have come to where the ledgers are. */
        private void ahead() {
            if (facts.isPast() || facts.isToCome()) {
                return;
            }
            ledgers().stream()
                    .map(LedgerRecord::mark)
                    .max(Comparator.naturalOrder())
                    .flatMap(mark -> LedgerAhead.of(mark, facts.now()))
                    .ifPresent(ahead ->
                            say(ahead.story(shard.map(one -> "Shard " + one).orElse("It"))));
        }

        /** Of the shard that is asked about, or of all. */
        private List<LedgerRecord> ledgers() {
            return shard.flatMap(facts::ledger)
                    .map(List::of)
                    .orElseGet(() -> List.copyOf(facts.ledgers().values()));
        }

        /** The instant after which something fires next: the present, unless every ledger is ahead of it. */
        private Instant silentUntil() {
            return ledgers().stream()
                    .map(LedgerRecord::mark)
                    .min(Comparator.naturalOrder())
                    .flatMap(mark -> LedgerAhead.of(mark, facts.now()))
                    .map(LedgerAhead::upTo)
                    .orElse(facts.now());
        }

        // --- what will be

        private NextFire next() {
            if (facts.isPast()) {
                Optional<Instant> listed =
                        listed().filter(at -> at.isAfter(facts.at())).min(Comparator.naturalOrder());
                return new NextFire(JobText.next(facts.job(), facts.at()).or(() -> listed), false);
            }
            if (Case.isQueued(version) && NextFire.needsLedgers(facts.job(), facts.now())) {
                return nextOfQueue();
            }
            Instant from = facts.isToCome() ? facts.at().minusMillis(1) : silentUntil();
            Collection<LedgerRecord> ledgers = ledgers();
            return facts.isToCome() && !NextFire.needsLedgers(facts.job(), from)
                    ? new NextFire(JobText.next(facts.job(), from), false)
                    : NextFire.of(facts.job(), from, ledgers);
        }

        /** Of a fixed delay the master stores when its next fire is due, once no run is without an outcome. */
        private NextFire nextOfQueue() {
            Optional<Instant> stored = Optional.ofNullable(
                            facts.queue().fires().get(facts.job().uid()))
                    .flatMap(FiresMark::delayNext);
            Optional<Instant> next = Stream.of(
                            JobText.next(facts.job(), facts.now()),
                            stored,
                            VersionedDueSet.queued(facts.job()).next(facts.now()))
                    .flatMap(Optional::stream)
                    .min(Comparator.naturalOrder());
            return new NextFire(next, next.isEmpty());
        }

        private void future(NextFire next) {
            if (next.at().isEmpty()) {
                if (!facts.isPast()) {
                    say(withoutInstant(next));
                }
                return;
            }
            Instant at = next.at().get();
            if (facts.isPast() && !at.isAfter(facts.now())) {
                say("The next fire after that was at " + at + ".");
                return;
            }
            if (facts.isToCome() && at.equals(facts.at())) {
                say("It will be due at " + at + ".");
            }
            JobVersion then = facts.job().at(at);
            if (then.definition().schedule().delay().isPresent() && !at.equals(then.from())) {
                say("Its next fire is at " + at + ", the delay after the end of the one before.");
                return;
            }
            Instant start = VersionedDueSet.of(facts.job(), then.layout()).jittered(at);
            Duration jitter = Duration.between(at, start);
            say("The next fire" + (facts.isToCome() ? " from then on" : "") + " is at " + at
                    + (jitter.isZero() ? "" : ", started " + jitter.toMillis() + " ms later by its jitter")
                    + by(then) + ".");
        }

        private String by(JobVersion then) {
            return shard.filter(one -> !Case.isBroadcast(then))
                    .flatMap(one -> facts.snapshot()
                            .table()
                            .tenancy(new LayoutKey(facts.job().uid(), then.layout()).shard(Integer.parseInt(one))))
                    .map(row -> ", on " + row.owner().agentId() + " as things stand")
                    .orElse("");
        }

        private String withoutInstant(NextFire next) {
            if (next.afterRun()) {
                return "Its next fire follows the end of the one before, which has not ended yet.";
            }
            if (WorkflowStory.isTold(version)) {
                return "It runs again in the next workflow run, as far as its upstreams let it.";
            }
            if (version.definition().schedule().manualOnly()) {
                return "No further fire is planned: it runs when somebody triggers it.";
            }
            JobVersion newest = facts.job().newest();
            boolean silenced = newest.paused() || !newest.definition().enabled();
            if (facts.job().deleted() || (silenced && newest.number() > version.number())) {
                return "No further fire is due"
                        + (facts.job().deleted()
                                ? " before the deletion is in force."
                                : " before version " + newest.number() + " is in force, and none under it.");
            }
            return "No further fire is planned: its triggers have no instant left, so that it runs when somebody triggers it.";
        }
    }
}
