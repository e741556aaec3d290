package dev.belfry.core.workflow;

import dev.belfry.core.run.LifeCycle;

/** The lives of a workflow run and of a job within it, declared as data. */
public final class WorkflowLifeCycle {

    /** What happens to a job. */
    public enum JobEvent {
        /** Its upstreams let it run, or somebody asked for it. */
        START,
        /** Its rule, its condition or its trigger leaves it out. */
        SKIP,
        /** Its rule says that a failure keeps it from running. */
        PROPAGATE,
        /** The run is cancelled before it started. */
        CANCEL,
        /** The run is cancelled while it is queued or running. */
        STOP,
        /** Its run has its outcome. */
        END,
        /** It is to run again, or follows one that is. */
        AGAIN
    }

    /** What happens to a workflow run. */
    public enum RunEvent {
        /** The last job has its outcome. */
        FINISH,
        CANCEL,
        /** It goes on from the jobs that failed. */
        RESUME,
        /** A job and what follows it run again. */
        RERUN
    }

    /** The declared transitions of a job. */
    public static final LifeCycle<JobPhase, JobEvent> JOB = LifeCycle.<JobPhase, JobEvent>named("job of a workflow run")
            .add(JobPhase.WAITING, JobEvent.START, JobPhase.STARTED)
            .add(JobPhase.WAITING, JobEvent.SKIP, JobPhase.FINAL)
            .add(JobPhase.WAITING, JobEvent.PROPAGATE, JobPhase.FINAL)
            .add(JobPhase.WAITING, JobEvent.CANCEL, JobPhase.FINAL)
            .add(JobPhase.STARTED, JobEvent.STOP, JobPhase.STOPPING)
            .add(JobPhase.STARTED, JobEvent.END, JobPhase.FINAL)
            .add(JobPhase.STOPPING, JobEvent.END, JobPhase.FINAL)
            .add(JobPhase.FINAL, JobEvent.AGAIN, JobPhase.WAITING)
            .build();

    /** The declared transitions of a workflow run. */
    public static final LifeCycle<RunPhase, RunEvent> RUN = LifeCycle.<RunPhase, RunEvent>named("workflow run")
            .add(RunPhase.RUNNING, RunEvent.FINISH, RunPhase.FINAL)
            .add(RunPhase.RUNNING, RunEvent.CANCEL, RunPhase.STOPPING)
            .add(RunPhase.RUNNING, RunEvent.RERUN, RunPhase.RUNNING)
            .add(RunPhase.STOPPING, RunEvent.FINISH, RunPhase.FINAL)
            .add(RunPhase.FINAL, RunEvent.RESUME, RunPhase.RUNNING)
            .add(RunPhase.FINAL, RunEvent.RERUN, RunPhase.RUNNING)
            .build();

    private WorkflowLifeCycle() {}
}
