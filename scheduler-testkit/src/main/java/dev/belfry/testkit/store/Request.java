package dev.belfry.testkit.store;

import dev.belfry.store.Commit;
import dev.belfry.store.Failure;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Synced;
import dev.belfry.store.Transaction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request of a client, and its answer as soon as there is one. */
final class Request<T> {

    /** What is asked for. */
    enum Kind {
        COMMIT,
        LATCH,
        CLOSE,
        SYNC,
        READ,
        CHILDREN,
        FOLLOW,
        PING;

        /** It goes through the leader. */
        boolean ordered() {
            return this == COMMIT || this == LATCH || this == CLOSE || this == SYNC;
        }
    }

    /** How a request that got no answer from the store is answered. */
    enum Miss {
        UNAVAILABLE,
        INDETERMINATE,
        REJECTED,
        OVER
    }

    /** The answers of one type for a miss. */
    @FunctionalInterface
    interface Misses<T> {
        T of(Miss miss, String why);
    }

    static final Misses<Commit> COMMIT = (miss, why) -> switch (miss) {
        case UNAVAILABLE -> new Commit.Unavailable(why);
        case INDETERMINATE -> new Commit.Indeterminate(why);
        case REJECTED -> new Commit.Rejected(why);
        case OVER -> new Commit.SessionOver(why);
    };
    static final Misses<Read> READ = (miss, why) -> new Read.Failed(failure(miss, why));
    static final Misses<Listing> LISTING = (miss, why) -> new Listing.Failed(failure(miss, why));
    static final Misses<Synced> SYNCED = (miss, why) -> new Synced.Failed(failure(miss, why));

    private static Failure failure(Miss miss, String why) {
        return switch (miss) {
            case UNAVAILABLE, INDETERMINATE -> new Failure.Unavailable(why);
            case REJECTED -> new Failure.Rejected(why);
            case OVER -> new Failure.SessionOver(why);
        };
    }

    final Kind kind;
    final String site;
    final String path;
    private final Misses<T> misses;
    private final Consumer<T> then;

    /** Of a commit. */
    @Nullable
    Transaction transaction;

    /** Of a follow. */
    @Nullable
    Watch watch;

    /** Made by an election, which asks again with each connection and whose requests are never kept for it. */
    boolean ofElection;

    /** It is not called back yet although the client has answered it. */
    boolean heldBack;

    /** A fault: the connection breaks when the answer would be sent. */
    boolean losesReply;

    /** What the server says; it may come to that long after the client has stopped waiting. */
    private @Nullable T answer;

    /** What the client says in its place. */
    private @Nullable T missed;

    Request(Kind kind, String site, String path, Misses<T> misses, Consumer<T> then) {
        this.kind = kind;
        this.site = site;
        this.path = path;
        this.misses = misses;
        this.then = then;
    }

    /** The server has answered. */
    boolean answered() {
        return answer != null;
    }

    /** The client answers it without the server. */
    boolean isMissed() {
        return missed != null;
    }

    /** What the caller is told, if anything is known by now. */
    @Nullable
    Object outcome() {
        return missed != null ? missed : answer;
    }

    /** Notes the store's answer, which is of this request's type. */
    @SuppressWarnings("unchecked") // the server answers by kind, and the kind implies the type
    void answer(Object value) {
        answer = (T) value;
    }

    void miss(Miss miss, String why) {
        missed = misses.of(miss, why);
    }

    /** Calls back with the answer. */
    void finish() {
        T value = missed != null ? missed : answer;
        if (value == null) {
            throw new IllegalStateException("not answered: " + kind + " " + path);
        }
        then.accept(value);
    }
}
