package dev.belfry.core.schedule;

/** What makes a job due. All kinds are immutable values; {@link Schedule} answers when they fire. */
public sealed interface Trigger permits CronTrigger, EveryTrigger, DelayTrigger, AtTrigger, ManualTrigger {
    /** Window, calendar, jitter, zone and policy for clock changes. */
    TriggerOptions options();
}
