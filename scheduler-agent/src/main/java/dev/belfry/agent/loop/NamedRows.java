package dev.belfry.agent.loop;

import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.Release;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.shard.ShardRef;
import dev.belfry.core.version.JobRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;

/**
 * Brings the rows of the table that name this incarnation together with the definitions: which shards they are. Rows of
 * jobs without a definition wait for it, or are given back if nobody is to follow.
 *
 * <p>Not thread-safe; owned by the agent's loop.
 */
final class NamedRows {
    private final OwnedShards.Owner owner;
    /** Shards of each layout seen. */
    private final Map<LayoutKey, Integer> counts = new HashMap<>();

    /** Tenancies of jobs without a definition that were listed as released. */
    private final Set<Release> givenBack = new HashSet<>();

    /** Jobs of rows that could not be taken up because their definition has not been read. */
    private final Set<String> unknown = new HashSet<>();
    /** Whether a row of one of these is withdrawn, and not given back because not all definitions were read. */
    private boolean withheld;

    NamedRows(OwnedShards.Owner owner) {
        this.owner = owner;
    }

    /** Whether a row that waited for its definition can be given back now that all definitions were read. */
    boolean mayGiveBack() {
        return withheld && owner.jobsKnown();
    }

    /** Whether this tenancy was listed as released before its job was known: it must not be taken up any more. */
    boolean isGivenBack(ShardRef ref, Tenancy row) {
        ShardKey key = new ShardKey(ref.jobUid(), ref.layout(), ref.number());
        return givenBack.contains(new Release(key, row.since()));
    }

    Map<ShardRef, Tenancy> read(NavigableMap<ShardKey, Tenancy> rows) {
        unknown.clear();
        withheld = false;
        Map<ShardRef, Tenancy> byRef = refs(rows);
        forgetUnknown(rows);
        return byRef;
    }

    /** The rows of one job that waited for its definition; none if none did. */
    Map<ShardRef, Tenancy> readAwaited(NavigableMap<ShardKey, Tenancy> rows, String jobUid) {
        if (!unknown.remove(jobUid)) {
            return Map.of();
        }
        ShardKey first = new ShardKey(jobUid, 0, 0);
        ShardKey last = new ShardKey(jobUid, Integer.MAX_VALUE, ShardKey.MOST_SHARDS - 1);
        return refs(rows.subMap(first, true, last, true));
    }

    private Map<ShardRef, Tenancy> refs(NavigableMap<ShardKey, Tenancy> rows) {
        Map<ShardRef, Tenancy> byRef = new HashMap<>();
        rows.forEach((key, row) -> refOf(key).ifPresentOrElse(ref -> byRef.put(ref, row), () -> unknown(key, row)));
        return byRef;
    }

    /**
     * A shard of a job without a definition, or of a layout that the definition does not have yet. Of a job without one nothing was
     * ever started here, so that it can be given back at once.
     */
    private void unknown(ShardKey key, Tenancy row) {
        unknown.add(key.jobUid());
        if (owner.job(key.jobUid()).isPresent()) {
            return; // the version with this layout is on its way
        }
        Release release = new Release(key, row.since());
        if (!(row.next() instanceof Successor.Withdrawn) || givenBack.contains(release)) {
            return;
        }
        if (owner.jobsKnown()) {
            givenBack.add(release);
            owner.released(release, false);
        } else {
            withheld = true;
        }
    }

    private void forgetUnknown(NavigableMap<ShardKey, Tenancy> rows) {
        givenBack.removeIf(release -> {
            Tenancy row = rows.get(release.shard());
            boolean over = row == null || !row.since().equals(release.since());
            if (over) {
                ShardKey key = release.shard();
                owner.forget(
                        ShardRef.numbered(key.jobUid(), key.layout(), 1, key.shard()),
                        release.since().value());
            }
            return over;
        });
    }

    /**
     * The number of shards of a layout is the definition's; it decides where the ledgers of large jobs lie. Empty while
     * the definition has not been read, or only one of before this layout.
     */
    private Optional<ShardRef> refOf(ShardKey key) {
        Integer count = counts.get(key.of());
        if (count == null) {
            Optional<JobRecord> job = owner.job(key.jobUid());
            if (job.isEmpty() || key.layout() > job.get().newest().layout()) {
                return Optional.empty();
            }
            count = shardsOf(job.get(), key.layout());
            counts.put(key.of(), count);
        }
        return Optional.of(ShardRef.numbered(key.jobUid(), key.layout(), count, key.shard()));
    }

    private static int shardsOf(JobRecord job, int layout) {
        return job.versions().stream()
                .filter(version -> version.layout() == layout)
                .map(version -> version.definition().shards().count())
                .findFirst()
                .orElse(job.definition().shards().count());
    }
}
