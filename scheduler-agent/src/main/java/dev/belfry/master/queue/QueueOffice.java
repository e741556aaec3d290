package dev.belfry.master.queue;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.version.JobRecord;
import dev.belfry.store.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the queue needs of the office around it. */
public interface QueueOffice {

    long term();

    /** A transaction that checks the epoch. */
    Transaction.Builder transaction(String site);

    /** Whether agents, jobs and drains have been read in this term, and nothing of the epoch is being written. */
    boolean ready();

    /** The present by the ensemble's clock. */
    Instant now();

    /** The job with this uid, deleted or not; empty if there is none, or none that can be read. */
    Optional<JobRecord> job(String uid);

    /** All jobs that can be read, deleted or not. */
    List<JobRecord> jobs();

    /** Whether the job with this uid may be there, with a record that cannot be read. */
    boolean isUnreadable(String uid);

    /** The agents that may be given tasks, with what operators drain marked as draining. */
    List<AgentFacts> agents();

    boolean registered(String incarnation);

    /** How long the lease of an incarnation that is not registered may still hold, in nanoseconds; 0 if it is over. */
    long leaseNanos(String incarnation);

    /** Who owns which shards. */
    AssignmentTable table();

    /** A number that changes whenever the table does. */
    long tableRevision();

    /** A generation that nothing else has in this term; empty if none is left. */
    Optional<Generation> generation();

    /** All that was in the queue before this term is known. */
    void loaded();

    /** What is stored is not as this office left it: it is over. */
    void fenced();
}
