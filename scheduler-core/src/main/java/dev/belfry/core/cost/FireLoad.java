package dev.belfry.core.cost;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.journal.JournalBounds;
import dev.belfry.core.ledger.CommitBounds;

/**
 * What one fire of all shards of a job has its owners write, either as little or as much as it can be.
 *
 * @param shards that run
 * @param claimMultis transactions that hold claims, of jobs that run at most once; the journal has no line of these
 * @param startMultis transactions that hold starts alone
 * @param endMultis transactions that hold outcomes
 * @param endsTogether outcomes in each of these
 */
record FireLoad(int shards, int claimMultis, int startMultis, int endMultis, int endsTogether) {

    static int shards(JobDefinition job, Assumptions assumptions) {
        return job.placement() == Placement.BROADCAST
                ? assumptions.agents()
                : job.shards().count();
    }

    static int owners(JobDefinition job, Assumptions assumptions) {
        return Math.min(assumptions.agents(), shards(job, assumptions));
    }

    private static int multis(JobDefinition job, Assumptions assumptions) {
        int owners = owners(job, assumptions);
        return owners * upwards(upwards(shards(job, assumptions), owners), CommitBounds.LEDGERS);
    }

    static int upwards(int amount, int unit) {
        return (amount + unit - 1) / unit;
    }

    /** If outcomes meet their starts where they can, and those of an agent come together. */
    static FireLoad least(JobDefinition job, Assumptions assumptions) {
        boolean apart = claims(job)
                || assumptions
                        .runTime()
                        .filter(time -> time.compareTo(CommitBounds.LINGER) > 0)
                        .isPresent();
        int shards = shards(job, assumptions);
        int multis = multis(job, assumptions);
        return new FireLoad(shards, claims(job) ? multis : 0, apart ? multis : 0, multis, upwards(shards, multis));
    }

    /** If every outcome goes by itself; starts of an agent are due at one instant and go together. */
    static FireLoad most(JobDefinition job, Assumptions assumptions) {
        int shards = shards(job, assumptions);
        int multis = multis(job, assumptions);
        return new FireLoad(shards, claims(job) ? multis : 0, multis, shards, 1);
    }

    /** A run at most once is claimed, then started once the claim is durable. */
    private static boolean claims(JobDefinition job) {
        return job.recovery() == Recovery.SKIP;
    }

    /** How often each ledger is written. */
    int ledgerWrites() {
        return (claimMultis > 0 ? 1 : 0) + rows();
    }

    /** Lines of each shard in the journal, and rows in the history. */
    int rows() {
        return startMultis > 0 ? 2 : 1;
    }

    /** Starts that share a transaction. */
    int startsTogether() {
        return startMultis == 0 ? 0 : upwards(shards, startMultis);
    }

    /** Entries that lines of one transaction take. */
    static int entries(int lines, int lineAtMost) {
        return Math.max(
                upwards(lines, JournalBounds.LINES_AT_ONCE), upwards(lines * lineAtMost, JournalBounds.BYTES_AT_ONCE));
    }
}
