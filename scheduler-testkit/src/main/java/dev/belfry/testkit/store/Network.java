package dev.belfry.testkit.store;

import dev.belfry.testkit.time.SimScheduler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The machines of a simulation, what separates them, and how long a message takes from one to another. */
final class Network {

    /** A machine. */
    static final class Endpoint {
        final int id;
        final String name;

        /** Messages to it wait. */
        boolean paused;

        private long extraDelay;
        private long extraUntil;

        private Endpoint(int id, String name) {
            this.id = id;
            this.name = name;
        }
    }

    final SimScheduler scheduler;
    private final long minDelay;
    private final long spread;
    private final Map<String, Endpoint> endpoints = new HashMap<>();
    private final Set<Integer> cuts = new HashSet<>();
    private final List<Channel> holding = new ArrayList<>();

    Network(SimScheduler scheduler, SimOptions options) {
        this.scheduler = scheduler;
        this.minDelay = options.minDelay().toNanos();
        this.spread = options.maxDelay().toNanos() - minDelay;
    }

    /** The machine of this name, which exists from the first time that it is asked for. */
    Endpoint endpoint(String name) {
        Endpoint endpoint = endpoints.get(name);
        if (endpoint == null) {
            endpoint = new Endpoint(endpoints.size(), name);
            endpoints.put(name, endpoint);
        }
        return endpoint;
    }

    /** The machine of this name, or an error that lists those there are. */
    Endpoint known(String name) {
        Endpoint endpoint = endpoints.get(name);
        if (endpoint == null) {
            throw new IllegalArgumentException("no machine named " + name + " among "
                    + endpoints.keySet().stream().sorted().toList());
        }
        return endpoint;
    }

    private static int pair(Endpoint from, Endpoint to) {
        return from.id << 16 | to.id;
    }

    boolean isCut(Endpoint from, Endpoint to) {
        return !cuts.isEmpty() && cuts.contains(pair(from, to));
    }

    /** Both can hear each other and neither is paused. */
    boolean inTouch(Endpoint a, Endpoint b) {
        return !a.paused && !b.paused && !isCut(a, b) && !isCut(b, a);
    }

    void cut(Endpoint from, Endpoint to) {
        cuts.add(pair(from, to));
    }

    void heal(Endpoint from, Endpoint to) {
        cuts.remove(pair(from, to));
        flush();
    }

    void healAll() {
        cuts.clear();
        for (Endpoint endpoint : endpoints.values()) {
            endpoint.extraUntil = 0;
        }
        flush();
    }

    void spike(Endpoint endpoint, long extra, long nanos) {
        endpoint.extraDelay = extra;
        endpoint.extraUntil = scheduler.nanos() + nanos;
    }

    long delay(Endpoint from, Endpoint to) {
        long delay = minDelay + (spread == 0 ? 0 : scheduler.random().nextLong(spread + 1));
        long now = scheduler.nanos();
        if (from.extraUntil > now) {
            delay += from.extraDelay;
        }
        if (to.extraUntil > now) {
            delay += to.extraDelay;
        }
        return delay;
    }

    void holds(Channel channel) {
        holding.add(channel);
    }

    /** Lets go of what was held back, wherever nothing is in the way any more. */
    void flush() {
        int kept = 0;
        for (int i = 0; i < holding.size(); i++) {
            Channel channel = holding.get(i);
            if (channel.blocked()) {
                holding.set(kept++, channel);
            } else {
                channel.release();
            }
        }
        holding.subList(kept, holding.size()).clear();
    }
}
