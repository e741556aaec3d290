package dev.belfry.console.query;

import dev.belfry.agent.client.Journal;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.version.VersionedDueSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Why a fire of a shard ran, did not run, waits, or when it will: a chain of sentences, each with its fact. A pure function of
 * what was read.
 */
public final class Explanation {
    private final Case facts;
    private final List<String> sentences = new ArrayList<>();

    private Explanation(Case facts) {
        this.facts = facts;
    }

    /**
     * Explains the fire at an instant, or the last one up to it if the job is not due exactly then. Of an instant to come it
     * says what will be due.
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
        Explanation explanation = new Explanation(new Case(snapshot, journal, job, ledgers));
        explanation.explain(at, shard);
        return List.copyOf(explanation.sentences);
    }

    private void say(String sentence) {
        sentences.add(sentence);
    }

    private void explain(Instant at, Optional<String> shard) {
        JobVersion version = facts.job().at(at);
        say("Version " + version.number() + ", in force from " + version.from() + ", by "
                + version.author().name()
                + (version.author().reason().isEmpty()
                        ? ""
                        : " (" + version.author().reason() + ")") + ": "
                + JobText.triggers(version.definition()) + ".");
        boolean silent = switchedOff(at, version);
        if (at.isAfter(facts.now())) {
            say("That is to come: what has happened up to now is told without --at.");
        } else if (version.definition().schedule().manualOnly()) {
            say("It has no schedule: nothing is due unless somebody triggers it.");
        } else {
            lastFire(at)
                    .ifPresentOrElse(fire -> past(at, fire, shard), () -> say("It was never due up to " + at + "."));
        }
        requests();
        sentences.addAll(PlacementStory.missing(facts, version, shard));
        if (!silent) {
            future(at, version, shard);
        }
    }

    private Optional<Instant> lastFire(Instant at) {
        Instant upTo = Instant.ofEpochMilli(at.toEpochMilli());
        Optional<Instant> last = Optional.empty();
        for (JobVersion version : facts.job().versions()) {
            Optional<Instant> fire =
                    VersionedDueSet.of(facts.job(), version.layout()).latest(Instant.EPOCH, upTo);
            last = latest(last, fire);
        }
        boolean delayed = facts.job().versions().stream()
                .anyMatch(version -> version.definition().schedule().delay().isPresent());
        // When the fires of a delay were due, the definition does not say, but the journal lists them.
        return delayed ? latest(last, listed(upTo)) : last;
    }

    private Optional<Instant> listed(Instant upTo) {
        return facts.journal().fires().stream()
                .map(Journal.Line::entry)
                .filter(entry -> entry.jobUid().equals(facts.job().uid())
                        && entry.fire().isScheduled()
                        && !entry.fire().due().isAfter(upTo))
                .map(entry -> entry.fire().due())
                .max(Comparator.naturalOrder());
    }

    private static Optional<Instant> latest(Optional<Instant> a, Optional<Instant> b) {
        return Stream.of(a, b).flatMap(Optional::stream).max(Comparator.naturalOrder());
    }

    private boolean switchedOff(Instant at, JobVersion version) {
        Optional<Instant> deleted = facts.job().deletedAt();
        if (deleted.isPresent() && !deleted.get().isAfter(at)) {
            say("The job was deleted with effect from " + deleted.get() + ": nothing is due after that.");
            return true;
        }
        if (version.paused()) {
            say("It is paused: nothing is due until 'belfry resume "
                    + facts.job().name() + "'." + unpaused(version, at));
            return true;
        }
        if (!version.definition().enabled()) {
            say("It is not enabled: nothing is due until a definition with 'enabled: true' is applied."
                    + unpaused(version, at));
            return true;
        }
        return false;
    }

    private String unpaused(JobVersion version, Instant at) {
        return version.definition()
                .schedule()
                .next(at)
                .map(next -> " Else it would be due next at " + next + ".")
                .orElse("");
    }

    private void past(Instant at, Instant fire, Optional<String> shard) {
        if (at.equals(facts.now())) {
            say("Its last fire was at " + fire + ".");
        } else if (fire.equals(at)) {
            say("It was due at " + fire + ".");
        } else {
            say("It was not due at " + at + "; the last fire up to then was " + fire + ".");
        }
        JobVersion version = facts.job().at(fire);
        if (version.layout() != facts.job().at(at).layout()) {
            say("That was another layout of its shards; 'belfry explain "
                    + facts.job().name() + " --at " + fire + "' tells of it.");
            return;
        }
        FireStory story = new FireStory(facts, fire, version);
        if (shard.isPresent()) {
            oneShard(story, version, shard.get());
            return;
        }
        Map<String, Integer> states = new TreeMap<>();
        List<String> shards = facts.shards(version);
        shards.forEach(each -> states.merge(story.state(each), 1, Integer::sum));
        states.forEach((state, count) -> say(
                (shards.size() == 1 ? "Its only shard " : count + " of " + shards.size() + " shards ") + state + "."));
        if (shards.size() == 1) {
            oneShard(story, version, shards.get(0));
        } else {
            say("Add --shard N for the attempts of one shard.");
        }
    }

    private void oneShard(FireStory story, JobVersion version, String shard) {
        sentences.addAll(PlacementStory.owner(facts, version, shard));
        sentences.addAll(story.sentences(shard));
    }

    private void requests() {
        if (!facts.job().requests().isEmpty()) {
            var last = facts.job().requests().get(facts.job().requests().size() - 1);
            say("The last of " + facts.job().requests().size() + " runs asked for is " + last.runId() + ", by "
                    + last.author().name() + " at " + last.accepted() + "; 'belfry describe run " + last.runId()
                    + "' tells of it.");
        }
    }

    // --- what will be

    private void future(Instant at, JobVersion version, Optional<String> shard) {
        Instant from = at.isAfter(facts.now()) ? at.minusMillis(1) : facts.now();
        Optional<Instant> next = JobText.next(facts.job(), from);
        if (next.isEmpty()) {
            sentences.add(withoutInstant(version, shard));
            return;
        }
        if (at.isAfter(facts.now()) && next.get().equals(at)) {
            say("It will be due at " + at + ".");
        }
        JobVersion then = facts.job().at(next.get());
        String by = shard.filter(s -> !Case.isBroadcast(then))
                .flatMap(s -> facts.snapshot()
                        .table()
                        .tenancy(new LayoutKey(facts.job().uid(), then.layout()).shard(Integer.parseInt(s))))
                .map(row -> ", on " + row.owner().agentId() + " as things stand")
                .orElse("");
        Instant start = VersionedDueSet.of(facts.job(), then.layout()).jittered(next.get());
        Duration jitter = Duration.between(next.get(), start);
        say("The next fire" + (at.isAfter(facts.now()) ? " from then on" : "") + " is at " + next.get()
                + (jitter.isZero() ? "" : ", started " + jitter.toMillis() + " ms later by its jitter") + by + ".");
    }

    private String withoutInstant(JobVersion version, Optional<String> shard) {
        if (version.definition().schedule().delay().isEmpty()) {
            return "No further fire is planned: it runs when somebody triggers it.";
        }
        Optional<String> one = shard.isEmpty() && facts.shards(version).size() == 1
                ? Optional.of(facts.shards(version).get(0))
                : shard;
        return one.flatMap(facts::ledger)
                .flatMap(LedgerRecord::delayNext)
                .map(next -> "Its next fire is at " + next + ", the delay after the end of the one before.")
                .orElse("Its next fire follows the end of the one before; --shard N tells when, once that has ended.");
    }
}
