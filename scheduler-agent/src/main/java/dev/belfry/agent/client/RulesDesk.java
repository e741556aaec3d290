package dev.belfry.agent.client;

import dev.belfry.agent.client.ClientException.Kind;
import dev.belfry.core.queue.DeclaredRules;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Commit;
import dev.belfry.store.Commit.Reason;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * Reads and writes what is declared of the rules of the queue. The master follows the record and has them in force a moment
 * later; what runs is not stopped.
 *
 * <p>Not thread-safe; owned by the client's loop. One per question.
 */
final class RulesDesk {
    private final Requests requests;
    private final Deadline deadline;

    RulesDesk(Requests requests, Deadline deadline) {
        this.requests = requests;
        this.deadline = deadline;
    }

    /** What is declared; {@link DeclaredRules#NONE} if nothing is. Fails with {@link CorruptRecordException}. */
    CompletableFuture<DeclaredRules> read() {
        return find().thenApply(RulesDesk::decode);
    }

    private CompletableFuture<Optional<Znode>> find() {
        return requests.sync("rules-sync", deadline)
                .thenCompose(synced -> requests.read("rules-read", Paths.QUEUE_RULES, deadline));
    }

    private static DeclaredRules decode(Optional<Znode> found) {
        return found.map(znode -> DeclaredRules.decode(znode.path(), znode.data()))
                .orElse(DeclaredRules.NONE);
    }

    /**
     * Changes what is declared, by what is there: of two who change it at once, the second changes what the first has written.
     *
     * @return what is declared then
     */
    CompletableFuture<DeclaredRules> change(UnaryOperator<DeclaredRules> change) {
        return find().thenCompose(found -> {
            DeclaredRules before = decode(found);
            DeclaredRules after = change.apply(before);
            return after.sameAs(before) ? CompletableFuture.completedFuture(before) : write(found, after, change);
        });
    }

    private CompletableFuture<DeclaredRules> write(
            Optional<Znode> found, DeclaredRules rules, UnaryOperator<DeclaredRules> change) {
        Transaction.Builder transaction = Transaction.at("rules-write");
        byte[] data = rules.encode();
        found.ifPresentOrElse(
                znode -> transaction.put(Paths.QUEUE_RULES, data, znode.version()),
                () -> transaction.create(Paths.QUEUE_RULES, data));
        return requests.commit(transaction.build(), deadline).thenCompose(answer -> {
            if (answer instanceof Commit.Applied) {
                return CompletableFuture.completedFuture(rules);
            }
            if (requests.deadlinePassed(deadline)) {
                return CompletableFuture.failedFuture(new ClientException(
                        answer instanceof Commit.Indeterminate ? Kind.INDETERMINATE : Kind.UNAVAILABLE,
                        "the rules of the queue could not be written in time: " + answer));
            }
            if (answer instanceof Commit.Conflict conflict && conflict.reason() == Reason.MISSING && found.isEmpty()) {
                return LedgerParents.skeleton(requests, deadline).thenCompose(made -> change(change));
            }
            // Written by somebody else meanwhile, or of unknown result: what is there now says which.
            return requests.settled("rules-settle", deadline).thenCompose(settled -> change(change));
        });
    }
}
