package dev.belfry.master.queue;

import dev.belfry.core.queue.OutboxItem;
import dev.belfry.core.queue.QueueBook;
import dev.belfry.core.queue.QueueRound;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Transaction;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Deletes checkpoints and outputs that nobody needs any more, and the outboxes of incarnations that are gone (rule Q12).
 *
 * <p>Each in a transaction of its own, and only while no round is under way: what the book says is then what is stored. While
 * some segment cannot be read nothing is deleted, since its state may name anything; the next term sees to it.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class LooseItems {
    /** Deletions in one transaction. */
    private static final int AT_ONCE = 90;

    private final QueueOffice office;
    private final QueueWriter writer;
    private final QueueBook book;
    private final BooleanSupplier whole;
    /** Needed by nobody from here on. */
    private final Set<OutboxItem> loose = new LinkedHashSet<>();
    /** Found beside outboxes, and not compared with the book yet. */
    private final Set<OutboxItem> found = new LinkedHashSet<>();
    /** Pages of sub-tasks found beside outboxes. */
    private final Set<Page> pages = new LinkedHashSet<>();
    /** Incarnations whose outboxes may have to go. */
    private final Set<String> outboxes = new LinkedHashSet<>();

    /** @param whole whether every segment could be read */
    LooseItems(QueueOffice office, QueueWriter writer, QueueBook book, BooleanSupplier whole) {
        this.office = office;
        this.writer = writer;
        this.book = book;
        this.whole = whole;
    }

    private record Page(String incarnation, long number, String path) {}

    /** A page of sub-tasks beside an outbox; one of a number that is in no inbox is needed by nobody. */
    void page(String incarnation, long number, String path) {
        pages.add(new Page(incarnation, number, path));
    }

    /** A round was applied. */
    void applied(QueueRound round) {
        loose.addAll(round.items());
        round.inboxes().stream()
                .filter(inbox -> inbox.inbox().isEmpty())
                .forEach(inbox -> outboxes.add(inbox.incarnation()));
    }

    /** All that lies beside the outbox of an incarnation. */
    void found(String incarnation, Collection<OutboxItem> items) {
        found.addAll(items);
        outboxes.add(incarnation);
    }

    boolean isEmpty() {
        return loose.isEmpty() && found.isEmpty() && pages.isEmpty() && outboxes.isEmpty();
    }

    /**
     * Sends the next deletion, if there is one and nothing else is under way; whether it did.
     *
     * @param then called once it is answered
     */
    boolean turn(Runnable then) {
        if (!whole.getAsBoolean()) {
            loose.clear();
            found.clear();
            pages.clear();
        }
        if (!found.isEmpty()) {
            Set<OutboxItem> named = book.items();
            found.stream().filter(item -> !named.contains(item)).forEach(loose::add);
            found.clear();
        }
        if (!loose.isEmpty()) {
            delete(loose.stream().limit(AT_ONCE).toList(), then);
            return true;
        }
        pages.removeIf(page -> book.runOf(page.incarnation(), page.number()).isPresent());
        if (!pages.isEmpty()) {
            Page page = pages.iterator().next();
            pages.remove(page);
            outboxes.add(page.incarnation());
            writer.tryAt("queue-handed-gone", List.of(deletion(page.path())), then, path -> then.run());
            return true;
        }
        outboxes.removeIf(this::isInUse);
        if (outboxes.isEmpty()) {
            return false;
        }
        String incarnation = outboxes.iterator().next();
        outboxes.remove(incarnation);
        // Refused where something lies beside it still: then it goes after the last of that.
        writer.tryAt("queue-outbox-gone", List.of(deletion(Paths.outbox(incarnation))), then, path -> then.run());
        return true;
    }

    private boolean isInUse(String incarnation) {
        return office.registered(incarnation) || book.incarnations().contains(incarnation);
    }

    private void delete(List<OutboxItem> items, Runnable then) {
        List<Transaction.Write> writes =
                items.stream().map(item -> deletion(item.path())).toList();
        Set<String> of = new HashSet<>();
        items.forEach(item -> of.add(item.incarnation()));
        writer.tryAt(
                "queue-items",
                writes,
                () -> {
                    items.forEach(loose::remove);
                    outboxes.addAll(of);
                    then.run();
                },
                path -> {
                    // It is gone already; the others are tried again without it.
                    outboxes.addAll(of);
                    if (!loose.removeIf(item -> item.path().equals(path))) {
                        items.forEach(loose::remove);
                    }
                    then.run();
                });
    }

    private static Transaction.Write deletion(String path) {
        return new Transaction.Delete(path, -1);
    }
}
