package dev.belfry.master;

import dev.belfry.core.assign.Unplaced;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once why shards have no owner: again only when the reason was gone in between. Owned by the master's loop. */
final class UnplacedLog {
    private static final Logger LOG = LoggerFactory.getLogger(UnplacedLog.class);

    private Set<String> reported = new HashSet<>();

    void report(List<Unplaced> unplaced, UnaryOperator<String> nameOfJob) {
        Set<String> now = new HashSet<>();
        for (Unplaced shard : unplaced) {
            String text = shard.shard().jobUid() + ": " + String.join("; ", shard.reasons());
            if (now.add(text) && !reported.contains(text)) {
                LOG.warn(
                        "shard without an owner: job={} shard={}; {}",
                        nameOfJob.apply(shard.shard().jobUid()),
                        shard.shard().shard(),
                        String.join("; ", shard.reasons()));
            }
        }
        reported = now;
    }
}
