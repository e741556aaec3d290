package dev.belfry.core.schedule;

import java.time.Instant;

/** The delay of a fire as a function of job and instant: the same on every machine, in every version, for ever. */
final class Jitter {
    private Jitter() {}

    /** A delay from 0 to below {@code most}, both in milliseconds. */
    static long delay(String jobUid, Instant fire, long most) {
        // FNV-1a over the characters and the instant, then the finaliser of SplitMix64: neighbours must not look alike.
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < jobUid.length(); i++) {
            hash = (hash ^ jobUid.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ fire.getEpochSecond()) * 0x100000001b3L;
        hash = (hash ^ fire.getNano()) * 0x100000001b3L;
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
        hash ^= hash >>> 31;
        return ((hash >>> 33) * most) >>> 31; // no overflow: most is at most 30 days, below 2^32
    }
}
