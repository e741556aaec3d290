package dev.belfry.core.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A life cycle declared as data: which state follows which on what event. An undeclared transition throws.
 *
 * <p>It counts how often each transition was taken in this process, so that tests can tell which were never visited.
 *
 * <p>Thread-safe: immutable once built, but for the counts, which are atomic.
 *
 * @param <S> states
 * @param <E> events
 */
public final class LifeCycle<S extends Enum<S>, E extends Enum<E>> {

    /** One declared transition. */
    public record Transition<S, E>(S from, E event, S to) {
        @Override
        public String toString() {
            return from + " --" + event + "--> " + to;
        }
    }

    private final String name;
    private final List<Transition<S, E>> transitions;
    private final AtomicLongArray visits;

    private LifeCycle(String name, List<Transition<S, E>> transitions) {
        this.name = name;
        this.transitions = List.copyOf(transitions);
        this.visits = new AtomicLongArray(transitions.size());
    }

    /** Starts a declaration. */
    public static <S extends Enum<S>, E extends Enum<E>> Builder<S, E> named(String name) {
        return new Builder<>(name);
    }

    public String name() {
        return name;
    }

    /** All declared transitions, in the order of their declaration. */
    public List<Transition<S, E>> transitions() {
        return transitions;
    }

    /**
     * The state that follows {@code from} on {@code event}.
     *
     * @throws IllegalStateException if the table declares none; the message names the machine, the state and the event
     */
    public S next(S from, E event) {
        for (int i = 0; i < transitions.size(); i++) {
            Transition<S, E> transition = transitions.get(i);
            if (transition.from() == from && transition.event() == event) {
                visits.incrementAndGet(i);
                return transition.to();
            }
        }
        throw new IllegalStateException("life cycle '" + name + "' has no transition from " + from + " on " + event);
    }

    /** How often each declared transition was taken in this process, in the order of their declaration. */
    public Map<Transition<S, E>, Long> visits() {
        Map<Transition<S, E>, Long> counts = new LinkedHashMap<>();
        for (int i = 0; i < transitions.size(); i++) {
            counts.put(transitions.get(i), visits.get(i));
        }
        return counts;
    }

    /** The table as a state diagram in Mermaid's language. */
    public String mermaid() {
        StringBuilder out = new StringBuilder("stateDiagram-v2\n");
        for (Transition<S, E> t : transitions) {
            out.append("    ").append(t.from()).append(" --> ").append(t.to());
            out.append(": ").append(t.event()).append('\n');
        }
        return out.toString();
    }

    /** Collects the declaration. Not thread-safe. */
    public static final class Builder<S extends Enum<S>, E extends Enum<E>> {
        private final String name;
        private final List<Transition<S, E>> transitions = new ArrayList<>();

        private Builder(String name) {
            this.name = Objects.requireNonNull(name);
        }

        /** Declares one transition; a pair of state and event has one successor. */
        public Builder<S, E> add(S from, E event, S to) {
            for (Transition<S, E> t : transitions) {
                if (t.from() == from && t.event() == event) {
                    throw new IllegalArgumentException("'" + name + "' declares " + from + " on " + event + " twice");
                }
            }
            transitions.add(new Transition<>(from, event, to));
            return this;
        }

        public LifeCycle<S, E> build() {
            return new LifeCycle<>(name, Collections.unmodifiableList(transitions));
        }
    }
}
