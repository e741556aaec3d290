package dev.belfry.core.assign;

import dev.belfry.core.ownership.LayoutRows;
import java.util.List;

/** Finds new aims for moves that have lost theirs, and moves shards off owners that may not keep them. */
final class Departures {
    private final Board board;
    private final Chooser chooser;
    private final Room room;

    Departures(Board board, Chooser chooser, Room room) {
        this.board = board;
        this.chooser = chooser;
        this.room = room;
    }

    void run(List<JobView> jobs) {
        for (JobView job : jobs) {
            if (!job.toDo.aimless.isEmpty() || !job.toDo.leaving.isEmpty() || !job.toDo.excess.isEmpty()) {
                chooser.turnTo(job);
                aim(job);
                thinOut(job);
                leave(job);
            }
        }
    }

    private void aim(JobView job) {
        for (int i = 0; i < job.toDo.aimless.size(); i++) {
            int shard = job.toDo.aimless.get(i);
            int owner = board.owners.agent(job.rows.owner(shard));
            if (job.candidates.contains(owner) && job.exclusivityAdmits(owner)) {
                board.stay(job, shard, "nobody is to take over any more, and its owner may keep it");
            } else {
                send(job, shard, "the agent that was to take over cannot any more");
            }
        }
    }

    private void leave(JobView job) {
        for (int i = 0; i < job.toDo.leaving.size(); i++) {
            int shard = job.toDo.leaving.get(i);
            int owner = board.owners.agent(job.rows.owner(shard));
            String why = board.cluster
                    .refusal(job.spec, owner)
                    .map(refusal -> switch (refusal) {
                        case STANDBY -> "its owner is only there to become master";
                        case DRAINING -> "its owner drains";
                        case DUPLICATE_ID -> "its owner has the id of an agent registered earlier";
                        case HANDLER -> "its owner lacks the handler";
                        case LABELS -> "its owner's labels do not match";
                    })
                    .orElse("another job of its group has the agent");
            send(job, shard, why);
        }
    }

    /** Moves a shard away; with nobody to take it, its owner lets go all the same. */
    private void send(JobView job, int shard, String why) {
        int from = board.owners.agent(job.rows.owner(shard));
        if (!job.candidates.isEmpty() && !board.mayMove(1)) {
            return;
        }
        int target = job.heldBack ? -1 : chooser.choose(job, shard, from);
        if (target >= 0) {
            board.move(job, shard, target, why);
            return;
        }
        room.make(job);
        // A spread value that is full may empty as the job's own moves end; without moves nothing will change.
        boolean passing = !job.awaitedRoom.isEmpty() || (job.isMoving && isOpenSomewhere(job));
        if (!passing && job.rows.next(shard) != LayoutRows.WITHDRAW) {
            board.withdraw(job, shard, why + ", and nobody else can take it");
        }
    }

    private static boolean isOpenSomewhere(JobView job) {
        for (int agent : job.candidates.agents) {
            if (job.exclusivityAdmits(agent)) {
                return true;
            }
        }
        return false;
    }

    private void thinOut(JobView job) {
        for (int i = 0; i < job.toDo.excess.size() && board.mayMove(1); i++) {
            int shard = job.toDo.excess.get(i);
            int target = job.isTouched(shard) ? -1 : chooser.choose(job, shard, -1);
            if (target >= 0) {
                board.move(job, shard, target, "its spread value has more shards than its part");
            }
        }
    }
}
