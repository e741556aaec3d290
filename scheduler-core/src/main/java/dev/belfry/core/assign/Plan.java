package dev.belfry.core.assign;

import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.Buckets;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.TableBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What is to change in the assignment table, and why.
 *
 * @param changes at most one per shard; drops first, then withdrawals, settlements, grants, retractions, offers
 * @param reasons for each change, at the same place, a short reason for a person to read
 * @param unplaced shards that are left without an owner
 */
public record Plan(List<Change> changes, List<String> reasons, List<Unplaced> unplaced) {
    /** Copies; throws {@link IllegalArgumentException} unless there is a reason for each change. */
    public Plan {
        changes = List.copyOf(changes);
        reasons = List.copyOf(reasons);
        unplaced = List.copyOf(unplaced);
        if (changes.size() != reasons.size()) {
            throw new IllegalArgumentException(changes.size() + " changes have " + reasons.size() + " reasons");
        }
    }

    /** Computes the plan; see {@link Planner}. */
    public static Plan of(PlanInput input) {
        return Planner.plan(input);
    }

    /** Whether nothing changes. */
    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /** The changes that {@code wanted} asks for, in the same order. */
    public Plan only(Predicate<Change> wanted) {
        List<Change> some = new ArrayList<>();
        List<String> why = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            if (wanted.test(changes.get(i))) {
                some.add(changes.get(i));
                why.add(reasons.get(i));
            }
        }
        return new Plan(some, why, unplaced);
    }

    /**
     * At most {@code most} of the changes, to be written as one transaction: the first of their kinds, and among those of one
     * kind such as are stored together. So a large plan writes each bucket a few times, and not with each of its parts.
     */
    public Plan part(int most) {
        if (changes.size() <= most) {
            return new Plan(changes, reasons, List.of());
        }
        List<Integer> order = new ArrayList<>();
        int[] buckets = new int[changes.size()];
        int[] kinds = new int[changes.size()];
        for (int i = 0; i < changes.size(); i++) {
            order.add(i);
            buckets[i] = Buckets.of(changes.get(i).shard());
            boolean sameKind =
                    i > 0 && changes.get(i).getClass() == changes.get(i - 1).getClass();
            kinds[i] = i == 0 ? 0 : kinds[i - 1] + (sameKind ? 0 : 1);
        }
        order.sort(Comparator.comparingInt((Integer i) -> kinds[i]).thenComparingInt(i -> buckets[i]));
        List<Change> some = new ArrayList<>();
        List<String> why = new ArrayList<>();
        for (int i : order.subList(0, most)) {
            some.add(changes.get(i));
            why.add(reasons.get(i));
        }
        return new Plan(some, why, List.of());
    }

    /**
     * The table with all changes made.
     *
     * @param table the table that the plan was made from, or one to which earlier parts of it were applied
     * @param generation fresh; every grant takes it as its {@code since}, once per shard since a plan changes a shard
     *     at most once
     * @throws IllegalArgumentException when a change does not fit the table or the generation is not fresh
     */
    public Applied apply(AssignmentTable table, Generation generation) {
        return apply(table, generation, Optional.empty());
    }

    /**
     * The same where the grants follow owners that were lost.
     *
     * @param doubt until when one of these may have held its lease, by the ensemble's clock; empty if all let go
     */
    public Applied apply(AssignmentTable table, Generation generation, Optional<Instant> doubt) {
        TableBuilder builder = table.toBuilder();
        doubt.ifPresent(until -> builder.doubt(generation, until));
        SortedSet<Integer> buckets = new TreeSet<>();
        for (Change change : changes) {
            apply(change, builder, generation);
            buckets.add(Buckets.of(change.shard()));
        }
        return new Applied(builder.build(), buckets);
    }

    private static void apply(Change change, TableBuilder table, Generation generation) {
        if (change instanceof Change.Grant grant) {
            table.grant(grant.shard(), grant.to(), generation);
        } else if (change instanceof Change.Settle settle) {
            table.grant(settle.shard(), settle.to(), generation).next(settle.shard(), Successor.WITHDRAW);
        } else if (change instanceof Change.Offer offer) {
            table.next(offer.shard(), Successor.of(offer.next()));
        } else if (change instanceof Change.Retract retract) {
            table.next(retract.shard(), retract.next());
        } else if (change instanceof Change.Withdraw withdraw) {
            table.next(withdraw.shard(), Successor.WITHDRAW);
        } else {
            table.drop(change.shard());
        }
    }

    /**
     * The outcome of applying a plan.
     *
     * @param table the new table
     * @param buckets the buckets that have to be written
     */
    public record Applied(AssignmentTable table, SortedSet<Integer> buckets) {
        /** Makes the buckets unmodifiable. */
        public Applied {
            buckets = Collections.unmodifiableSortedSet(new TreeSet<>(buckets));
        }
    }
}
