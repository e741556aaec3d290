package dev.belfry.core.shard;

import dev.belfry.core.ledger.FireId;
import java.time.Duration;
import java.util.Optional;

/**
 * An attempt to be started now.
 *
 * @param number of the attempt at this fire, from 1
 * @param token its fencing token: larger than that of any earlier attempt of the shard
 * @param limit the longest it may take, if anything limits it
 * @param limitReason which of the time-outs that limit is
 */
public record AttemptOrder(
        ShardRef shard, FireId fire, int number, long token, Optional<Duration> limit, String limitReason) {}
