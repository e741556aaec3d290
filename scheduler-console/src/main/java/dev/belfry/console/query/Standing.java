package dev.belfry.console.query;

import dev.belfry.core.overdue.WaitingStory;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.run.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How one shard stands with one fire.
 *
 * @param shard its number, or the agent's id for a broadcast job
 * @param outcome empty unless one is listed
 * @param reason of the outcome, a word of {@code Reasons} or a text of user code; may be empty
 * @param ended when the outcome was known
 * @param ownerThen the incarnation that owned it when it was due, as the masters' journal lists it
 * @param owner the shard's present row of the table; empty for a broadcast job
 * @param attempts at this fire
 */
public record Standing(
        String shard,
        State state,
        Optional<Outcome> outcome,
        String reason,
        Optional<Instant> ended,
        Optional<String> ownerThen,
        Optional<Tenancy> owner,
        List<Attempt> attempts) {

    /** What is known of a fire of a shard. */
    public enum State {
        /** It has its outcome. */
        FINAL,
        /** An attempt was started and has no outcome. */
        RUNNING,
        /** An attempt has failed, and the next one is to come. */
        TRIED_AGAIN,
        /** Nobody has begun it. */
        NOT_BEGUN,
        /** Nobody has ever recorded anything of the shard. */
        NOTHING_RECORDED,
        /** It has its outcome, which is counted by the hour and not listed any more. */
        COUNTED,
        /** The ledger says that it is final, but its outcome is neither listed nor counted. */
        UNLISTED,
        /** Of a queued job: no master has decided yet whether it is run. */
        UNDECIDED,
        /** Of a queued job: it is queued once the runs before it are over. */
        WAITS_ITS_TURN,
        /** Of a queued job: it waits in the queue. */
        QUEUED,
        /** Of a queued job: an agent has it. */
        DISPATCHED,
        /** A broadcast job's agent that is registered anew since: what its last session had not begun is not owed. */
        NOT_OWED,
        /** A broadcast job's agent that is not registered any more: what its last session had not begun is not owed. */
        AGENT_GONE;

        /** As programs read it. */
        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    public Standing {
        attempts = List.copyOf(attempts);
    }

    /** Whether nothing more will become of it. */
    public boolean isOver() {
        return switch (state) {
            case FINAL, COUNTED, UNLISTED, NOT_OWED, AGENT_GONE -> true;
            case RUNNING, TRIED_AGAIN, NOT_BEGUN, NOTHING_RECORDED, UNDECIDED, WAITS_ITS_TURN, QUEUED, DISPATCHED ->
                false;
        };
    }

    /** In words, to follow the name of the shard. */
    String text() {
        return switch (state) {
            case FINAL ->
                outcome.map(Outcome::text).orElse("final")
                        + (reason.isEmpty() ? "" : " (" + ReasonText.of(reason) + ")");
            case RUNNING -> WaitingStory.RUNNING;
            case TRIED_AGAIN -> "waits to be tried again";
            case NOT_BEGUN -> WaitingStory.NOT_BEGUN;
            case NOTHING_RECORDED -> WaitingStory.NOTHING_RECORDED;
            case COUNTED -> "is final, its outcome counted and not listed any more";
            case UNLISTED -> "is final, but its outcome is neither listed nor counted; 'belfry verify' tells more";
            case UNDECIDED -> "waits for a master to decide whether it is run";
            case WAITS_ITS_TURN -> "waits for its turn among the runs of the job";
            case QUEUED -> "waits in the queue";
            case DISPATCHED -> "is with an agent and has no outcome yet";
            case NOT_OWED ->
                "did not run and has no outcome: its agent is registered anew since, and what its session before had not"
                        + " begun is not made up for";
            case AGENT_GONE ->
                "has not begun it, and its agent is not registered any more: nobody else runs it, and it is not made up for";
        };
    }
}
