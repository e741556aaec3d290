package dev.belfry.core.schedule;

import java.util.Objects;

/** Fires when the local clock of the options' zone matches a cron expression. */
public record CronTrigger(CronExpression expression, TriggerOptions options) implements Trigger {
    public CronTrigger {
        Objects.requireNonNull(expression, "expression");
        Objects.requireNonNull(options, "options");
    }
}
