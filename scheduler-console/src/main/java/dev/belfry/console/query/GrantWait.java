package dev.belfry.console.query;

import dev.belfry.agent.client.Journal;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.version.JobVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A fire of the past that was due before whoever dealt with it had been granted its shard: what it waited for, as the masters'
 * journal has it.
 *
 * @param before who had the shard when the fire was due; empty if nobody is listed
 * @param changes of the shard from then until it was granted, in order, with when they were written
 * @param to the incarnation that it was granted to
 * @param granted when, by the master's clock
 * @param dealt when that one began the fire, or settled it without an attempt, by its own clock
 */
record GrantWait(
        Instant fire, Optional<OwnerThen> before, List<Change> changes, String to, Instant granted, Instant dealt) {

    /** One change of the shard. */
    record Change(Instant at, String master, TableEntry.Line line) {}

    /**
     * Empty where the shard had been granted before the fire, or the journal does not list the grant.
     *
     * @param first the first that is recorded of the fire
     */
    static Optional<GrantWait> of(Case facts, JobVersion version, Instant fire, Journal.Line first) {
        if (Case.isBroadcast(version)) {
            return Optional.empty();
        }
        FireEntry entry = first.entry();
        List<Change> since = new ArrayList<>();
        int granted = -1;
        for (TableEntry table : facts.journal().table()) {
            for (TableEntry.Line line : table.changes()) {
                if (table.at().isAfter(fire)
                        && line.jobUid().equals(facts.job().uid())
                        && line.layout() == version.layout()
                        && Integer.toString(line.shard()).equals(entry.shard())) {
                    since.add(new Change(table.at(), table.incarnation(), line));
                    boolean toWriter =
                            line.kind().equals("grant") && line.owner().equals(first.writer());
                    granted = granted < 0 && toWriter ? since.size() - 1 : granted;
                }
            }
        }
        if (granted < 0) {
            return Optional.empty();
        }
        return Optional.of(new GrantWait(
                fire,
                Optional.ofNullable(OwnerThen.of(facts, version, fire).get(entry.shard())),
                List.copyOf(since.subList(0, granted + 1)),
                first.writer(),
                since.get(granted).at(),
                entry.attempt() > 0 ? entry.started() : entry.ended()));
    }

    List<String> sentences(AgentNames names) {
        List<String> told = new ArrayList<>();
        before.ifPresent(then ->
                told.add(names.of(then.owner()) + " recorded nothing of this fire before the shard went to another."));
        for (Change change : changes) {
            told.add("At " + change.at() + " the master " + names.of(change.master()) + ": "
                    + change.line().kind() + " " + names.of(change.line().owner())
                    + (change.line().next().isEmpty()
                            ? ""
                            : " to " + names.of(change.line().next()))
                    + ", " + change.line().reason() + ".");
        }
        told.add("So " + names.of(to) + " could not begin it before " + granted + ", "
                + length(Duration.between(fire, granted)) + " after it was due, and dealt with it at " + dealt + ".");
        return told;
    }

    private static String length(Duration length) {
        return length.toMillis() < 10_000 ? length.toMillis() + " ms" : length.toSeconds() + " s";
    }
}
