package dev.belfry.faults.cluster;

import dev.belfry.faults.witness.TickAgent;
import dev.belfry.faults.witness.WitnessAgent;
import java.util.Arrays;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;

/** A process of a cluster: a server or an agent that ends at once when the campaign that started it is gone. */
final class Tethered {
    private Tethered() {}

    public static void main(String[] arguments) throws Exception {
        ProcessHandle parent = ProcessHandle.current().parent().orElseThrow();
        var unused = parent.onExit().thenRun(() -> Runtime.getRuntime().halt(3));
        String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
        switch (arguments[0]) {
            case "server" -> QuorumPeerMain.main(rest);
            case "agent" -> WitnessAgent.main(rest);
            case "tick" -> TickAgent.main(rest);
            default -> throw new IllegalArgumentException("no role " + arguments[0]);
        }
    }
}
