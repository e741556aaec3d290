package dev.belfry.core.overdue;

/** Whether anybody is told of an event, and as what. */
public enum Telling {
    /** A cause has begun. */
    BEGIN,
    /** It goes on, and somebody is reminded. */
    REMINDER,
    /** More fires of a cause that was told of: logged and counted, passed on to nobody. */
    MORE,
    /** Everything that was overdue is settled. */
    END
}
