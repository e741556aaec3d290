package dev.belfry.agent.loop;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.CheckpointRecord;
import dev.belfry.core.shard.ShardRef;
import dev.belfry.core.shard.ShardRuns;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One shard granted to this incarnation, from the grant to the release. Mutable; owned by the agent's loop. */
final class OwnedShard {

    /** How far a tenancy has come. */
    enum Stage {
        /** Granted; the ledger is still to be read, or the definition is not known yet. */
        LOADING,
        /** In charge. */
        ACTIVE,
        /** Listed in the hand-over; nothing may be done in its name any more. */
        RELEASED,
        /** Not ours any more. */
        OVER
    }

    /** Lines of one shard in one commit with the full text of a failure, so that the commit keeps its size. */
    private static final int FULL_TEXTS = 16;

    final ShardRef ref;
    /** Generation of the grant; for a broadcast shard one more than that of the predecessor. */
    long since;

    final String job;
    /** Until when the owner before may have held its lease, by the clock that decides what is due; empty if it let go. */
    Optional<Instant> doubt = Optional.empty();
    /** Of a broadcast shard: when its agent registered, so that it owes what came after. */
    Instant joined = Instant.MIN;

    /** Of a broadcast shard: whether the incarnation before did not let go. */
    boolean followsLost;

    /**
     * Of another agent's part of a broadcast job, that is only to be settled: the longest time-out that a session of that agent
     * had; zero for whatever is our own.
     */
    Duration lostTimeout = Duration.ZERO;
    /** Of a part of a broadcast job that was lost: a transaction after the end of its incarnation. */
    long lostZxid;

    /** Read by threads of user code, too: an attempt of a tenancy that is over has no lease. */
    volatile Stage stage = Stage.LOADING;
    /** The decisions; null while loading. */
    @Nullable
    ShardRuns runs;

    /** Version of the ledger znode; -1 while there is none. */
    int ledgerVersion = -1;

    /** When the ledger was last written before it was read, by the ensemble's clock. */
    Instant ledgerModified = Instant.EPOCH;
    /** The transaction that wrote it then. */
    long ledgerZxid;

    boolean ledgerRead;
    /** Whether it was said that the ledger cannot be read. */
    boolean complained;
    /** Whether a write of the ledger is under way: at most one at a time. */
    boolean writing;
    /** Journal lines that go with the next write. */
    final List<FireEntry> lines = new ArrayList<>();

    Optional<CheckpointRecord> checkpoint = Optional.empty();
    boolean checkpointStored;
    boolean checkpointDirty;

    /** When the timer is to look at it again; null while nothing is to be awaited. */
    @Nullable
    Instant wake;

    /** Whether the master wants it back. */
    boolean wanted;
    /** When it was first heard, before the ledger was read, that the master wants it back. */
    Optional<Instant> wantedWhileLoading = Optional.empty();
    /** Whether it waits for the next incarnation of this agent: it starts nothing, and is not released. */
    boolean held;
    /** Whether nobody is to follow: the layout or the job ends, or nobody may have the shard. */
    boolean ending;
    /**
     * Whether the first that was heard of it is that nobody is to follow: it was granted only so that what it still owes
     * gets its outcome, or was granted and asked back before this agent looked.
     */
    boolean settling;
    /** Set once its definition was asked for again because no end of its layout was known. */
    OptionalLong lookedAgain = OptionalLong.empty();
    /** Whether everything its layout owed has its outcome; known once the release is prepared. */
    boolean settled;

    OwnedShard(ShardRef ref, long since, String job) {
        this.ref = ref;
        this.since = since;
        this.job = job;
    }

    /** Adds a line to the journal. While nothing can be written only the first few keep the full text of a failure. */
    void add(FireEntry line) {
        lines.add(lines.size() < FULL_TEXTS ? line : line.brief());
    }

    /** Whether it is another incarnation's part of a broadcast job, to be settled and let go of. */
    boolean lost() {
        return !lostTimeout.isZero();
    }

    boolean dirty() {
        return checkpointDirty || !lines.isEmpty() || (runs != null && runs.dirty());
    }

    @Override
    public String toString() {
        return "job=" + job + " shard=" + ref.shard() + " since=" + since;
    }
}
