package dev.belfry.faults.witness;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Misfire;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Recovery;
import java.time.Duration;
import java.util.List;

/** The jobs of a campaign. */
public final class Jobs {
    /** Every second, at least once, and nothing of it may be left out. */
    public static final String SECOND = "second";
    /** At most once. */
    public static final String ONCE = "once";
    /** Takes 5 s and leaves checkpoints. */
    public static final String LONG = "long";
    /** On every agent. */
    public static final String EVERYWHERE = "everywhere";

    /** Between two fires of {@link #SECOND}. */
    public static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Shards of {@link #SECOND}. */
    public static final int SHARDS = 6;

    /** The steps of an attempt of {@link #LONG}. */
    static final int STEPS = 10;

    static final Duration STEP = Duration.ofMillis(500);
    static final String BRIEF_HANDLER = "brief";
    static final String LONG_HANDLER = "long";

    private Jobs() {}

    /** Their definitions. */
    public static List<JobDefinition> definitions() {
        return List.of(
                Job.named(SECOND)
                        .handler(BRIEF_HANDLER)
                        .every(INTERVAL)
                        .shards(SHARDS)
                        .overlap(OverlapPolicy.BUFFER_ALL, 500)
                        .misfire(new Misfire(MisfirePolicy.FIRE_ALL, Duration.ofSeconds(1), Duration.ofHours(1), 1_000))
                        .build(),
                Job.named(ONCE)
                        .handler(BRIEF_HANDLER)
                        .every(Duration.ofSeconds(2))
                        .shards(4)
                        .recovery(Recovery.SKIP)
                        .build(),
                Job.named(LONG)
                        .handler(LONG_HANDLER)
                        .every(Duration.ofSeconds(8))
                        .shards(4)
                        .build(),
                Job.named(EVERYWHERE)
                        .handler(BRIEF_HANDLER)
                        .every(Duration.ofSeconds(2))
                        .placement(Placement.BROADCAST)
                        .build());
    }
}
