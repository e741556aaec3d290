package dev.belfry.faults.fault;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.faults.cluster.AgentJvm;
import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.machine.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;

/**
 * A second client takes over an agent's session, by its id and password, and closes it. The id is in the name of the
 * registration; the password follows from it, in all servers of this version alike.
 */
record CloseSession(String name, Whom whom) implements Fault {
    private static final long SECRET_OF_SERVERS = 0XB3415C00L;
    private static final int PASSWORD_LENGTH = 16;

    @Override
    public Struck strike(Cluster cluster, Random random) throws IOException {
        AgentJvm agent = whom.of(cluster, random);
        Incarnation incarnation = cluster.incarnation(agent)
                .orElseThrow(() -> new IOException(agent + " is not registered before its session is taken over"));
        long session = incarnation.sessionId();
        byte[] password = new byte[PASSWORD_LENGTH];
        new Random(session ^ SECRET_OF_SERVERS).nextBytes(password);
        Vandal.takeOver(cluster, session, password).close();
        Struck struck = Struck.now(incarnation.toString());
        Waiting.require(
                "the session of " + incarnation + " is over",
                () -> !cluster.incarnation(agent).equals(Optional.of(incarnation)),
                Duration.ofSeconds(30));
        // Its lease may hold for a while, and so what it owned goes on before it stops: long enough to see both.
        Waiting.pass(cluster.session().multipliedBy(3).dividedBy(2));
        return struck;
    }
}
