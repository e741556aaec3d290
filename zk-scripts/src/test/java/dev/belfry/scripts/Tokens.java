package dev.belfry.scripts;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The fencing tokens under which attempts have begun, by shard, in the order in which they did. Thread-safe. */
final class Tokens {
    private final Map<String, List<Long>> byShard = new TreeMap<>();

    synchronized void began(String shard, long token) {
        byShard.computeIfAbsent(shard, name -> new ArrayList<>()).add(token);
    }

    /** How many attempts each shard has begun; shards that began none are missing. */
    synchronized Map<String, Integer> counts() {
        Map<String, Integer> counts = new TreeMap<>();
        byShard.forEach((shard, tokens) -> counts.put(shard, tokens.size()));
        return counts;
    }

    /** The tokens of the attempts of each shard that began after the first {@code counts}. */
    synchronized List<Long> after(Map<String, Integer> counts) {
        List<Long> after = new ArrayList<>();
        byShard.forEach((shard, tokens) -> after.addAll(tokens.subList(counts.getOrDefault(shard, 0), tokens.size())));
        return after;
    }

    synchronized long greatest() {
        return byShard.values().stream()
                .flatMap(List::stream)
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
    }

    /** The first two tokens of a shard of which the later is not the greater, in words; empty if there are none. */
    synchronized String regression() {
        for (Map.Entry<String, List<Long>> shard : byShard.entrySet()) {
            List<Long> tokens = shard.getValue();
            for (int i = 1; i < tokens.size(); i++) {
                if (tokens.get(i) <= tokens.get(i - 1)) {
                    return shard.getKey() + ": attempt " + i + " of " + tokens.size() + " has token " + tokens.get(i)
                            + " after " + tokens.get(i - 1);
                }
            }
        }
        return "";
    }
}
