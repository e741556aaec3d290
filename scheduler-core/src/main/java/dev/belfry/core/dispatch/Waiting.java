package dev.belfry.core.dispatch;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.StartRate;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** Why a task waits. */
public sealed interface Waiting {

    /** The reason as one clause for an operator, without a full stop. */
    String text();

    /** It may start: nothing has been decided since. */
    record Turn() implements Waiting {
        @Override
        public String text() {
            return "starts with the next dispatch";
        }
    }

    /** Its job is paused. */
    record Paused() implements Waiting {
        @Override
        public String text() {
            return "the job is paused";
        }
    }

    /** It was submitted to start later. */
    record Delayed(Instant until) implements Waiting {
        @Override
        public String text() {
            return "is not due until " + until;
        }
    }

    /** It waits after an attempt that failed. */
    record BackOff(Instant until) implements Waiting {
        @Override
        public String text() {
            return "waits after its last attempt until " + until;
        }
    }

    /** As many tasks of its job run as may. */
    record JobLimit(int running, int limit) implements Waiting {
        @Override
        public String text() {
            return "the job runs " + running + " of at most " + limit + " tasks at once";
        }
    }

    /** A pool has no slot left. */
    record PoolLimit(String pool, int taken, int slots) implements Waiting {
        @Override
        public String text() {
            return "pool " + pool + " has no free slot: " + taken + " of " + slots + " taken";
        }
    }

    /** Its job names a pool that is not declared. */
    record PoolMissing(String pool) implements Waiting {
        @Override
        public String text() {
            return "pool " + pool + " is not declared";
        }
    }

    /** As many tasks of the namespace run as may. */
    record NamespaceLimit(int running, int limit) implements Waiting {
        @Override
        public String text() {
            return "the namespace runs " + running + " of at most " + limit + " tasks at once";
        }
    }

    /** Its job has started as many tasks as it may in the time. */
    record RateLimit(StartRate rate, Instant next) implements Waiting {
        @Override
        public String text() {
            return "the job starts at most " + rate + "; the next may start at " + next;
        }
    }

    /** It would fit on an agent that is kept free for another task. */
    record Reserved(Incarnation agent, TaskId holder) implements Waiting {
        @Override
        public String text() {
            return "agent " + agent + " is kept free for " + holder + ", which has waited for room longer";
        }
    }

    /**
     * No agent has room.
     *
     * @param agents what each lacks first; empty if there is no agent, or not the only one that may run it
     * @param only the only agent that may run it, or empty text
     */
    record NoRoom(SortedMap<Incarnation, Shortage> agents, String only) implements Waiting {
        public NoRoom {
            agents = Collections.unmodifiableSortedMap(new TreeMap<>(agents));
        }

        @Override
        public String text() {
            if (agents.isEmpty()) {
                return only.isEmpty() ? "there is no agent" : "agent " + only + " is not there";
            }
            return "no agent has room: " + Shortages.summary(agents.values());
        }
    }
}
