package dev.belfry.master.queue;

import dev.belfry.core.queue.DeadLetter;
import dev.belfry.core.queue.DeadLetterPage;
import dev.belfry.core.queue.DeadLetters;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs that have failed for good, in one term of the master: what people ask of them.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
public final class DeadLetterDesk {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterDesk.class);

    private record Asked(Transaction.Write write, Runnable then) {}

    private final DeadLetters letters;
    private final Runnable changed;
    /** Taken into the book, and not written yet. */
    private final List<Asked> asked = new ArrayList<>();

    DeadLetterDesk(DeadLetters letters, Runnable changed) {
        this.letters = letters;
        this.changed = changed;
    }

    /** Reads what is stored; a page that cannot be read stays as it is. */
    void start(Reads reads, Runnable then) {
        reads.children("dead-letters-list", Paths.DEAD_LETTERS, names -> {
            List<String> paths = names.stream()
                    .filter(name -> name.matches("[0-9]{1,18}"))
                    .map(name -> Paths.DEAD_LETTERS + '/' + name)
                    .toList();
            reads.readAll("dead-letters-read", paths, this::found, then);
        });
    }

    private void found(Znode znode) {
        long number = Long.parseLong(Paths.name(znode.path()));
        try {
            letters.page(number, DeadLetterPage.decode(znode.path(), znode.data()), znode.version());
        } catch (CorruptRecordException e) {
            letters.unreadable(number);
            LOG.error("runs that have failed cannot be read, and are not run again: {}", e.getMessage());
        }
    }

    /** The run of this id, if it is kept. */
    public Optional<DeadLetter> find(String runId) {
        return letters.find(runId);
    }

    /** Runs one again; it is no dead letter any more. */
    public void rerun(DeadLetter letter, String runId, String by) {
        letters.rerun(letter, runId, by);
    }

    /** Lets one go. */
    public void forget(DeadLetter letter) {
        letters.forget(letter);
    }

    /**
     * What was asked last is written together with this.
     *
     * @param then called once it is
     */
    public void write(Transaction.Write write, Runnable then) {
        asked.add(new Asked(write, then));
        changed.run();
    }

    boolean isEmpty() {
        return asked.isEmpty();
    }

    /** What is to be written with the round that was just made, and called once it is. */
    Turn turn() {
        Turn turn = new Turn(List.copyOf(asked));
        asked.clear();
        return turn;
    }

    /** Part of one round. */
    record Turn(List<Asked> taken) {
        List<Transaction.Write> writes() {
            return taken.stream().map(Asked::write).toList();
        }

        void written() {
            taken.forEach(one -> one.then().run());
        }
    }
}
