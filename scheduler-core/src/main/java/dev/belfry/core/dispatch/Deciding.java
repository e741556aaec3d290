package dev.belfry.core.dispatch;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One decision. It goes through the lanes once, in order: within a decision room and limits only become less, so what could not
 * start cannot start later, and what starts only moves its own job back.
 */
final class Deciding {
    private final TaskQueue queue;
    private final long now;
    private final int most;
    private final List<Dispatch> dispatches = new ArrayList<>();
    private long again;

    Deciding(TaskQueue queue, Instant now, int most) {
        this.queue = queue;
        this.now = now.toEpochMilli();
        this.most = most;
    }

    Decision decide() {
        queue.begin(now);
        again = queue.lines.nextRelease();
        for (AgentRoom agent : queue.room.all()) {
            if (agent.closed(queue.room.rules(), now) instanceof Shortage.Settling settling) {
                again = Math.min(again, settling.until().toEpochMilli());
            }
        }
        Iterator<Lane> lanes = queue.lines.from(null);
        while (dispatches.size() < most && lanes.hasNext()) {
            Lane lane = lanes.next();
            AgentRoom agent = lane.passed == queue.round ? null : placeOf(lane);
            if (agent == null) {
                lane.passed = queue.round;
            } else {
                Lane place = lane.place();
                dispatch(lane, agent);
                lanes = queue.lines.from(place);
            }
        }
        boolean more = dispatches.size() == most && lanes.hasNext();
        boolean freed = queue.queues().stream().anyMatch(each -> each.reservation != null && each.reservation.served);
        if (more || freed) {
            again = now;
        }
        return new Decision(
                dispatches, again == Entry.NEVER ? Optional.empty() : Optional.of(Instant.ofEpochMilli(again)));
    }

    private @Nullable AgentRoom placeOf(Lane lane) {
        Entry head = lane.ready.first();
        Waiting limit = queue.usage.limit(lane.job, queue.room.rules(), now);
        if (limit != null) {
            lane.roomSince = Entry.NEVER;
            if (limit instanceof Waiting.RateLimit rate) {
                again = Math.min(again, rate.next().toEpochMilli());
            }
            return null;
        }
        AgentRoom agent = queue.room.place(lane, head, now);
        if (agent == null) {
            waitForRoom(lane);
        }
        return agent;
    }

    private void waitForRoom(Lane lane) {
        NamedQueue named = lane.job.queue;
        if (lane.roomSince == Entry.NEVER || lane.roomSince > now) {
            lane.roomSince = now;
        }
        if (named.reservation != null || named.firstFound == queue.round || !queue.reservations.isPossible(lane, now)) {
            return;
        }
        named.firstFound = queue.round;
        if (now - lane.roomSince >= named.ageing) {
            queue.reservations.reserve(lane, now);
        } else {
            again = Math.min(again, lane.roomSince + named.ageing);
        }
    }

    private void dispatch(Lane lane, AgentRoom agent) {
        Entry head = lane.ready.first();
        Reservation held = lane.job.queue.reservation;
        if (held != null && held.lane == lane) {
            held.served = true;
        }
        lane.roomSince = Entry.NEVER;
        Dispatch dispatch = new Dispatch(head.task, agent.incarnation, lane.job.needs, Instant.ofEpochMilli(now));
        queue.start(head, dispatch);
        if (lane.job.bucket != null) {
            lane.job.bucket.take(now);
        }
        dispatches.add(dispatch);
    }
}
