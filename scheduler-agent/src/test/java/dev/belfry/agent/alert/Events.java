package dev.belfry.agent.alert;

import dev.belfry.core.job.JobAlerts;
import dev.belfry.core.overdue.OverdueEvent;
import dev.belfry.core.overdue.Telling;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Events to pass on. */
final class Events {
    private Events() {}

    static OverdueEvent of(int number) {
        return of(number, JobAlerts.USUAL);
    }

    static OverdueEvent of(int number, JobAlerts alerts) {
        Instant fire = Instant.parse("2026-11-23T10:00:00Z").plusSeconds(number);
        return new OverdueEvent(
                "index~1/1@" + fire + "/7",
                "index",
                "index~1",
                1,
                Optional.empty(),
                Telling.BEGIN,
                1,
                fire,
                fire,
                1,
                List.of("0"),
                1,
                Duration.ofMinutes(1),
                fire.plusSeconds(65),
                List.of("It was due at " + fire + ".", "Shard 0 has not begun it."),
                alerts);
    }
}
