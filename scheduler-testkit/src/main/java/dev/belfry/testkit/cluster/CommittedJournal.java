package dev.belfry.testkit.cluster;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Transaction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Every final outcome that the agents' journals have ever said, in the order of the commits. */
final class CommittedJournal {
    private final Map<String, byte[]> known = new HashMap<>();
    private final Map<ShardId, List<Said>> finals = new HashMap<>();
    private final Consumer<FireEntry> added;
    private final Consumer<FireEntry> queued;
    private final LongSupplier nanos;
    /** Attempts of which any line has told, by their tokens. */
    private final Map<ShardId, Set<Long>> told = new HashMap<>();
    /** Lines that say of fires that they may have run before. */
    private final Map<ShardId, List<FireEntry>> unknown = new HashMap<>();

    /**
     * A final outcome.
     *
     * @param at true time at which it was committed
     */
    record Said(FireEntry line, long at) {}

    /**
     * @param added told of each new line of an agent
     * @param queued told of each new line of the queue's
     * @param nanos true time
     */
    CommittedJournal(Consumer<FireEntry> added, Consumer<FireEntry> queued, LongSupplier nanos) {
        this.added = added;
        this.queued = queued;
        this.nanos = nanos;
    }

    void written(Transaction.Write write) {
        String path = write.path();
        if (Paths.parent(path).equals(Paths.MASTER_JOURNAL)
                || Paths.parent(path).equals(Paths.JOURNAL)) {
            return;
        }
        byte[] data = write instanceof Transaction.Create create
                ? create.data()
                : write instanceof Transaction.Put put ? put.data() : new byte[0];
        if (data.length == 0) {
            return;
        }
        byte[] before = known.put(path, data);
        List<FireEntry> lines = FireJournal.decode(path, before == null ? data : added(path, before, data));
        if (Paths.isQueueJournal(Paths.name(Paths.parent(path)))) {
            // No shard owes queued tasks.
            lines.forEach(queued);
            return;
        }
        for (FireEntry line : lines) {
            if (line.kind() == FireEntry.Kind.FINAL) {
                finals.computeIfAbsent(ShardId.of(line), s -> new ArrayList<>()).add(new Said(line, nanos.getAsLong()));
            }
            if (line.token() != 0) {
                told.computeIfAbsent(ShardId.of(line), s -> new HashSet<>()).add(line.token());
            }
            if (line.reason().equals(Reasons.OUTCOME_UNKNOWN)) {
                unknown.computeIfAbsent(ShardId.of(line), s -> new ArrayList<>())
                        .add(line);
            }
            added.accept(line);
        }
    }

    /** An entry of only the lines that {@code after} has more than {@code before}, whose own must come first. */
    private static byte[] added(String path, byte[] before, byte[] after) {
        int kept = before.length - "]}".length();
        if (after.length <= before.length || Arrays.mismatch(before, 0, kept, after, 0, kept) >= 0) {
            throw new InvariantViolation("I1", path + " does not keep the lines that it had");
        }
        byte[] head = Arrays.copyOf(after, indexOf(after, (byte) '[') + 1);
        byte[] entry = Arrays.copyOf(head, head.length + after.length - kept - 1);
        System.arraycopy(after, kept + 1, entry, head.length, after.length - kept - 1);
        return entry;
    }

    private static int indexOf(byte[] data, byte sought) {
        int at = 0;
        while (data[at] != sought) {
            at++;
        }
        return at;
    }

    /** Whether any line has told of the attempt with this token. */
    boolean tells(ShardId shard, long token) {
        return told.getOrDefault(shard, Set.of()).contains(token);
    }

    /** Whether a line says of the fire that it may have run before. */
    boolean saysUnknown(ShardId shard, FireId fire) {
        return unknown.getOrDefault(shard, List.of()).stream().anyMatch(line -> covers(line, fire));
    }

    static boolean covers(FireEntry line, FireId fire) {
        return line.fire().equals(fire)
                || (line.fire().isScheduled()
                        && fire.isScheduled()
                        && !fire.due().isBefore(line.fire().due())
                        && !fire.due().isAfter(line.last()));
    }

    List<FireEntry> finals(ShardId shard) {
        return said(shard).stream().map(Said::line).toList();
    }

    /** The final outcomes of a shard in the order of their commits. */
    List<Said> said(ShardId shard) {
        return finals.getOrDefault(shard, List.of());
    }
}
