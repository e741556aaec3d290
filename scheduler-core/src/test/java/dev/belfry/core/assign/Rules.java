package dev.belfry.core.assign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Eligibility;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.Release;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.Tenancy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The rules of assignment in their plainest form, row by row: the oracle that plans are held against. */
final class Rules {
    private final PlanInput input;
    private final Map<String, JobSpec> jobs = new HashMap<>();
    private final Map<Incarnation, AgentFacts> live = new HashMap<>();
    private final Set<Incarnation> duplicates;
    private final Set<Release> settling;

    Rules(PlanInput input) {
        this(input, Set.of());
    }

    /** @param settling tenancies that were granted only to be settled: their owners run nothing */
    Rules(PlanInput input, Set<Release> settling) {
        this.input = input;
        this.settling = settling;
        input.jobs().forEach(job -> jobs.put(job.jobUid(), job));
        input.agents().forEach(agent -> live.put(agent.incarnation(), agent));
        duplicates = Eligibility.duplicates(input.agents());
    }

    boolean isEligible(JobSpec job, Incarnation incarnation) {
        AgentFacts agent = live.get(incarnation);
        return agent != null
                && !duplicates.contains(incarnation)
                && !agent.draining()
                && !agent.standby()
                && agent.handlers().contains(job.handler())
                && job.requires().matches(agent.labels());
    }

    boolean isFree(ShardKey key, Tenancy row) {
        return input.replaceable().contains(row.owner()) || input.released().contains(new Release(key, row.since()));
    }

    boolean isLive(Incarnation incarnation) {
        return live.containsKey(incarnation);
    }

    long eligibleFor(JobSpec job) {
        return live.keySet().stream().filter(i -> isEligible(job, i)).count();
    }

    /** Each change is allowed by itself, whatever else of the plan is written. */
    void checkChanges(Plan plan) {
        Set<ShardKey> seen = new HashSet<>();
        Set<String> heldBack = new HashSet<>();
        input.table().forEach((key, row) -> {
            JobSpec job = jobs.get(key.jobUid());
            boolean over = input.settled().contains(new Release(key, row.since()));
            boolean ended = job != null && job.ended().stream().anyMatch(e -> e.layout() == key.layout());
            if (job != null && job.layout() != key.layout() && (ended ? !over : !isFree(key, row))) {
                heldBack.add(key.jobUid());
            }
        });
        for (JobSpec job : input.jobs()) {
            for (EndedLayout ended : job.ended()) {
                for (int shard = 0; shard < ended.shards(); shard++) {
                    ShardKey key = new ShardKey(job.jobUid(), ended.layout(), shard);
                    if (input.table().tenancy(key).isEmpty() && !ended.isSettled(shard)) {
                        heldBack.add(job.jobUid());
                    }
                }
            }
        }
        int kind = 0;
        for (Change change : plan.changes()) {
            assertThat(seen.add(change.shard())).as("one change of %s", change).isTrue();
            assertThat(rank(change)).as("order of %s", change).isGreaterThanOrEqualTo(kind);
            kind = rank(change);
            check(change, heldBack);
        }
    }

    private void check(Change change, Set<String> heldBack) {
        ShardKey key = change.shard();
        Optional<Tenancy> row = input.table().tenancy(key);
        boolean free = row.map(r -> isFree(key, r)).orElse(true);
        JobSpec job = jobs.get(key.jobUid());
        if (change instanceof Change.Grant grant) {
            assertThat(free).as("nobody can run it: %s over %s", change, row).isTrue();
            assertThat(heldBack).as("old layout gone before %s", change).doesNotContain(key.jobUid());
            assertThat(job.active() && job.key().equals(key.of()) && isEligible(job, grant.to()))
                    .as("eligible: %s", change)
                    .isTrue();
        } else if (change instanceof Change.Settle settle) {
            assertThat(free).as("nobody can run it: %s over %s", change, row).isTrue();
            assertThat(isLive(settle.to())).as("lives: %s", change).isTrue();
            EndedLayout ended = job.ended().stream()
                    .filter(e -> e.layout() == key.layout())
                    .findFirst()
                    .orElseThrow();
            assertThat(row.isPresent() || !ended.isSettled(key.shard()))
                    .as("owes something: %s", change)
                    .isTrue();
        } else if (change instanceof Change.Drop) {
            boolean ended = job != null
                    && job.ended().stream().anyMatch(e -> e.layout() == key.layout() && key.shard() < e.shards());
            boolean settled = row.isPresent()
                    && input.settled().contains(new Release(key, row.get().since()));
            assertThat(!ended || settled).as("settled: %s", change).isTrue();
            assertThat(row.isPresent() && free).as("%s of %s", change, row).isTrue();
        } else {
            assertThat(row.isPresent() && !free && isLive(row.get().owner()))
                    .as("a live owner holds it: %s over %s", change, row)
                    .isTrue();
            Successor next = change instanceof Change.Offer offer
                    ? Successor.of(offer.next())
                    : change instanceof Change.Retract retract ? retract.next() : Successor.WITHDRAW;
            assertThat(next)
                    .as("%s changes something", change)
                    .isNotEqualTo(row.get().next());
            if (next instanceof Successor.Named named) {
                assertThat(isEligible(job, named.incarnation()))
                        .as("eligible: %s", change)
                        .isTrue();
                assertThat(named.incarnation()).isNotEqualTo(row.get().owner());
            }
        }
    }

    private static int rank(Change change) {
        if (change instanceof Change.Drop) {
            return 0;
        } else if (change instanceof Change.Withdraw) {
            return 1;
        } else if (change instanceof Change.Settle) {
            return 2;
        } else if (change instanceof Change.Grant) {
            return 3;
        }
        return change instanceof Change.Retract ? 4 : 5;
    }

    /** Group and spread hold in a table, as far as they held in the one the plan was made from. */
    void checkPlacement(AssignmentTable after) {
        Set<String> shared = sharing(after);
        shared.removeAll(sharing(input.table()));
        assertThat(shared).as("agents shared by jobs of one group").isEmpty();
        Map<String, Integer> before = crowding(input.table());
        crowding(after)
                .forEach((place, excess) -> assertThat(excess)
                        .as("shards too many at %s", place)
                        .isLessThanOrEqualTo(Math.max(0, before.getOrDefault(place, 0))));
    }

    private Set<String> sharing(AssignmentTable table) {
        Map<String, Set<String>> jobsAt = new HashMap<>();
        table.forEach((key, row) -> {
            JobSpec job = jobs.get(key.jobUid());
            if (job != null && job.exclusive().isPresent()) {
                for (Incarnation at : places(key, row)) {
                    jobsAt.computeIfAbsent(job.exclusive().get() + " at " + at, k -> new HashSet<>())
                            .add(job.jobUid());
                }
            }
        });
        Set<String> shared = new LinkedHashSet<>();
        jobsAt.forEach((place, uids) -> {
            if (uids.size() > 1) {
                shared.add(place + " " + uids);
            }
        });
        return shared;
    }

    private Map<String, Integer> crowding(AssignmentTable table) {
        Map<String, Integer> counts = new TreeMap<>();
        table.forEach((key, row) -> {
            JobSpec job = jobs.get(key.jobUid());
            if (job != null && job.spread().isPresent() && job.key().equals(key.of())) {
                Set<String> values = new HashSet<>();
                places(key, row).forEach(at -> values.add(job.spread().get().valueOf(live.get(at))));
                values.forEach(value -> counts.merge(job.jobUid() + " at " + value, 1, Integer::sum));
            }
        });
        counts.replaceAll((place, count) -> count - most(jobs.get(place.substring(0, place.indexOf(' ')))));
        return counts;
    }

    private int most(JobSpec job) {
        long values = live.keySet().stream()
                .filter(i -> isEligible(job, i))
                .map(i -> job.spread().orElseThrow().valueOf(live.get(i)))
                .distinct()
                .count();
        return values == 0 ? Integer.MAX_VALUE : (int) ((job.shards() + values - 1) / values);
    }

    /** Live incarnations that may run the shard now or next. */
    private Set<Incarnation> places(ShardKey key, Tenancy row) {
        Set<Incarnation> places = new HashSet<>();
        boolean fresh = input.table()
                .tenancy(key)
                .map(old -> !old.since().equals(row.since()))
                .orElse(true);
        boolean settles = settling.contains(new Release(key, row.since()))
                || (fresh && row.next().equals(Successor.WITHDRAW));
        if (!settles && (fresh || !isFree(key, row))) {
            places.add(row.owner());
        }
        if (row.next() instanceof Successor.Named named) {
            places.add(named.incarnation());
        }
        places.removeIf(incarnation -> !isLive(incarnation));
        return places;
    }
}
