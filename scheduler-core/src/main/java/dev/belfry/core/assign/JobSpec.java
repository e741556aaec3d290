package dev.belfry.core.assign;

import static java.util.Objects.requireNonNull;

import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.ShardKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the plan has to know of a job.
 *
 * @param key the job's uid and its present layout
 * @param name for messages
 * @param shards 1 to {@link ShardKey#MOST_SHARDS}
 * @param handler the handler that an owner must have
 * @param requires labels that an owner must have
 * @param prefers labels that an owner had better have; never at the cost of balance or of a rule
 * @param weight load of one shard, above 0 up to 1,000,000; counted in millionths
 * @param strategy how shards are laid over agents
 * @param seed for {@link Strategy#RANDOM}
 * @param spread keeps the job's shards apart, if set
 * @param exclusive a group: jobs of one group never share an agent, if set
 * @param rejoinGrace how long shards wait for an agent that announced its restart; zero for not at all
 * @param active false once deleted or switched off for ever: its rows are withdrawn
 * @param ended layouts that are over and not settled yet; nothing of the present one is granted before they are
 */
public record JobSpec(
        LayoutKey key,
        String name,
        int shards,
        String handler,
        LabelSelector requires,
        LabelSelector prefers,
        double weight,
        Strategy strategy,
        long seed,
        Optional<Spread> spread,
        Optional<String> exclusive,
        Duration rejoinGrace,
        boolean active,
        List<EndedLayout> ended) {

    private static final double MOST_WEIGHT = 1_000_000;

    /** Throws {@link IllegalArgumentException} for a value outside the ranges above. */
    public JobSpec {
        requireNonNull(key);
        requireNonNull(name);
        requireNonNull(handler);
        requireNonNull(requires);
        requireNonNull(prefers);
        requireNonNull(strategy);
        requireNonNull(spread);
        requireNonNull(exclusive);
        ended = List.copyOf(ended);
        if (shards < 1 || shards > ShardKey.MOST_SHARDS) {
            throw new IllegalArgumentException(
                    "job " + name + ": shards must be 1 to " + ShardKey.MOST_SHARDS + ": " + shards);
        }
        if (!(weight > 0 && weight <= MOST_WEIGHT)) {
            throw new IllegalArgumentException(
                    "job " + name + ": weight must be above 0 and at most " + MOST_WEIGHT + ": " + weight);
        }
        if (rejoinGrace.isNegative()) {
            throw new IllegalArgumentException("job " + name + ": rejoin grace is negative: " + rejoinGrace);
        }
    }

    /** An active job with defaults: balanced, weight 1, no labels, no spread, not exclusive, no rejoin grace. */
    public static JobSpec of(String uid, int layout, int shards, String handler) {
        return new JobSpec(
                new LayoutKey(uid, layout),
                uid,
                shards,
                handler,
                LabelSelector.ANY,
                LabelSelector.ANY,
                1.0,
                Strategy.BALANCED,
                0,
                Optional.empty(),
                Optional.empty(),
                Duration.ZERO,
                true,
                List.of());
    }

    /** The job's uid. */
    public String jobUid() {
        return key.jobUid();
    }

    /** The present layout's number. */
    public int layout() {
        return key.layout();
    }

    /** The same job with another layout. */
    public JobSpec withLayout(int layout, int newShards) {
        return new JobSpec(
                new LayoutKey(jobUid(), layout),
                name,
                newShards,
                handler,
                requires,
                prefers,
                weight,
                strategy,
                seed,
                spread,
                exclusive,
                rejoinGrace,
                active,
                ended);
    }

    /** The same job with other labels. */
    public JobSpec withLabels(LabelSelector required, LabelSelector preferred) {
        return new JobSpec(
                key,
                name,
                shards,
                handler,
                required,
                preferred,
                weight,
                strategy,
                seed,
                spread,
                exclusive,
                rejoinGrace,
                active,
                ended);
    }

    /** The same job with another weight. */
    public JobSpec withWeight(double newWeight) {
        return new JobSpec(
                key,
                name,
                shards,
                handler,
                requires,
                prefers,
                newWeight,
                strategy,
                seed,
                spread,
                exclusive,
                rejoinGrace,
                active,
                ended);
    }

    /** The same job with another strategy. */
    public JobSpec withStrategy(Strategy other, long newSeed) {
        return new JobSpec(
                key,
                name,
                shards,
                handler,
                requires,
                prefers,
                weight,
                other,
                newSeed,
                spread,
                exclusive,
                rejoinGrace,
                active,
                ended);
    }

    /** The same job with its shards kept apart. */
    public JobSpec withSpread(Spread by) {
        return new JobSpec(
                key,
                name,
                shards,
                handler,
                requires,
                prefers,
                weight,
                strategy,
                seed,
                Optional.of(by),
                exclusive,
                rejoinGrace,
                active,
                ended);
    }

    /** The same job in an exclusivity group. */
    public JobSpec withExclusive(String group) {
        return new JobSpec(
                key,
                name,
                shards,
                handler,
                requires,
                prefers,
                weight,
                strategy,
                seed,
                spread,
                Optional.of(group),
                rejoinGrace,
                active,
                ended);
    }

    /** The same job with a rejoin grace. */
    public JobSpec withRejoinGrace(Duration grace) {
        return new JobSpec(
                key, name, shards, handler, requires, prefers, weight, strategy, seed, spread, exclusive, grace, active,
                ended);
    }

    /** The same job, active or not. */
    public JobSpec withActive(boolean nowActive) {
        return new JobSpec(
                key,
                name,
                shards,
                handler,
                requires,
                prefers,
                weight,
                strategy,
                seed,
                spread,
                exclusive,
                rejoinGrace,
                nowActive,
                ended);
    }

    /** The same job with layouts that are over. */
    public JobSpec withEnded(List<EndedLayout> layouts) {
        return new JobSpec(
                key,
                name,
                shards,
                handler,
                requires,
                prefers,
                weight,
                strategy,
                seed,
                spread,
                exclusive,
                rejoinGrace,
                active,
                layouts);
    }
}
