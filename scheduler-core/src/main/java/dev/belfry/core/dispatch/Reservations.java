package dev.belfry.core.dispatch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Agents that are kept free, one a queue, so that small tasks do not keep a large one out for ever. */
final class Reservations {
    private static final long UNKNOWN = 365L * 86_400_000;

    private final Room room;

    Reservations(Room room) {
        this.room = room;
    }

    /** Drops what is served or of no use any more: the task is gone or waits for something else, or its agent will not do. */
    void review(Collection<NamedQueue> queues, Usage usage, long now) {
        for (NamedQueue queue : queues) {
            Reservation held = queue.reservation;
            if (held != null
                    && (held.served
                            || held.lane.ready.isEmpty()
                            || usage.limit(held.lane.job, room.rules(), now) != null
                            || !useful(held.agent, held.lane, now))) {
                drop(queue);
            }
        }
    }

    void drop(NamedQueue queue) {
        if (queue.reservation != null) {
            queue.reservation.agent.reservation = null;
            queue.reservation = null;
        }
    }

    /** Whether there is an agent that could be kept free for the first task of a lane. */
    boolean isPossible(Lane lane, long now) {
        if (lane.kind.eligible.isEmpty()) {
            return false;
        }
        for (AgentRoom agent : room.eligible(lane)) {
            if (agent.reservation == null && useful(agent, lane, now)) {
                return true;
            }
        }
        return false;
    }

    /** Keeps the agent free on which the first task of a lane fits soonest, if there is one. */
    void reserve(Lane lane, long now) {
        AgentRoom soonest = null;
        Wait shortest = null;
        for (AgentRoom agent : room.all()) {
            Wait wait = agent.reservation == null && useful(agent, lane, now) ? wait(agent, lane, now) : null;
            if (wait != null && (shortest == null || Wait.ORDER.compare(wait, shortest) < 0)) {
                soonest = agent;
                shortest = wait;
            }
        }
        if (soonest != null) {
            Reservation made = new Reservation(lane, soonest);
            soonest.reservation = made;
            lane.job.queue.reservation = made;
            room.close(soonest);
        }
    }

    private boolean useful(AgentRoom agent, Lane lane, long now) {
        return room.couldRun(agent, lane, now)
                && !agent.isExcludedForGood(lane.job.terms)
                && !lane.job.meetsItself(agent);
    }

    /** Until when, and for how many tasks, a lane would wait for an agent. */
    private record Wait(long until, int tasks) {
        static final Comparator<Wait> ORDER =
                Comparator.comparingLong(Wait::until).thenComparingInt(Wait::tasks);
    }

    /** What has to end first: as many as are needed for room, in the order in which they are expected to end. */
    private static @Nullable Wait wait(AgentRoom agent, Lane lane, long now) {
        Needs needs = lane.job.needs;
        if (agent.has(needs)) {
            return new Wait(now, 0);
        }
        List<Running> ends = new ArrayList<>(agent.running.values());
        ends.sort(Comparator.comparingLong((Running each) -> expectedEnd(each, now))
                .thenComparing(each -> each.dispatch.task().id()));
        Needs left = agent.used();
        Needs whole = agent.whole();
        for (int i = 0; i < ends.size(); i++) {
            left = left.minus(ends.get(i).dispatch.needs());
            if (needs.plus(left).fitsInto(whole)) {
                return new Wait(expectedEnd(ends.get(i), now), i + 1);
            }
        }
        return null;
    }

    /** Its start and the typical duration of its job; now for one that is over that; in a year if nothing is known. */
    static long expectedEnd(Running task, long now) {
        long typical = task.job.typical().isPresent() ? task.job.typicalMillis() : UNKNOWN;
        return Math.max(now, task.at + typical);
    }
}
