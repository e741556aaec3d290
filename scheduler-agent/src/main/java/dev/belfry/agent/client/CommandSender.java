package dev.belfry.agent.client;

import dev.belfry.agent.client.ClientException.Kind;
import dev.belfry.core.command.Command;
import dev.belfry.core.command.CommandCodec;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Commit;
import dev.belfry.store.Commit.Reason;
import dev.belfry.store.Transaction;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * Makes a command durable, once, and waits for the master to consume it. Its id makes a repeat the same command: so a write
 * of unknown result is simply made again.
 *
 * <p>Not thread-safe; owned by the client's loop.
 */
final class CommandSender {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._~-]{0,99}");
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration LONGEST_POLL = Duration.ofMillis(500);

    private final Requests requests;
    private final Deadline deadline;

    CommandSender(Requests requests, Deadline deadline) {
        this.requests = requests;
        this.deadline = deadline;
    }

    /** Whether a text may serve as the id of a command. */
    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** Sends the command and waits for its result; without one if no master consumed it before the deadline. */
    CompletableFuture<Command> send(Command command) {
        return create(command).thenCompose(sent -> await(sent, POLL));
    }

    private CompletableFuture<Command> create(Command command) {
        Transaction create = Transaction.at("command-create")
                .create(Paths.command(command.id()), CommandCodec.encode(command))
                .build();
        return requests.commit(create, deadline).thenCompose(answer -> {
            if (answer instanceof Commit.Applied) {
                return CompletableFuture.completedFuture(command);
            }
            if (answer instanceof Commit.Conflict conflict && conflict.reason() == Reason.EXISTS) {
                return same(command);
            }
            if (answer instanceof Commit.Conflict) {
                return LedgerParents.skeleton(requests, deadline).thenCompose(there -> create(command));
            }
            return requests.settled("command-settle", deadline).thenCompose(settled -> create(command));
        });
    }

    /** There is a command of that id: ours, or one that was sent before. */
    private CompletableFuture<Command> same(Command command) {
        return requests.sync("command-sync", deadline)
                .thenCompose(synced -> read(command.id()))
                .thenCompose(found -> {
                    if (found.isEmpty()) {
                        return create(command);
                    }
                    Command stored = found.get();
                    if (stored.kind() == command.kind()
                            && stored.target().equals(command.target())
                            && stored.parameters().equals(command.parameters())) {
                        return CompletableFuture.completedFuture(stored);
                    }
                    return CompletableFuture.failedFuture(new ClientException(
                            Kind.REJECTED,
                            "the key '" + command.id() + "' was used for another command, " + stored.kind() + " "
                                    + stored.target() + " by " + stored.by() + "; choose another key"));
                });
    }

    private CompletableFuture<Command> await(Command command, Duration pause) {
        if (command.result().isPresent() || requests.deadlinePassed(deadline)) {
            return CompletableFuture.completedFuture(command);
        }
        Duration next = pause.multipliedBy(2).compareTo(LONGEST_POLL) < 0 ? pause.multipliedBy(2) : LONGEST_POLL;
        return requests.after(pause)
                .thenCompose(waited -> read(command.id()))
                .thenCompose(found -> await(found.orElse(command), next));
    }

    private CompletableFuture<Optional<Command>> read(String id) {
        String path = Paths.command(id);
        return requests.read("command-read", path, deadline)
                .thenApply(found -> found.map(znode -> {
                    try {
                        return CommandCodec.decode(path, znode.data());
                    } catch (CorruptRecordException e) {
                        throw new ClientException(Kind.REJECTED, String.valueOf(e.getMessage()));
                    }
                }));
    }
}
