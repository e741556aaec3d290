package dev.belfry.faults.witness;

import dev.belfry.agent.Agent;
import dev.belfry.agent.AgentBuilder;
import dev.belfry.agent.CloseMode;
import dev.belfry.agent.JobContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A process with an agent whose handler only writes down that it ran: for many fires a second. Its lines are not forced to
 * the disk, so they are evidence as long as no machine dies.
 */
public final class TickAgent {
    /** The handler that it has. */
    public static final String HANDLER = "tick";

    /** What such a process is. */
    public enum Manner {
        /** Runs jobs; hands over what it owns when it is told to end. */
        LEAVING,
        /** Runs jobs; says that it comes back when it is told to end. */
        RESTARTING,
        /** Runs jobs, and stands for master only where nobody else does. */
        WORKER,
        /** Runs no jobs, and stands for master. */
        STANDBY
    }

    private final EvidenceFile evidence;

    private TickAgent(EvidenceFile evidence) {
        this.evidence = evidence;
    }

    /** The arguments: ensemble, namespace, agent id, session time-out in milliseconds, evidence file, {@link Manner}. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        TickAgent witness = new TickAgent(new EvidenceFile(Path.of(arguments[4])));
        Manner manner = Manner.valueOf(arguments[5]);
        AgentBuilder builder = Agent.builder()
                .zookeeper(arguments[0])
                .namespace(arguments[1])
                .id(arguments[2])
                .sessionTimeout(Duration.ofMillis(Long.parseLong(arguments[3])))
                .connectTimeout(Duration.ofSeconds(3))
                .shutdownHook(manner != Manner.RESTARTING);
        if (manner == Manner.STANDBY) {
            builder.standby();
        } else {
            builder.slots(32).handler(HANDLER, witness::tick);
        }
        if (manner == Manner.WORKER) {
            builder.candidates(1);
        }
        Agent agent = builder.start();
        if (manner == Manner.RESTARTING) {
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> agent.close(CloseMode.RESTARTING), "announces-its-restart"));
        }
        agent.awaitTermination();
    }

    private void tick(JobContext context) {
        long at = System.nanoTime();
        String attempt = context.job() + " " + context.shard() + " "
                + context.scheduledTime().toEpochMilli() + " " + context.fencingToken();
        long lease = context.leaseRemaining().toNanos();
        evidence.note("S " + attempt + " " + at + " " + lease + " " + context.attempt() + " 0\nE " + attempt + " "
                + System.nanoTime() + " " + lease + " ok");
    }
}
