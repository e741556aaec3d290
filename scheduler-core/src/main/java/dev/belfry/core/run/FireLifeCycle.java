package dev.belfry.core.run;

/** The life of one fire of one shard, from the decision to run it to its outcome. */
public final class FireLifeCycle {

    /** What happens to a fire. */
    public enum Event {
        /** Its turn has come and the job is at-most-once. */
        CLAIM,
        /** Its turn has come, or its claim is durable. */
        START,
        /** A time-out, an operator, a newer fire or the end of the lease asks it to stop. */
        STOP,
        /** The claim is taken back before anything was started: the shard is handed over. */
        RETRACT,
        /** The attempt ended well. */
        SUCCEED,
        /** The attempt ended badly and another follows. */
        RETRY,
        /** The attempt was cut short by the end of the lease and is to be run again. */
        INTERRUPT,
        /** It ends without success: failed, timed out, cancelled, replaced, superseded. */
        END
    }

    /** The declared transitions; {@code docs/life-cycles.md} is generated from them. */
    public static final LifeCycle<FireState, Event> TABLE = LifeCycle.<FireState, Event>named("fire")
            .add(FireState.WAITING, Event.CLAIM, FireState.CLAIMING)
            .add(FireState.WAITING, Event.START, FireState.RUNNING)
            .add(FireState.WAITING, Event.END, FireState.FINAL)
            .add(FireState.CLAIMING, Event.START, FireState.RUNNING)
            .add(FireState.CLAIMING, Event.RETRACT, FireState.WAITING)
            .add(FireState.RUNNING, Event.STOP, FireState.STOPPING)
            .add(FireState.RUNNING, Event.SUCCEED, FireState.FINAL)
            .add(FireState.RUNNING, Event.RETRY, FireState.BACKING_OFF)
            .add(FireState.RUNNING, Event.END, FireState.FINAL)
            .add(FireState.STOPPING, Event.SUCCEED, FireState.FINAL)
            .add(FireState.STOPPING, Event.RETRY, FireState.BACKING_OFF)
            .add(FireState.STOPPING, Event.INTERRUPT, FireState.WAITING)
            .add(FireState.STOPPING, Event.END, FireState.FINAL)
            .add(FireState.BACKING_OFF, Event.CLAIM, FireState.CLAIMING)
            .add(FireState.BACKING_OFF, Event.START, FireState.RUNNING)
            .add(FireState.BACKING_OFF, Event.END, FireState.FINAL)
            .build();

    private FireLifeCycle() {}
}
