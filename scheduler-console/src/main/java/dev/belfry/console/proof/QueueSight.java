package dev.belfry.console.proof;

import dev.belfry.core.dispatch.TaskId;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.queue.FiresMark;
import java.time.Instant;
import java.util.Optional;

/** How far the queue is with the fires of one shard of a job. */
final class QueueSight {
    private final QueueEvidence queue;
    private final String jobUid;
    private final int shard;
    private final Optional<FiresMark> mark;

    QueueSight(QueueEvidence queue, String jobUid, int shard) {
        this.queue = queue;
        this.jobUid = jobUid;
        this.shard = shard;
        this.mark = Optional.ofNullable(queue.marks().get(jobUid));
    }

    /** When a fixed delay is due next, as far as that is decided. */
    Optional<Instant> delayNext() {
        return mark.flatMap(FiresMark::delayNext);
    }

    /** Whether a fire waits for its turn, for an agent, or is with one. */
    boolean isOpen(Instant instant) {
        boolean turn = mark.stream()
                .flatMap(known -> known.waiting().stream())
                .anyMatch(one -> one.due().equals(instant));
        return turn || queue.open().contains(TaskId.of(FireId.scheduled(instant).runId(jobUid), shard));
    }

    /** Whether a fire was decided and has its outcome: it neither waits nor is it with an agent. */
    boolean isFinal(Instant instant) {
        return mark.filter(known -> !instant.isAfter(known.upTo())).isPresent() && !isOpen(instant);
    }

    /** What is known instead of an outcome. */
    String unaccounted() {
        return mark.map(known -> "no master has decided it; the schedule of the job was decided up to " + known.upTo())
                .orElse("no master has decided anything of the schedule of this job");
    }
}
