package dev.belfry.core.schedule;

/** Never fires by itself: runs are triggered by people or programs. */
public record ManualTrigger() implements Trigger {
    @Override
    public TriggerOptions options() {
        return TriggerOptions.DEFAULT;
    }
}
