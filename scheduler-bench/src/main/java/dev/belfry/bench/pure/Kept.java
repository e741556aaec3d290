package dev.belfry.bench.pure;

import java.lang.management.ManagementFactory;
import java.util.Locale;

/** How much room things take. */
public final class Kept {
    private static final int MANY = 20_000;

    private Kept() {}

    /** Bytes of heap that one parsed cron expression keeps: what many of them keep after a collection, divided. */
    public static double bytes(NextFire.Parser parser, String expression, String zone) {
        // What is made once for all of them is there beforehand.
        parser.parse(expression, zone);
        NextFire[] many = new NextFire[MANY];
        long before = used();
        for (int i = 0; i < MANY; i++) {
            many[i] = parser.parse(expression, zone);
        }
        long after = used();
        // They are in use until here.
        if (many[MANY - 1].after(0) <= 0) {
            throw new IllegalStateException(expression + " has no fire after 1970");
        }
        return Math.max(0, after - before) / (double) MANY;
    }

    private static long used() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Bytes of a record as stored. */
    public static double encoded(String stored) {
        return Stored.valueOf(stored.toUpperCase(Locale.ROOT)).encode().length;
    }
}
