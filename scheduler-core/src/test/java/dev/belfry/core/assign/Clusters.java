package dev.belfry.core.assign;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Capacity;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.agent.LabelSelector;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Agents and jobs for tests, plain or drawn from a seed. */
final class Clusters {
    static final Instant START = Instant.parse("2026-11-22T00:00:00Z");

    private Clusters() {}

    static AgentFacts agent(String id, long session) {
        return agent(id, session, Set.of("h"), Map.of(), Optional.empty());
    }

    static AgentFacts agent(
            String id, long session, Set<String> handlers, Map<String, String> labels, Optional<String> zone) {
        return new AgentFacts(
                Incarnation.of(id, session),
                "host-" + id,
                1,
                Optional.empty(),
                handlers,
                labels,
                zone,
                new Capacity(10, 2, 1L << 30),
                false,
                Duration.ofSeconds(15),
                1,
                1,
                "2026a",
                START.plusSeconds(session),
                false);
    }

    static List<AgentFacts> agents(int count) {
        List<AgentFacts> agents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            agents.add(agent(String.format("agent-%04d", i), i + 1L));
        }
        return agents;
    }

    static AgentFacts anyAgent(Random random, String id, long session) {
        Set<String> handlers = random.nextInt(4) == 0 ? Set.of("h") : Set.of("h", "g");
        Map<String, String> labels =
                random.nextInt(3) == 0 ? Map.of() : Map.of("disk", random.nextBoolean() ? "ssd" : "hdd");
        Optional<String> zone = Optional.of("z" + random.nextInt(3));
        return agent(id, session, handlers, labels, zone);
    }

    static JobSpec anyJob(Random random, String uid, int layout) {
        JobSpec job = JobSpec.of(uid, layout, 1 + random.nextInt(12), random.nextInt(4) == 0 ? "g" : "h");
        Strategy[] strategies = Strategy.values();
        if (random.nextInt(3) == 0) {
            job = job.withStrategy(strategies[random.nextInt(strategies.length)], random.nextLong());
        }
        if (random.nextInt(3) == 0) {
            job = job.withWeight(1 + random.nextInt(5) / 2.0);
        }
        LabelSelector ssd = LabelSelector.of(Map.of("disk", "ssd"));
        if (random.nextInt(6) == 0) {
            job = job.withLabels(ssd, LabelSelector.ANY);
        } else if (random.nextInt(6) == 0) {
            job = job.withLabels(LabelSelector.ANY, ssd);
        }
        if (random.nextInt(4) == 0) {
            job = job.withSpread(random.nextBoolean() ? Spread.ZONE : Spread.AGENT);
        }
        if (random.nextInt(5) == 0) {
            job = job.withExclusive("group-" + random.nextInt(2));
        }
        return random.nextInt(4) == 0 ? job.withRejoinGrace(Duration.ofSeconds(30)) : job;
    }
}
