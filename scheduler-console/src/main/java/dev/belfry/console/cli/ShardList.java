package dev.belfry.console.cli;

import dev.belfry.agent.client.JobState;
import dev.belfry.console.query.Snapshot;
import dev.belfry.core.job.Placement;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.version.JobRecord;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The shards of sticky jobs, one a row, those that nobody owns included. */
final class ShardList {
    private final Snapshot snapshot;
    private final @Nullable String job;
    private final Listing list = new Listing(new TextTable("JOB", ">LAYOUT", ">SHARD", "OWNER", "SINCE", "MOVES TO"));

    private ShardList(Snapshot snapshot, @Nullable String job) {
        this.snapshot = snapshot;
        this.job = job;
    }

    /** @param job only this one's; null for all */
    static Listing of(Snapshot snapshot, @Nullable String job) {
        ShardList shards = new ShardList(snapshot, job);
        shards.owned();
        for (JobState state : snapshot.jobs()) {
            shards.unowned(state.record());
        }
        return shards.list;
    }

    private void owned() {
        snapshot.table().forEach((key, row) -> {
            String name = snapshot.nameOf(key.jobUid());
            if (job != null && !job.equals(name)) {
                return;
            }
            String next = row.next() instanceof Successor.Named named
                    ? named.incarnation().agentId()
                    : row.next() instanceof Successor.Withdrawn ? "nobody" : "";
            list.table().row(name, key.layout(), key.shard(), row.owner().agentId(), row.since(), next);
            Map<String, Object> one =
                    tree(name, key.layout(), key.shard(), row.owner().name(), next);
            one.put("since", row.since().toString());
            list.tree().add(one);
        });
    }

    private void unowned(JobRecord record) {
        var version = record.at(snapshot.now());
        boolean concerned = !record.deleted()
                && version.definition().placement() == Placement.STICKY
                && (job == null || job.equals(record.name()));
        var rows = snapshot.table().rows(new LayoutKey(record.uid(), version.layout()));
        for (int shard = 0; concerned && shard < version.definition().shards().count(); shard++) {
            if (rows.owner(shard) < 0) {
                list.table().row(record.name(), version.layout(), shard, "nobody", "", "");
                Map<String, Object> one = tree(record.name(), version.layout(), shard, "", "");
                one.put("since", null);
                list.tree().add(one);
            }
        }
    }

    private static Map<String, Object> tree(String job, int layout, int shard, String owner, String next) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("job", job);
        one.put("layout", layout);
        one.put("shard", shard);
        one.put("owner", owner);
        one.put("next", next.isEmpty() ? null : next);
        return one;
    }
}
