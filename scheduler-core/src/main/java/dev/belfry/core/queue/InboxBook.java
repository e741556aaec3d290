package dev.belfry.core.queue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An inbox in the hands of the master. Mutable; owned by its {@link QueueBook}. */
final class InboxBook {
    /** Bytes of an entry without its texts, at most. */
    private static final int NUMBERS = 200;

    private final String incarnation;
    private final NavigableMap<Long, Inbox.Entry> entries = new TreeMap<>();
    private int bytes;
    /** Version of the znode; -1 while there is none. */
    private int version;
    /** What the agent has said last. */
    private Outbox said = Outbox.EMPTY;

    /** Numbers whose end was heard. */
    private final Set<Long> heard = new HashSet<>();

    /** Whether the incarnation is gone and its lease over. */
    private boolean over;

    InboxBook(String incarnation, Inbox stored, int version) {
        this.incarnation = incarnation;
        this.version = version;
        stored.entries().forEach(this::put);
    }

    String incarnation() {
        return incarnation;
    }

    void put(Inbox.Entry entry) {
        Inbox.Entry before = entries.put(entry.number(), entry);
        bytes += entry.mostBytes() - (before == null ? 0 : before.mostBytes());
    }

    Optional<Inbox.Entry> remove(long number) {
        Inbox.Entry entry = entries.remove(number);
        if (entry != null) {
            bytes -= entry.mostBytes();
            heard.remove(number);
        }
        return Optional.ofNullable(entry);
    }

    Inbox.@Nullable Entry get(long number) {
        return entries.get(number);
    }

    NavigableMap<Long, Inbox.Entry> entries() {
        return entries;
    }

    /** Whether one more entry has room in it. */
    boolean takes(Inbox.Entry entry) {
        return !over && entries.size() < Inbox.MOST_ENTRIES && bytes + entry.mostBytes() <= Inbox.MOST_BYTES;
    }

    /** No less than the bytes that it has as stored. */
    int mostBytes() {
        return bytes + NUMBERS;
    }

    /** No less than the bytes of an entry: quotes and other special characters take up to six in JSON, others up to three. */
    static int bytes(String runId, String jobUid, String cancel, Map<String, String> parameters) {
        int texts = runId.length() + jobUid.length() + JsonBytes.of(cancel);
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            texts += JsonBytes.of(parameter.getKey()) + JsonBytes.of(parameter.getValue()) + 6;
        }
        return NUMBERS + texts;
    }

    Inbox stored() {
        return new Inbox(new ArrayList<>(entries.values()));
    }

    int version() {
        return version;
    }

    void written() {
        version++;
    }

    /** Notes that the end of an entry was heard; whether that is news. */
    boolean hear(long number) {
        return entries.containsKey(number) && heard.add(number);
    }

    /** Whether the end of an entry was heard that is still in it. */
    boolean isHeard(long number) {
        return heard.contains(number);
    }

    /** What the agent has said last of an entry. */
    Optional<Outbox.Report> report(long number) {
        return said.reports().stream()
                .filter(report -> report.number() == number)
                .findFirst();
    }

    void said(Outbox outbox) {
        said = outbox;
    }

    boolean isOver() {
        return over;
    }

    void over() {
        over = true;
    }

    /** Whether nobody has it any more and nothing is left in it. */
    boolean isDone() {
        return over && entries.isEmpty();
    }
}
