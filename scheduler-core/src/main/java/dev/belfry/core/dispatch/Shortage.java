package dev.belfry.core.dispatch;

import dev.belfry.core.job.ByteSize;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/** The first thing that keeps a task off an agent. */
public sealed interface Shortage {

    /** What is said of all agents with the same shortage together, after their number: {@code short of 2GB of memory}. */
    String phrase();

    /** Resources of which an agent has only so much. */
    enum Resource {
        SLOTS,
        CPU,
        MEMORY,
        /** Entries of its inbox. */
        ENTRIES,
        /** Bytes of its inbox. */
        BYTES
    }

    /** What an agent is, whatever the task. */
    enum State implements Shortage {
        STANDBY("only standing by"),
        DUPLICATE("with the id of an earlier one"),
        DRAINING("draining"),
        /** Its capacity has shrunk, or its shards have grown, beyond what its tasks leave. */
        OVERCOMMITTED("with less than what it runs takes"),
        /** The other attempt of the task runs there. */
        OTHER_ATTEMPT("running the other attempt");

        private final String phrase;

        State(String phrase) {
            this.phrase = phrase;
        }

        @Override
        public String phrase() {
            return phrase;
        }
    }

    /** It does not have the handler. */
    record Handler(String handler) implements Shortage {
        @Override
        public String phrase() {
            return "without handler " + handler;
        }
    }

    /** It lacks a label, or has it with another value. */
    record Label(String key, SortedSet<String> accepted) implements Shortage {
        public Label {
            accepted = Collections.unmodifiableSortedSet(new TreeSet<>(accepted));
        }

        @Override
        public String phrase() {
            return "without label " + key + "=" + String.join("|", accepted);
        }
    }

    /** It has registered a moment ago. */
    record Settling(Instant until) implements Shortage {
        @Override
        public String phrase() {
            return "registered a moment ago";
        }
    }

    /**
     * Its load is above the threshold.
     *
     * @param memory whether it is memory, not the processors
     * @param share what it reported
     */
    record Overloaded(boolean memory, double share, double threshold) implements Shortage {
        @Override
        public String phrase() {
            return (memory ? "above the threshold of memory of " : "above the threshold of load of ") + threshold;
        }
    }

    /** It runs another job of a group of which no two jobs share an agent. */
    record Exclusive(String group, String jobUid) implements Shortage {
        @Override
        public String phrase() {
            return "taken by another job of group " + group;
        }
    }

    /** A task of the same job runs there, or on an agent with the same value of the label. */
    record Spread(String key, String value) implements Shortage {
        @Override
        public String phrase() {
            return "where the same " + key + " runs a task of the job";
        }
    }

    /** It is kept free for another task. */
    record Kept(TaskId holder) implements Shortage {
        @Override
        public String phrase() {
            return "kept free for " + holder;
        }
    }

    /**
     * It has less of something than is needed.
     *
     * @param needed in slots, thousandths of a processor, bytes or entries
     * @param free what it has left
     * @param whole what it would have without queued tasks
     */
    record Lacking(Resource resource, long needed, long free, long whole) implements Shortage {
        /** Whether it would be short of it with no task on it. */
        public boolean always() {
            return needed > whole;
        }

        @Override
        public String phrase() {
            return (always() ? "too small for " : "short of ") + amount();
        }

        private String amount() {
            return switch (resource) {
                case SLOTS -> needed + (needed == 1 ? " slot" : " slots");
                case CPU -> BigDecimal.valueOf(needed, 3).stripTrailingZeros().toPlainString() + " cpu";
                case MEMORY -> ByteSize.format(needed) + " of memory";
                case ENTRIES -> "an entry of its inbox";
                case BYTES -> ByteSize.format(needed) + " of its inbox";
            };
        }
    }
}
