package dev.belfry.core.dispatch;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;

/** Hashes by which agents are chosen. Part of what is promised: changing one moves the keys of every job. */
final class Hash {
    private Hash() {}

    static long of(String text) {
        return Hashing.murmur3_128().hashString(text, StandardCharsets.UTF_8).asLong();
    }

    /** Joins two hashes, order counting: the finalizer of SplitMix64 over a linear combination. */
    static long mix(long a, long b) {
        long z = a * 0x9E3779B97F4A7C15L + b;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
