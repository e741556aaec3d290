package dev.belfry.testkit.cluster;

import dev.belfry.agent.loop.MissingInputs;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.value.Template;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which outcomes and reasons the policies of a job permit, whatever has happened: looked at with every line that is
 * committed. It goes by the rules of the version that owes the fire and by what user code attests, and asks none of the
 * code that decides. {@link Punctuality} looks, after the quiet, at what depends on circumstances.
 */
final class Permitted {
    /** A clock may be off by so much before its agent drains itself, and a while passes before it has noticed. */
    private static final Duration CLOCKS = Duration.ofSeconds(6);

    /** What user code attests. */
    interface Attempts {
        /** The execution with this token; null if there was none. */
        @Nullable
        Execution find(ShardId shard, long token);
    }

    private final CommittedJobs jobs;
    private final Attempts attempts;

    Permitted(CommittedJobs jobs, Attempts attempts) {
        this.jobs = jobs;
        this.attempts = attempts;
    }

    /**
     * A line was committed.
     *
     * @param now true time
     */
    void check(FireEntry line, Instant now) {
        JobRecord job = jobs.find(line.jobUid()).orElse(null);
        if (job == null) {
            return;
        }
        JobVersion version = CommittedJobs.rules(job, line.layout(), line.fire().due());
        if (line.kind() == FireEntry.Kind.STARTED) {
            late(line, version.definition());
        } else if (line.kind() == FireEntry.Kind.FINAL) {
            outcome(line, job, version, now);
        }
    }

    private static void permit(boolean permitted, String name, FireEntry line, String why) {
        if (!permitted) {
            throw new InvariantViolation(name, why + ": " + line);
        }
    }

    /** The word that the reason begins with: what code said of its end may follow. */
    private static String word(FireEntry line) {
        int colon = line.reason().indexOf(':');
        return colon < 0 ? line.reason() : line.reason().substring(0, colon);
    }

    private static void late(FireEntry line, JobDefinition rules) {
        if (line.reason().equals(Reasons.MISFIRE)) {
            boolean runs = rules.misfire().policy() != MisfirePolicy.SKIP;
            permit(runs && line.fire().isScheduled(), "I2", line, "the misfire policy runs nothing late");
        }
    }

    private void outcome(FireEntry line, JobRecord job, JobVersion version, Instant now) {
        JobDefinition rules = version.definition();
        switch (line.outcome()) {
            case SUCCEEDED -> {
                late(line, rules);
                attested(line, Execution.End.RETURNED);
            }
            case FAILED -> {
                if (word(line).equals(MissingInputs.UNRESOLVED)) {
                    unbegun(line, rules);
                } else {
                    attested(line, Execution.End.THREW);
                }
                exhausted(line, rules);
            }
            case TIMED_OUT -> timedOut(line, rules);
            case CANCELLED -> cancelled(line, job, rules);
            case SKIPPED -> skipped(line, job, version);
            case MISSED -> missed(line, job, rules, now);
            case SUPERSEDED -> superseded(line, job, now);
            case LOST ->
                permit(
                        rules.recovery() == Recovery.SKIP
                                && line.attempt() > 0
                                && word(line).equals(Reasons.CLAIM_WITHOUT_OUTCOME),
                        "I2",
                        line,
                        "only what an at-most-once job had claimed is lost");
            default -> permit(false, "I1", line, "no such outcome is recorded by this version");
        }
    }

    private void attested(FireEntry line, Execution.End end) {
        Execution execution = attempts.find(ShardId.of(line), line.token());
        boolean attests = execution != null
                && execution.fire().equals(line.fire())
                && execution.how() == end
                && execution.attempt() == line.attempt();
        if (!attests) {
            String how = execution == null ? "" : String.valueOf(execution.how());
            permit(false, "I1", line, "user code does not attest it (" + execution + " " + how + ")");
        }
    }

    private void unbegun(FireEntry line, JobDefinition rules) {
        boolean refers = !rules.parameters().values().stream().allMatch(Template::isPlain);
        Execution execution = attempts.find(ShardId.of(line), line.token());
        permit(refers && execution == null, "I1", line, "its parameters refer to nothing, or its code began");
    }

    private static void exhausted(FireEntry line, JobDefinition rules) {
        permit(
                line.attempt() >= rules.retry().attempts(),
                "retry",
                line,
                "it is to be tried " + rules.retry().attempts() + " times");
    }

    private void timedOut(FireEntry line, JobDefinition rules) {
        boolean limited = switch (word(line)) {
            case Reasons.ATTEMPT_TIMEOUT -> rules.timeouts().attempt() != null;
            case Reasons.TOTAL_TIMEOUT -> rules.timeouts().total() != null;
            case Reasons.HEARTBEAT_TIMEOUT -> rules.timeouts().heartbeat() != null;
            default -> false;
        };
        permit(limited, "I2", line, "the job has no such time-out");
        Execution execution = attempts.find(ShardId.of(line), line.token());
        boolean mayRunOn = execution != null && execution.wasAbandoned() && rules.recovery() == Recovery.SKIP;
        if (!mayRunOn && !word(line).equals(Reasons.TOTAL_TIMEOUT)) {
            exhausted(line, rules);
        }
    }

    private void cancelled(FireEntry line, JobRecord job, JobDefinition rules) {
        boolean may = switch (word(line)) {
            case Reasons.OPERATOR -> jobs.cancelledAt(job.uid(), line.fire()).isPresent();
            case Reasons.CANCELLED_BY_NEWER -> everReplaces(job);
            case Reasons.LEASE_OVER -> rules.recovery() == Recovery.SKIP && line.attempt() > 0;
            // Nobody follows where an agent lets go of its part of a broadcast job: what waited there ends with it.
            case Reasons.CLOSING -> line.attempt() > 0 ? rules.recovery() == Recovery.SKIP : line.layout() == 0;
            default -> false;
        };
        permit(may, "I2", line, "nobody and no policy cancels it");
    }

    private static boolean everReplaces(JobRecord job) {
        return job.versions().stream()
                .anyMatch(version -> version.definition().overlap().policy() == OverlapPolicy.CANCEL_RUNNING);
    }

    private static void skipped(FireEntry line, JobRecord job, JobVersion version) {
        OverlapPolicy overlap = version.definition().overlap().policy();
        boolean skips = overlap == OverlapPolicy.SKIP || overlap == OverlapPolicy.ALLOW;
        boolean buffers = overlap == OverlapPolicy.BUFFER_ONE || overlap == OverlapPolicy.BUFFER_ALL;
        boolean may = switch (line.reason()) {
            case Reasons.PAUSED -> version.paused() || !version.definition().enabled();
            case Reasons.OVERLAP -> skips;
            case Reasons.BUFFER_FULL -> buffers;
            case Reasons.REPLACED -> everReplaces(job);
            case Reasons.OUTCOME_UNKNOWN ->
                (skips || buffers) && version.definition().recovery() == Recovery.RERUN;
            default -> false;
        };
        permit(may, "I2", line, "its overlap policy is " + overlap);
        permit(line.attempt() == 0, "I2", line, "it had begun");
    }

    private void missed(FireEntry line, JobRecord job, JobDefinition rules, Instant now) {
        permit(
                line.fire().isScheduled() || line.layout() == 0,
                "I13",
                line,
                "a run that was asked for is never missed");
        if (line.layout() == 0 && line.reason().equals(Reasons.OUTCOME_UNKNOWN)) {
            return; // of an agent that was lost: not run again, since nobody knows whether it was there
        }
        boolean unknown = line.reason().equals(Reasons.OUTCOME_UNKNOWN) && rules.recovery() == Recovery.RERUN;
        boolean may = switch (rules.misfire().policy()) {
            case SKIP -> unknown || line.reason().equals(Reasons.MISFIRE_SKIP);
            case FIRE_ONCE -> unknown || line.reason().equals(Reasons.COALESCED);
            case FIRE_ALL -> beyond(line, job, rules, unknown, now);
        };
        permit(may, "I2", line, "its misfire policy is " + rules.misfire());
    }

    /** Whether {@code FIRE_ALL} goes back that far: by the clock that decided, and by true time within its error. */
    private static boolean beyond(FireEntry line, JobRecord job, JobDefinition rules, boolean unknown, Instant now) {
        // The line tells the millisecond in which it was decided.
        Instant oldest = line.ended().plusMillis(1).minus(rules.misfire().window());
        Instant trulyOldest = now.plus(CLOCKS).minus(rules.misfire().window());
        boolean old = line.last().isBefore(oldest) && line.last().isBefore(trulyOldest);
        boolean windowed = old && (unknown || line.reason().equals(Reasons.WINDOW));
        boolean limited = unknown || line.reason().equals(Reasons.LIMIT);
        if (windowed || !limited || !CommittedJobs.hasInstants(job)) {
            return windowed || limited;
        }
        // None that was not due yet can have been among those that were run instead.
        long later = CommittedJobs.due(job, line.layout(), line.last().plusMillis(1), line.ended())
                .size();
        return later >= rules.misfire().limit();
    }

    private static void superseded(FireEntry line, JobRecord job, Instant now) {
        Instant end = CommittedJobs.endOfLayout(job, line.layout());
        permit(
                line.last().isBefore(end) && !end.isAfter(now.plus(CLOCKS)),
                "I2",
                line,
                "its layout ends at " + end + ", and it is " + now);
        boolean deleted = job.deletedAt().filter(end::equals).isPresent();
        boolean may = switch (line.reason()) {
            case Reasons.DELETED -> deleted;
            case Reasons.LAYOUT -> !deleted;
            case Reasons.OUTCOME_UNKNOWN -> true;
            default -> false;
        };
        permit(may && line.outcome() == Outcome.SUPERSEDED, "I2", line, "it ended for another reason");
    }
}
