package dev.belfry.master.queue;

import dev.belfry.core.queue.Gate;
import dev.belfry.core.queue.QueueCounts;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Transaction;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether runs are taken in, and the counts that people look at: what is stored of both, and what is to be.
 *
 * <p>The gate is closed at the bound and opened again once a tenth of it is free, so that it does not turn with every run.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class Intake {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    private Gate gate = Gate.FRESH;
    private int gateVersion = -1;
    private OptionalInt bound = OptionalInt.empty();
    private Optional<QueueCounts> counts = Optional.empty();
    private int countsVersion = -1;

    void gate(Gate stored, int version) {
        gate = stored;
        gateVersion = version;
    }

    void counts(int version) {
        countsVersion = version;
    }

    /** The bound that was declared. The gate says it when it turns next: nothing else may change its version. */
    void declared(int most) {
        bound = OptionalInt.of(most);
    }

    boolean isOpen() {
        return gate.open();
    }

    int bound() {
        return bound.orElse(gate.bound());
    }

    /** The gate as it is to be with so many tasks without an outcome; empty if it is. */
    Optional<Gate> turn(int tasks) {
        boolean close = gate.open() && tasks >= bound();
        boolean open = !gate.open() && tasks <= bound() - Math.max(1, bound() / 10);
        return close || open ? Optional.of(new Gate(open, bound(), tasks)) : Optional.empty();
    }

    List<Transaction.Write> write(Gate next) {
        return List.of(write(Paths.GATE, next.encode(), gateVersion));
    }

    private static Transaction.Write write(String path, byte[] data, int version) {
        return version < 0 ? new Transaction.Create(path, data, false) : new Transaction.Put(path, data, version);
    }

    void written(Gate next) {
        gate = next;
        gateVersion++;
        LOG.info(
                "intake of the queue {}: queued={} bound={}",
                next.open() ? "opened" : "closed",
                next.queued(),
                next.bound());
    }

    /** Whether that is not what people read. A queue that was never used says nothing. */
    boolean isNews(QueueCounts next) {
        return counts.map(stored -> !stored.equals(next)).orElse(!next.equals(QueueCounts.NONE) || countsVersion > 0);
    }

    List<Transaction.Write> write(QueueCounts next) {
        return List.of(write(Paths.QUEUE, next.encode(), countsVersion));
    }

    void written(QueueCounts next) {
        counts = Optional.of(next);
        countsVersion++;
    }
}
