package dev.belfry.faults.fault;

import dev.belfry.faults.fault.CutAgent.Side;
import java.time.Duration;
import java.util.List;

/** All faults. */
public final class Catalogue {
    private Catalogue() {}

    /** In the order of the docs. */
    public static List<Fault> faults() {
        return List.of(
                new KillAgent("kill-agent", Whom.AGENT),
                new KillAgent("kill-master", Whom.MASTER),
                new PauseAgent("pause-agent", Whom.AGENT),
                new PauseAgent("pause-master", Whom.MASTER),
                new KillServer("kill-follower", Which.FOLLOWER),
                new KillServer("kill-leader", Which.LEADER),
                new PauseServer("pause-follower", Which.FOLLOWER),
                new PauseServer("pause-leader", Which.LEADER),
                new LoseServers("lose-quorum", 2, Duration.ofSeconds(12)),
                new LoseServers("restart-ensemble", 3, Duration.ofSeconds(1)),
                new CutAgent("cut-agent", Whom.AGENT, Side.BOTH, true),
                new CutAgent("cut-master", Whom.MASTER, Side.BOTH, true),
                new CutAgent("cut-agent-from-its-server", Whom.AGENT, Side.BOTH, false),
                new CutAgent("cut-agent-unheard", Whom.AGENT, Side.TO_SERVER, true),
                new CutAgent("cut-agent-deaf", Whom.AGENT, Side.FROM_SERVER, true),
                new CutServer("cut-leader-from-peers", Which.LEADER),
                new CutServer("cut-follower-from-peers", Which.FOLLOWER),
                new CloseSession("close-session", Whom.AGENT),
                new CloseSession("close-session-of-master", Whom.MASTER),
                new StepClock("clock-ahead", Duration.ofSeconds(6), Duration.ofMinutes(10)),
                new StepClock("clock-behind", Duration.ofMinutes(-10), Duration.ofSeconds(-6)),
                new StepClock("clock-a-little-off", Duration.ofSeconds(-3), Duration.ofSeconds(3)),
                new SlowDisk("slow-disk-of-leader", Which.LEADER, Duration.ofMillis(700)),
                new SlowDisk("slow-disk-of-follower", Which.FOLLOWER, Duration.ofMillis(700)),
                new FailDisk("failing-disk", "EIO"),
                new FailDisk("full-disk", "ENOSPC"),
                new Garbage("garbage"),
                new WithdrawAccess("access-withdrawn"),
                new Churn("churn", 6));
    }

    /**
     * The fault of that name.
     *
     * @throws IllegalArgumentException with all names, if there is none
     */
    public static Fault named(String name) {
        return faults().stream()
                .filter(fault -> fault.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no fault '" + name + "'; there are "
                        + String.join(", ", faults().stream().map(Fault::name).toList())));
    }
}
