package dev.belfry.testkit.cluster;

import dev.belfry.testkit.campaign.Replay;
import java.util.List;
import java.util.stream.LongStream;

/** Prints for some seeds a hash of everything that happens. */
final class SeedHashes {
    /** One of them broke this once. */
    private static final long FIRST = 190;

    private static final int SEEDS = 30;

    private SeedHashes() {}

    public static void main(String[] arguments) {
        all().forEach(System.out::println);
    }

    static List<String> all() {
        return LongStream.range(FIRST, FIRST + SEEDS)
                .mapToObj(seed -> seed + " "
                        + Replay.of(Scenario.of(seed)).cluster().scheduler().logHash())
                .toList();
    }
}
