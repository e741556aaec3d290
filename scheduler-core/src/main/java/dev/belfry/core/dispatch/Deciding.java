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
            AgentRoom agent = placeOf(lane);
            if (agent != null) {
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
            head.roomSince = Entry.NEVER;
            if (limit instanceof Waiting.RateLimit rate) {
                again = Math.min(again, rate.next().toEpochMilli());
            }
            return null;
        }
        AgentRoom agent = queue.room.place(lane, head, now);
        if (agent == null) {
            waitForRoom(lane, head);
        }
        return agent;
    }

    private void waitForRoom(Lane lane, Entry head) {
        NamedQueue named = lane.job.queue;
        if (head.roomSince == Entry.NEVER || head.roomSince > now) {
            head.roomSince = now;
        }
        if (named.reservation != null) {
            return;
        }
        boolean due = now - head.roomSince >= named.ageing;
        if (due && !queue.reservations.reserve(lane, now)) {
            head.roomSince = now; // nothing that is there could ever run it: asked again after another step
        }
        if (named.reservation == null) {
            again = Math.min(again, head.roomSince + named.ageing);
        }
    }

    private void dispatch(Lane lane, AgentRoom agent) {
        Entry head = lane.ready.first();
        Reservation held = lane.job.queue.reservation;
        if (held != null && held.lane == lane) {
            held.served = true;
        }
        Dispatch dispatch = new Dispatch(head.task, agent.incarnation, lane.job.needs, Instant.ofEpochMilli(now));
        queue.start(head, dispatch);
        if (lane.job.bucket != null) {
            lane.job.bucket.take(now);
        }
        dispatches.add(dispatch);
    }
}
