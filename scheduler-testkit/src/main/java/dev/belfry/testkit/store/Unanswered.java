package dev.belfry.testkit.store;

import dev.belfry.store.Synced;
import dev.belfry.testkit.time.SimProcess;
import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one client that have no answer yet, and the order of their answers: that in which they were made, also
 * of those that are not sent.
 */
final class Unanswered {
    private final SimProcess process;
    private final Faults faults;
    private final List<Watch> watches;

    /** Sent and not answered, and what is told behind those. */
    private final ArrayDeque<Request<?>> sent = new ArrayDeque<>();

    /** Made without a connection; empty while there is one. */
    private final ArrayDeque<Request<?>> kept = new ArrayDeque<>();

    private boolean hasNews;

    /**
     * @param watches those of the present session; one whose request is missed is removed
     */
    Unanswered(SimProcess process, Faults faults, List<Watch> watches) {
        this.process = process;
        this.faults = faults;
        this.watches = watches;
    }

    /** The sites of all, oldest first. */
    List<String> sites() {
        return Stream.concat(sent.stream(), kept.stream())
                .filter(request -> request.kind != Request.Kind.PING)
                .map(request -> request.site)
                .toList();
    }

    void sent(Request<?> request) {
        sent.add(request);
    }

    void keep(Request<?> request) {
        kept.add(request);
    }

    /** Tells the answer of a request that is not sent, after those of all that were made before it. */
    void refused(Request<?> request, boolean connected) {
        if (sent.isEmpty() && kept.isEmpty()) {
            process.execute(() -> finish(request));
        } else if (connected) {
            sent.add(request);
        } else {
            kept.add(request);
        }
    }

    /** What was held back may be told from now on. */
    void release(Request<?> request) {
        request.heldBack = false;
        tell(kept);
    }

    /** The next of those kept that is to be sent over the connection that there is now; null if there is none. */
    @Nullable
    Request<?> takeKept() {
        while (true) {
            Request<?> request = kept.poll();
            if (request == null || !request.isMissed()) {
                return request;
            }
            request.heldBack = false;
            sent.add(request);
        }
    }

    /** Runs {@code told} after the answers of all requests made so far. */
    void news(Runnable told) {
        tell(sent);
        behind(told);
    }

    private void behind(Runnable told) {
        if (sent.isEmpty()) {
            told.run();
            return;
        }
        hasNews = true;
        Request<Synced> news = new Request<>(Request.Kind.PING, "news", "/", Request.SYNCED, done -> {
            hasNews = false;
            told.run();
        });
        news.miss(Request.Miss.UNAVAILABLE, "never sent");
        sent.add(news);
    }

    /** There is news behind an answer that has not come. */
    boolean hasNews() {
        return hasNews;
    }

    /** The server has answered this one. */
    void answered(Request<?> request) {
        Request<?> first = sent.poll();
        if (first == null || !first.equals(request)) {
            throw new IllegalStateException("answers out of order: " + request.site + " " + request.path);
        }
        finish(request);
        tell(sent);
    }

    /** The connection is gone, and with it the answers of what was sent. */
    void missSent(String why) {
        missAll(sent, Request.Miss.INDETERMINATE, why);
        tell(kept);
    }

    /** An attempt to connect has failed, or the session is over. */
    void missKept(Request.Miss miss, String why) {
        missAll(kept, miss, why);
    }

    private void missAll(ArrayDeque<Request<?>> requests, Request.Miss miss, String why) {
        while (true) {
            Request<?> request = requests.poll();
            if (request == null) {
                return;
            }
            if (request.watch != null) {
                watches.remove(request.watch);
            }
            if (!request.isMissed()) {
                request.miss(miss, why);
            }
            finish(request);
        }
    }

    /** Calls back from the head of {@code requests} for as long as the answer is known. */
    private void tell(ArrayDeque<Request<?>> requests) {
        while (true) {
            Request<?> next = requests.peek();
            if (next == null || !next.isMissed() || next.heldBack) {
                return;
            }
            requests.poll();
            finish(next);
        }
    }

    private void finish(Request<?> request) {
        if (request.kind != Request.Kind.PING) {
            faults.answered(request);
        }
        request.finish();
    }
}
