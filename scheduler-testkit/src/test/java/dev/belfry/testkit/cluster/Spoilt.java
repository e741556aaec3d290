package dev.belfry.testkit.cluster;

import dev.belfry.core.job.Misfire;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.trigger.Owed;
import dev.belfry.core.trigger.Owed.Missed;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What mutants put in the place of what the product has decided; public, since the changed code calls it where it lies. */
public final class Spoilt {
    private Spoilt() {}

    /** Nothing that is owed is run. */
    public static Owed allMissed(Owed settled) {
        Stream<Missed> late = settled.late().stream().map(due -> new Missed(due, due, 1, Reasons.MISFIRE_SKIP));
        return new Owed(
                List.of(), Stream.concat(settled.missed().stream(), late).toList());
    }

    /** All that is owed stands for a later fire, and none is run. */
    public static Owed allCoalesced(Owed settled) {
        Stream<Missed> late = settled.late().stream().map(due -> new Missed(due, due, 1, Reasons.COALESCED));
        return new Owed(
                List.of(), Stream.concat(settled.missed().stream(), late).toList());
    }

    /** The window is shorter by a fire of a job that is due every second. */
    public static Misfire shorterWindow(Misfire rules) {
        Duration window = rules.window().minusSeconds(1);
        return new Misfire(rules.policy(), rules.threshold(), window, rules.limit());
    }

    /** One fire fewer than the limit allows is run. */
    public static Misfire lowerLimit(Misfire rules) {
        return new Misfire(rules.policy(), rules.threshold(), rules.window(), Math.max(1, rules.limit() - 1));
    }

    /** Outcomes of broadcast jobs are not written. */
    public static List<FireEntry> withoutBroadcast(List<FireEntry> lines) {
        return lines.stream()
                .filter(line -> line.layout() != 0 || line.kind() != FireEntry.Kind.FINAL)
                .toList();
    }

    /** Whatever is compared is the same. */
    public static boolean same(Object one, Object other) {
        return true;
    }
}
