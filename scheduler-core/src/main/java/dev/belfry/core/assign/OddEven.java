package dev.belfry.core.assign;

/** Average over the agents in ascending order for jobs whose hash is even, in descending order for the others. */
final class OddEven {
    private OddEven() {}

    static Placement placement(int[] agents, JobView job) {
        boolean descending = (job.hash() & 1) != 0;
        return new AveragePlacement(descending ? reversed(agents) : agents, job.spec.shards());
    }

    private static int[] reversed(int[] agents) {
        int[] turned = new int[agents.length];
        for (int i = 0; i < agents.length; i++) {
            turned[i] = agents[agents.length - 1 - i];
        }
        return turned;
    }
}
