package dev.belfry.core.assign;

import dev.belfry.core.agent.Incarnation;
import java.time.Instant;
import java.util.List;

/** What is known of the incarnations in the table's dictionary, by their index there. */
final class Owners {
    private final List<Incarnation> dictionary;
    private final int[] agent;
    private final boolean[] gone;
    private final Instant[] announced;
    private final Instant now;

    Owners(PlanInput input, Cluster cluster) {
        dictionary = input.table().dictionary();
        agent = dictionary.stream().mapToInt(cluster::indexOf).toArray();
        gone = new boolean[agent.length];
        announced = new Instant[agent.length];
        now = input.now();
        for (int i = 0; i < agent.length; i++) {
            gone[i] = input.replaceable().contains(dictionary.get(i));
            announced[i] = input.restarting().getOrDefault(dictionary.get(i), Instant.MIN);
        }
    }

    Incarnation incarnation(int owner) {
        return dictionary.get(owner);
    }

    /** The number of the live agent, -1 when it is gone or {@code owner} is none. */
    int agent(int owner) {
        return owner < 0 ? -1 : agent[owner];
    }

    /** Gone, and its lease is over. */
    boolean isReplaceable(int owner) {
        return gone[owner];
    }

    /** Whether the job keeps this owner's shards for the agent's next incarnation. */
    boolean mayRejoin(JobSpec job, int owner) {
        return !announced[owner].equals(Instant.MIN)
                && !job.rejoinGrace().isZero()
                && now.isBefore(rejoinEnd(job, owner));
    }

    /** When the rejoin grace of an owner ends that announced its restart. */
    Instant rejoinEnd(JobSpec job, int owner) {
        return announced[owner].plus(job.rejoinGrace());
    }
}
