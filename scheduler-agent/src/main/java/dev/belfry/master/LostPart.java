package dev.belfry.master;

import java.time.Duration;
import java.time.Instant;

/**
 * An agent's part of a broadcast job whose incarnation was lost and that no other has taken up: somebody has to record what
 * that one may have run.
 *
 * @param jobUid the job
 * @param agentId the stable id of the agent
 * @param until by the ensemble's clock, when its lease was certainly over
 * @param longestTimeout no session of it had a longer time-out
 * @param zxid of a transaction of this term: no other leader has come since
 */
public record LostPart(String jobUid, String agentId, Instant until, Duration longestTimeout, long zxid) {}
