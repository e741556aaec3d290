package dev.belfry.console.cli;

/** Small words. */
final class Words {
    private Words() {}

    /** {@code 1 shard}, {@code 2 shards}, {@code 12,000 shards}. */
    static String count(long count, String noun) {
        return String.format(java.util.Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
    }
}
