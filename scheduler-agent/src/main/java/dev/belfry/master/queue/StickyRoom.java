package dev.belfry.master.queue;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.dispatch.Needs;
import dev.belfry.core.job.Requirements;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.LayoutRows;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What sticky shards take of their owners: the processors and the memory that their definitions declare, and the groups of jobs
 * that exclude each other. A shard takes no slot: it runs now and then, and an agent owns thousands.
 */
final class StickyRoom {
    /** Nothing is owned. */
    static final StickyRoom NONE = new StickyRoom();

    private final Map<Incarnation, Needs> needs = new HashMap<>();
    private final Map<Incarnation, SortedMap<String, String>> groups = new HashMap<>();

    private StickyRoom() {}

    /** @param requirements of the job with a uid; empty if it is not known */
    static StickyRoom of(AssignmentTable table, Function<String, Optional<Requirements>> requirements) {
        StickyRoom room = new StickyRoom();
        table.layouts()
                .forEach((layout, rows) -> requirements
                        .apply(layout.jobUid())
                        .ifPresent(required -> room.add(table, layout.jobUid(), rows, required)));
        return room;
    }

    private void add(AssignmentTable table, String jobUid, LayoutRows rows, Requirements required) {
        Needs declared = Needs.of(required.resources());
        Needs each = new Needs(0, declared.cpuMillis(), declared.memory());
        String group = required.exclusive();
        if (each.equals(Needs.NONE) && group == null) {
            return;
        }
        for (int shard = 0; shard < rows.length(); shard++) {
            if (rows.owner(shard) >= 0) {
                Incarnation owner = table.dictionary().get(rows.owner(shard));
                needs.merge(owner, each, Needs::plus);
                if (group != null) {
                    groups.computeIfAbsent(owner, o -> new TreeMap<>()).put(group, jobUid);
                }
            }
        }
    }

    Needs needs(Incarnation agent) {
        return needs.getOrDefault(agent, Needs.NONE);
    }

    SortedMap<String, String> groups(Incarnation agent) {
        return groups.getOrDefault(agent, Collections.emptySortedMap());
    }
}
