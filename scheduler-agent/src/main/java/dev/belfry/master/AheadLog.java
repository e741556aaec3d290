package dev.belfry.master;

import dev.belfry.core.clock.LedgerAhead;
import dev.belfry.core.schedule.Durations;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once that ledgers are ahead of the clock, and once that they are not any more. Not thread-safe; of one term. */
final class AheadLog {
    private static final Logger LOG = LoggerFactory.getLogger(AheadLog.class);

    /**
     * A layout and the furthest of its ledgers.
     *
     * @param upTo everything due up to then is settled
     * @param next what is due after that; empty if nothing is, or only the ledger tells
     */
    record Layout(String job, Instant upTo, Optional<Instant> next) {}

    private boolean told;

    /** Whether it was said, and not taken back. */
    boolean told() {
        return told;
    }

    /**
     * @param layouts all that are looked at, with what is known of their ledgers
     * @param present by the ensemble's clock
     */
    void look(List<Layout> layouts, Instant present) {
        List<Layout> ahead = ahead(layouts, present);
        if (ahead.isEmpty()) {
            if (told) {
                LOG.info("the clock has come to where the ledgers are: every job fires again");
            }
            told = false;
            return;
        }
        if (told) {
            return;
        }
        told = true;
        Layout furthest =
                ahead.stream().max(java.util.Comparator.comparing(Layout::upTo)).orElseThrow();
        LOG.error(
                "ledgers are ahead of the clock: {} of {} jobs, job '{}' by {}; the clocks of agents and servers were set back,"
                        + " or were ahead before. No fire is run twice: these jobs are silent until then; the next fire"
                        + " of one of them is due at {}; 'belfry explain' tells of each. See 'Clocks' in docs/operations.md",
                ahead.size(),
                layouts.size(),
                furthest.job(),
                Durations.format(new LedgerAhead(furthest.upTo(), present).by()),
                ahead.stream()
                        .flatMap(layout -> layout.next().stream())
                        .min(Instant::compareTo)
                        .map(Instant::toString)
                        .orElse("no instant that is known"));
    }

    static List<Layout> ahead(List<Layout> layouts, Instant present) {
        return layouts.stream()
                .filter(layout -> LedgerAhead.of(layout.upTo(), present).isPresent())
                .toList();
    }
}
