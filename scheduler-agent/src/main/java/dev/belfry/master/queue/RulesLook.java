package dev.belfry.master.queue;

import dev.belfry.agent.loop.Watching;
import dev.belfry.core.queue.DeclaredRules;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Znode;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the rules that were declared. What cannot be read changes nothing: the rules before it stay in force, in a new term the
 * usual ones.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class RulesLook {
    private static final Logger LOG = LoggerFactory.getLogger(RulesLook.class);

    private final Reads reads;
    private final Watching watching;
    private final Consumer<DeclaredRules> listener;

    /** @param listener told of what is there, and of every change that can be read */
    RulesLook(Store store, Session session, Reads reads, Consumer<DeclaredRules> listener) {
        this.reads = reads;
        this.listener = listener;
        this.watching = new Watching(
                store,
                session,
                "queue-rules-follow",
                Paths.QUEUE_RULES,
                change -> read(() -> {}),
                why -> LOG.error("cannot watch {}: {}; check its ACL", Paths.QUEUE_RULES, why));
    }

    /** @param then called once what is there was told */
    void start(Runnable then) {
        watching.arm();
        read(then);
    }

    private void read(Runnable then) {
        reads.readOne("queue-rules", Paths.QUEUE_RULES, found -> {
            found.ifPresent(this::tell);
            then.run();
        });
    }

    private void tell(Znode znode) {
        decode(znode).ifPresent(listener);
    }

    private static Optional<DeclaredRules> decode(Znode znode) {
        try {
            return Optional.of(
                    znode.data().length == 0 ? DeclaredRules.NONE : DeclaredRules.decode(znode.path(), znode.data()));
        } catch (CorruptRecordException e) {
            LOG.error("the rules of the queue cannot be read: {} Those before it stay in force.", e.getMessage());
            return Optional.empty();
        }
    }
}
