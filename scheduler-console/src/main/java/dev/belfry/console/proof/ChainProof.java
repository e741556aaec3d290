package dev.belfry.console.proof;

import dev.belfry.core.journal.FireEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Follows the fires of a fixed delay from completion to completion: each has to be due exactly the delay after the one before
 * has ended. Where one is recorded twice, the next may follow either. One use, not thread-safe.
 */
final class ChainProof {
    private final Layout.Chain chain;
    private final ShardProof shard;
    private final Tally tally;
    private final Instant from;
    private final Instant until;
    /** Outcomes by the instant at which their fire was due. */
    private final TreeMap<Long, List<FireEntry>> links = new TreeMap<>();

    /**
     * @param from fires before it are passed over
     * @param until likewise from it on
     */
    ChainProof(Layout.Chain chain, ShardProof shard, List<FireEntry> lines, Tally tally, Instant from, Instant until) {
        this.chain = chain;
        this.shard = shard;
        this.tally = tally;
        this.from = from;
        this.until = until;
        for (FireEntry line : lines) {
            Instant due = line.fire().due();
            if (ShardProof.isScheduledOutcome(line)
                    && chain.covers(due)
                    && !due.isBefore(from)
                    && due.isBefore(until)) {
                links.computeIfAbsent(due.toEpochMilli(), at -> new ArrayList<>())
                        .add(line);
            }
        }
    }

    /** Counts outcomes and finds those that are recorded twice. */
    void count() {
        links.forEach((due, lines) -> {
            tally.due++;
            tally.outcome(lines.get(0).outcome(), 1);
            for (int i = 1; i < lines.size(); i++) {
                tally.outcome(lines.get(i).outcome(), 1);
                shard.twice(due, lines.get(0), lines.get(i));
            }
        });
    }

    /** Finds where one does not follow from the one before. */
    void follow(Instant now, Duration grace) {
        boolean begins = chain.anew()
                && chain.from() >= from.toEpochMilli()
                && chain.rules().admits(chain.from());
        if (begins && !links.containsKey(chain.from())) {
            missing(chain.from(), now, grace);
        }
        List<FireEntry> before = List.of();
        for (Map.Entry<Long, List<FireEntry>> link : links.entrySet()) {
            List<Long> expected = expected(before);
            long latest = expected.stream().mapToLong(Long::longValue).max().orElse(link.getKey());
            if (link.getKey() < latest && !expected.contains(link.getKey())) {
                link.getValue()
                        .forEach(line -> shard.phantom(
                                line, "but the fire before was followed by one at " + Instant.ofEpochMilli(latest)));
                continue;
            }
            if (link.getKey() > latest && chain.rules().admits(latest)) {
                missing(latest, now, grace);
            }
            before = link.getValue();
        }
        if (chain.end() == Long.MAX_VALUE) {
            expected(before).stream()
                    .max(Long::compare)
                    .filter(chain.rules()::admits)
                    .ifPresent(next -> missing(next, now, grace));
        }
    }

    private void missing(long instant, Instant now, Duration grace) {
        if (instant >= from.toEpochMilli() && instant < until.toEpochMilli()) {
            shard.judge(instant, now, grace);
        }
    }

    /** When the fire after these may be due; nothing is said of one that ended under other rules. */
    private List<Long> expected(List<FireEntry> before) {
        return before.stream()
                .filter(line -> chain.covers(line.ended()))
                .map(line -> chain.rules()
                        .following(
                                line.fire().due().toEpochMilli(), line.ended().toEpochMilli()))
                .toList();
    }
}
