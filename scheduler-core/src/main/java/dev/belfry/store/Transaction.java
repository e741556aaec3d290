package dev.belfry.store;

import java.util.ArrayList;
import java.util.List;

/**
 * An atomic group of writes with guards in front of them: all of it is applied or nothing.
 *
 * @param site the place in the code that makes this transaction, for metrics and fault coverage: {@code ledger-flush}
 * @param guards what has to hold, else the answer is {@link Commit.Fenced}
 * @param writes the writes, applied in order
 */
public record Transaction(String site, List<Guard> guards, List<Write> writes) {

    public Transaction {
        guards = List.copyOf(guards);
        writes = List.copyOf(writes);
        if (guards.isEmpty() && writes.isEmpty()) {
            throw new IllegalArgumentException("a transaction needs a guard or a write: " + site);
        }
    }

    /** What has to hold at the instant at which the transaction is applied. */
    public sealed interface Guard {
        String path();
    }

    /** The znode exists, at whatever version. */
    public record Exists(String path) implements Guard {}

    /** The znode exists at exactly this version. */
    public record AtVersion(String path, int version) implements Guard {}

    /** One write. */
    public sealed interface Write {
        String path();

        /** Bytes that this write carries. */
        default int size() {
            return 0;
        }
    }

    /**
     * Creates a znode; its parent must exist, it must not.
     *
     * @param ephemeral whether it vanishes with the session
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes are handed over, never compared
    public record Create(String path, byte[] data, boolean ephemeral) implements Write {
        @Override
        public int size() {
            return data.length;
        }
    }

    /** Replaces the content of a znode that is at {@code version}. */
    @SuppressWarnings("ArrayRecordComponent") // bytes are handed over, never compared
    public record Put(String path, byte[] data, int version) implements Write {
        @Override
        public int size() {
            return data.length;
        }
    }

    /** Deletes a znode without children that is at {@code version}; -1 for any version. */
    public record Delete(String path, int version) implements Write {}

    /** Bytes of all writes and paths together, for the limits of the store. */
    public int size() {
        int size = 0;
        for (Write write : writes) {
            size += write.size() + write.path().length() + 40;
        }
        return size;
    }

    /** A builder for the transaction made at {@code site}. */
    public static Builder at(String site) {
        return new Builder(site);
    }

    /** Collects guards and writes. Not thread-safe. */
    public static final class Builder {
        private final String site;
        private final List<Guard> guards = new ArrayList<>();
        private final List<Write> writes = new ArrayList<>();

        private Builder(String site) {
            this.site = site;
        }

        public Builder exists(String path) {
            guards.add(new Exists(path));
            return this;
        }

        public Builder atVersion(String path, int version) {
            guards.add(new AtVersion(path, version));
            return this;
        }

        public Builder create(String path, byte[] data) {
            writes.add(new Create(path, data, false));
            return this;
        }

        public Builder createEphemeral(String path, byte[] data) {
            writes.add(new Create(path, data, true));
            return this;
        }

        public Builder put(String path, byte[] data, int version) {
            writes.add(new Put(path, data, version));
            return this;
        }

        public Builder delete(String path, int version) {
            writes.add(new Delete(path, version));
            return this;
        }

        public Builder write(Write write) {
            writes.add(write);
            return this;
        }

        public Transaction build() {
            return new Transaction(site, guards, writes);
        }
    }
}
