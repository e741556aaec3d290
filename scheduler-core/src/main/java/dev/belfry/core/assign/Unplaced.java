package dev.belfry.core.assign;

import static java.util.Objects.requireNonNull;

import dev.belfry.core.ownership.ShardKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A shard that this plan leaves without an owner.
 *
 * @param shard which
 * @param waits why, by kind; at least one
 * @param reasons the same for a person to read: what it waits for, or how many agents fail which rule
 */
public record Unplaced(ShardKey shard, Set<Wait> waits, List<String> reasons) {
    /** Copies; throws {@link IllegalArgumentException} without a kind. */
    public Unplaced {
        requireNonNull(shard);
        if (waits.isEmpty()) {
            throw new IllegalArgumentException(shard + " has no owner for no reason");
        }
        waits = Collections.unmodifiableSet(EnumSet.copyOf(waits));
        reasons = List.copyOf(reasons);
    }

    /** One for a single reason. */
    public static Unplaced because(ShardKey shard, Wait wait, String reason) {
        return new Unplaced(shard, EnumSet.of(wait), List.of(reason));
    }

    /** Whether nobody has to do anything about it: it gets an owner by itself. */
    public boolean passes() {
        return waits.stream().allMatch(Wait::passes);
    }

    /** A sentence for each group of shards with the same reasons, in their order. */
    public static List<String> sentences(Collection<Unplaced> unplaced) {
        Map<List<String>, List<Unplaced>> byReasons = new LinkedHashMap<>();
        unplaced.forEach(one -> byReasons
                .computeIfAbsent(one.reasons(), reasons -> new ArrayList<>())
                .add(one));
        return byReasons.values().stream()
                .map(group -> group.get(0).sentence(group.size()))
                .toList();
    }

    /**
     * The reasons as a sentence.
     *
     * @param count how many shards have them, this one included
     */
    public String sentence(int count) {
        String which = count == 1 ? "shard " + shard.shard() : count + " shards";
        String why = String.join("; ", reasons) + ".";
        return passes()
                ? Character.toUpperCase(which.charAt(0))
                        + which.substring(1)
                        + (count == 1 ? " waits: " : " wait: ")
                        + why
                : "Nobody can take " + which + ": " + why;
    }
}
