package dev.belfry.master.queue;

import dev.belfry.core.queue.QueueBook;
import dev.belfry.core.queue.QueueRound;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.workflow.Split;
import dev.belfry.core.workflow.SplitCodec;
import dev.belfry.core.workflow.SplitHead;
import dev.belfry.core.workflow.SplitPage;
import dev.belfry.core.workflow.SplitPhase;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The split runs of one term of the master: reads those that are stored, and deletes those that are over (rules S6 and S7).
 *
 * <p>One that cannot be read holds the queue up: which sub-tasks it has cannot be guessed. Not thread-safe; owned by the
 * master's loop.
 */
final class SplitDesk {
    private static final Logger LOG = LoggerFactory.getLogger(SplitDesk.class);

    /** Deletions in one transaction. */
    private static final int AT_ONCE = 90;

    private final Reads reads;
    private final QueueWriter writer;
    private final QueueBook book;
    private final Later later;
    /** Split runs that are over, with the paths that are left, children first. */
    private final Map<String, Deque<String>> leaving = new LinkedHashMap<>();

    private final Set<String> seen = new HashSet<>();

    /** Does something after a while, unless the term is over. */
    interface Later {
        void run(Runnable what);
    }

    SplitDesk(Reads reads, QueueWriter writer, QueueBook book, Later later) {
        this.reads = reads;
        this.writer = writer;
        this.book = book;
        this.later = later;
    }

    // --- what is stored

    /** Reads all of them; {@code then} is called once they can be. */
    void start(Runnable then) {
        reads.children("split-list", Paths.SPLITS, names -> {
            List<String> heads =
                    names.stream().map(name -> Paths.SPLITS + '/' + name).toList();
            List<Znode> found = new ArrayList<>();
            reads.readAll("split-head", heads, found::add, () -> heads(new ArrayDeque<>(found), then));
        });
    }

    private void heads(Deque<Znode> heads, Runnable then) {
        Znode head = heads.poll();
        if (head == null) {
            then.run();
            return;
        }
        reads.children("split-pages", head.path(), names -> {
            List<String> paths =
                    names.stream().map(name -> head.path() + '/' + name).toList();
            Map<String, Znode> pages = new HashMap<>();
            reads.readAll("split-page", paths, page -> pages.put(page.path(), page), () -> {
                try {
                    stored(head, paths, pages);
                    heads(heads, then);
                } catch (IllegalArgumentException | CorruptRecordException e) {
                    LOG.error("the queue stands still: below {}: {}", head.path(), e.getMessage());
                    again(head, heads, then);
                }
            });
        });
    }

    /** It may be mended, or removed. */
    private void again(Znode head, Deque<Znode> heads, Runnable then) {
        later.run(() -> reads.readOne("split-again", head.path(), found -> {
            found.ifPresent(heads::addFirst);
            heads(heads, then);
        }));
    }

    private void stored(Znode znode, List<String> paths, Map<String, Znode> pages) {
        SplitHead head = SplitCodec.decodeHead(znode.path(), znode.data());
        if (!Paths.split(head.parent()).equals(znode.path())) {
            throw CorruptRecordException.malformed(znode.path(), "it is the split run " + head.parent());
        }
        if (head.phase() == SplitPhase.FINAL) {
            seen.add(head.parent());
            Deque<String> left = new ArrayDeque<>(paths);
            left.add(znode.path());
            leaving.put(head.parent(), left);
            return;
        }
        List<SplitPage> known = new ArrayList<>();
        List<Integer> versions = new ArrayList<>();
        for (int page = 0; page * SplitPage.ROWS < head.tasks(); page++) {
            Znode stored = pages.get(Paths.splitPage(head.parent(), page));
            if (stored == null) {
                throw CorruptRecordException.malformed(znode.path(), "page " + page + " is missing");
            }
            known.add(SplitCodec.decodePage(stored.path(), stored.data()));
            versions.add(stored.version());
        }
        book.splits().stored(Split.of(head, known), znode.version(), versions);
    }

    // --- what is over

    /** A round was applied. */
    void applied(QueueRound round) {
        round.splitsGone().forEach((run, paths) -> {
            if (seen.add(run)) {
                leaving.put(run, new ArrayDeque<>(paths));
            }
        });
    }

    boolean isEmpty() {
        return leaving.isEmpty();
    }

    /**
     * Sends the next deletion, if there is one and nothing else is under way; whether it did.
     *
     * @param then called once it is answered
     */
    boolean turn(Runnable then) {
        if (leaving.isEmpty()) {
            return false;
        }
        Map.Entry<String, Deque<String>> first = leaving.entrySet().iterator().next();
        String run = first.getKey();
        Deque<String> paths = first.getValue();
        List<String> some = paths.stream().limit(AT_ONCE).toList();
        List<Transaction.Write> writes = new ArrayList<>();
        some.forEach(path -> writes.add(new Transaction.Delete(path, -1)));
        writer.tryAt(
                "split-gone",
                writes,
                () -> {
                    paths.removeAll(some);
                    left(run, paths);
                    then.run();
                },
                refused -> {
                    // It is gone already; the others are tried again without it.
                    if (!paths.remove(refused)) {
                        paths.clear();
                    }
                    left(run, paths);
                    then.run();
                });
        return true;
    }

    private void left(String run, Deque<String> paths) {
        if (paths.isEmpty()) {
            leaving.remove(run);
            seen.remove(run);
            book.splits().gone(run);
        }
    }
}
