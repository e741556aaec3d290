package dev.belfry.console.query;

import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.version.VersionedDueSet;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * When a job is due next.
 *
 * @param at the instant; empty if there is none, or if it is not known yet
 * @param afterRun whether it is due once more, a fixed delay after a run that has not ended yet
 */
public record NextFire(Optional<Instant> at, boolean afterRun) {

    /**
     * What definition and ledgers say at {@code now}.
     *
     * @param ledgers of the layout in force; needed only where {@link #needsLedgers}
     */
    public static NextFire of(JobRecord job, Instant now, Collection<LedgerRecord> ledgers) {
        Optional<Instant> planned = JobText.next(job, now);
        if (!needsLedgers(job, now)) {
            return new NextFire(planned, false);
        }
        JobVersion version = job.at(now);
        Instant end = job.versions().stream()
                .map(JobVersion::from)
                .filter(from -> from.isAfter(version.from()))
                .findFirst()
                .or(job::deletedAt)
                .orElse(Instant.MAX);
        Optional<Instant> first = VersionedDueSet.of(job, version.layout()).next(now);
        Optional<Instant> announced = ledgers.stream()
                .flatMap(ledger -> announced(ledger).stream())
                .filter(at -> at.isBefore(end))
                .min(Comparator.naturalOrder());
        Optional<Instant> next =
                Stream.of(planned, first, announced).flatMap(Optional::stream).min(Comparator.naturalOrder());
        return new NextFire(next, next.isEmpty());
    }

    /** Whether a fixed delay is in force, whose next instant only the ledgers know. */
    public static boolean needsLedgers(JobRecord job, Instant now) {
        JobVersion version = job.at(now);
        boolean over = job.deletedAt().filter(at -> !at.isAfter(now)).isPresent();
        return !over
                && !version.paused()
                && version.definition().enabled()
                && version.definition().schedule().delay().isPresent();
    }

    /** The next instant of a shard's fixed delay; empty while the fire before it runs. */
    static Optional<Instant> announced(LedgerRecord ledger) {
        return ledger.delayNext()
                .filter(next -> next.isAfter(ledger.mark())
                        && ledger.above().stream()
                                .noneMatch(span -> span.covers(next) || !(span.mark() instanceof Mark.Final)));
    }
}
