package dev.belfry.agent;

import dev.belfry.agent.alert.AlertListener;
import dev.belfry.agent.exec.PoolLimits;
import dev.belfry.agent.loop.AgentProfile;
import dev.belfry.core.agent.Capacity;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.store.zk.ZkSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an {@link AgentBuilder} has collected, checked. Immutable.
 *
 * @param tellsLoad whether the queue hears how busy the machine is
 */
record AgentSettings(
        ZkSettings zookeeper,
        Self self,
        Map<String, JobHandler> handlers,
        List<JobDefinition> jobs,
        List<AlertListener> alerts,
        Capacity capacity,
        boolean tellsLoad,
        PoolLimits pool,
        Life life) {

    AgentSettings {
        handlers = Map.copyOf(handlers);
        jobs = List.copyOf(jobs);
        alerts = List.copyOf(alerts);
    }

    /** Who the agent is. */
    record Self(
            String id,
            String host,
            Optional<URI> endpoint,
            Map<String, String> labels,
            Optional<String> zone,
            boolean standby,
            int candidates) {
        Self {
            labels = Map.copyOf(labels);
        }
    }

    /**
     * How it begins and ends.
     *
     * @param startWait how long the start waits for the registration; empty if it does not wait
     * @param shutdownHook whether it closes itself when the JVM shuts down
     * @param onShutdown how it does
     */
    record Life(Optional<Duration> startWait, Duration drainTimeout, boolean shutdownHook, CloseMode onShutdown) {}

    AgentProfile profile() {
        return new AgentProfile(
                self.id(),
                self.host(),
                ProcessHandle.current().pid(),
                self.endpoint(),
                handlers.keySet(),
                self.labels(),
                self.zone(),
                capacity,
                Machine.tzdata(),
                self.standby(),
                self.candidates(),
                zookeeper.sessionTimeout());
    }
}
