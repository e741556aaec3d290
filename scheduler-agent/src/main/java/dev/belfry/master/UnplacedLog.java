package dev.belfry.master;

import dev.belfry.core.assign.Unplaced;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once why shards have no owner: again only when the reason was gone in between. Owned by the master's loop. */
final class UnplacedLog {
    private static final Logger LOG = LoggerFactory.getLogger(UnplacedLog.class);

    /** Of more jobs than these that lack an owner for the same reason, only so many are named. */
    private static final int NAMED = 3;

    private Set<String> reported = new HashSet<>();

    void report(List<Unplaced> unplaced, UnaryOperator<String> nameOfJob) {
        Set<String> now = new HashSet<>();
        Map<String, List<Unplaced>> byReasons = new TreeMap<>();
        for (Unplaced shard : unplaced) {
            String reasons = String.join("; ", shard.reasons());
            String text = shard.shard().jobUid() + ": " + reasons;
            if (now.add(text) && !reported.contains(text)) {
                byReasons.computeIfAbsent(reasons, why -> new ArrayList<>()).add(shard);
            }
        }
        reported = now;
        byReasons.forEach((reasons, shards) -> say(shards, reasons, nameOfJob));
    }

    private static void say(List<Unplaced> ofEachJobOne, String reasons, UnaryOperator<String> nameOfJob) {
        if (ofEachJobOne.size() <= NAMED) {
            ofEachJobOne.forEach(shard -> LOG.warn(
                    "shard without an owner: job={} shard={}; {}",
                    nameOfJob.apply(shard.shard().jobUid()),
                    shard.shard().shard(),
                    reasons));
            return;
        }
        List<String> some = ofEachJobOne.stream()
                .limit(NAMED)
                .map(shard -> nameOfJob.apply(shard.shard().jobUid()))
                .toList();
        LOG.warn(
                "shards without an owner: of {} jobs, such as {}; {}",
                ofEachJobOne.size(),
                String.join(", ", some),
                reasons);
    }
}
