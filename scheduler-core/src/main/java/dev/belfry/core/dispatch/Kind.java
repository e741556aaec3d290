package dev.belfry.core.dispatch;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Eligibility;
import dev.belfry.core.agent.LabelSelector;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Which agents may run some tasks at all, by what they registered; kept up to date, so that a decision need not match labels
 * again.
 */
final class Kind {
    /** What makes two kinds one. */
    record Key(String handler, LabelSelector required, LabelSelector further, Optional<String> only) {}

    final Key key;
    final BitSet eligible = new BitSet();
    int users;
    private long round = -1;
    private final List<Needs> failed = new ArrayList<>();

    Kind(Key key) {
        this.key = key;
    }

    /** Whether an agent may run it, whether or not it drains. */
    boolean admits(AgentRoom agent) {
        AgentFacts facts = agent.facts;
        return facts != null
                && !agent.duplicate
                && Eligibility.refusal(facts.withDraining(false), key.handler, key.required)
                        .isEmpty()
                && key.further.matches(facts.labels())
                && (key.only.isEmpty() || key.only.get().equals(agent.id));
    }

    void update(AgentRoom agent) {
        eligible.set(agent.index, admits(agent));
    }

    /** Whether no agent of the kind had room for so much earlier in this round; within a round room only becomes less. */
    boolean hasFailed(Needs needs, long now) {
        if (round != now) {
            return false;
        }
        for (Needs each : failed) {
            if (each.fitsInto(needs)) {
                return true;
            }
        }
        return false;
    }

    void fail(Needs needs, long now) {
        if (round != now) {
            round = now;
            failed.clear();
        }
        if (failed.size() < 8) {
            failed.add(needs);
        }
    }
}
