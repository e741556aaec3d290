package dev.belfry.testkit.store;

import dev.belfry.store.Commit;
import dev.belfry.store.Failure;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Synced;
import dev.belfry.testkit.time.SimScheduler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Faults of single requests, aimed at the place in the code that makes them, and the count of what each place has met.
 * A lost message breaks its connection, as it would with TCP; requests behind it on the same connection are lost too.
 */
public final class Faults {

    /** At which point of a request somebody may strike. */
    public enum Moment {
        /** Its process is about to send it. */
        SENDING,
        /** It is a write and has been committed; its process has not heard so. */
        COMMITTED
    }

    /** What happens to one request. */
    enum Fate {
        ARRIVES,
        LOST_BEFORE,
        LOST_AFTER
    }

    private static final class Site {
        private final String name;
        private final long[] counts = new long[Column.values().length];
        private int loseRequests;
        private int loseReplies;
        private @Nullable Consumer<String> whenSending;
        private @Nullable Consumer<String> whenCommitted;

        Site(String name) {
            this.name = name;
        }

        long get(Column column) {
            return counts[column.ordinal()];
        }

        void count(Column column) {
            counts[column.ordinal()]++;
        }
    }

    private enum Column {
        SENT,
        LOST_BEFORE,
        LOST_AFTER,
        APPLIED,
        REFUSED,
        UNAVAILABLE,
        INDETERMINATE,
        OVER
    }

    private final SimScheduler scheduler;
    private final Map<String, Site> sites = new HashMap<>();
    private double requestLoss;
    private double replyLoss;
    private double hintRepeats;

    Faults(SimScheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** The next request made at {@code site}, by whichever process, is lost before it reaches a server. */
    public void loseRequest(String site) {
        site(site).loseRequests++;
    }

    /** The next request made at {@code site} is executed, and its reply is lost. */
    public void loseReply(String site) {
        site(site).loseReplies++;
    }

    /**
     * Whether a loss that was asked for by {@link #loseRequest} or {@link #loseReply} still waits for a request. One that has met
     * its request need not have happened: no reply is lost of a request that is not executed because its session has just ended.
     */
    public boolean awaits(String site) {
        return site(site).loseRequests + site(site).loseReplies > 0;
    }

    /**
     * Has {@code blow} called, with the name of the process whose request it is, when the next request made at {@code site}
     * comes to {@code moment}. A later call for the same site and moment replaces an earlier one.
     */
    public void strikeNext(String site, Moment moment, Consumer<String> blow) {
        if (moment == Moment.SENDING) {
            site(site).whenSending = blow;
        } else {
            site(site).whenCommitted = blow;
        }
    }

    void sending(String site, String process) {
        Site struck = site(site);
        Consumer<String> blow = struck.whenSending;
        if (blow != null) {
            struck.whenSending = null;
            blow.accept(process);
        }
    }

    void committed(String site, String process) {
        Site struck = site(site);
        Consumer<String> blow = struck.whenCommitted;
        if (blow != null) {
            struck.whenCommitted = null;
            blow.accept(process);
        }
    }

    /**
     * From now on each request is lost with these probabilities, drawn from the seed of the simulation.
     *
     * @param before that it never arrives, 0 to 1
     * @param after that it is executed and its reply lost, 0 to 1
     */
    public void lose(double before, double after) {
        if (before < 0 || before > 1 || after < 0 || after > 1) {
            throw new IllegalArgumentException("probabilities run from 0 to 1, not " + before + ", " + after);
        }
        requestLoss = before;
        replyLoss = after;
    }

    /** From now on each hint of a change comes twice with this probability, 0 to 1. */
    public void repeatHints(double probability) {
        if (probability < 0 || probability > 1) {
            throw new IllegalArgumentException("a probability runs from 0 to 1, not " + probability);
        }
        hintRepeats = probability;
    }

    boolean repeatsHint() {
        return hintRepeats > 0 && scheduler.random().nextDouble() < hintRepeats;
    }

    /**
     * Ends {@link #lose} and {@link #repeatHints} and forgets what {@link #loseRequest}, {@link #loseReply} and
     * {@link #strikeNext} have still to do.
     */
    public void stop() {
        requestLoss = 0;
        replyLoss = 0;
        hintRepeats = 0;
        for (Site site : sites.values()) {
            site.loseRequests = 0;
            site.loseReplies = 0;
            site.whenSending = null;
            site.whenCommitted = null;
        }
    }

    /** What each site has met so far, sorted by site. */
    public List<SiteCounts> counts() {
        List<SiteCounts> rows = new ArrayList<>(sites.size());
        for (Site site : new TreeMap<>(sites).values()) {
            rows.add(row(site));
        }
        return rows;
    }

    /** What one site has met so far; zeros for a site that was never seen. */
    public SiteCounts count(String site) {
        return row(site(site));
    }

    private static SiteCounts row(Site site) {
        return new SiteCounts(
                site.name,
                site.get(Column.SENT),
                site.get(Column.LOST_BEFORE),
                site.get(Column.LOST_AFTER),
                site.get(Column.APPLIED),
                site.get(Column.REFUSED),
                site.get(Column.UNAVAILABLE),
                site.get(Column.INDETERMINATE),
                site.get(Column.OVER));
    }

    private Site site(String name) {
        Site site = sites.get(name);
        if (site == null) {
            site = new Site(name);
            sites.put(name, site);
        }
        return site;
    }

    Fate fate(Request<?> request) {
        Site site = site(request.site);
        site.count(Column.SENT);
        if (site.loseRequests > 0) {
            site.loseRequests--;
            return lostBefore(site);
        }
        if (site.loseReplies > 0) {
            site.loseReplies--;
            return Fate.LOST_AFTER;
        }
        if (requestLoss == 0 && replyLoss == 0) {
            return Fate.ARRIVES;
        }
        double draw = scheduler.random().nextDouble();
        if (draw < requestLoss) {
            return lostBefore(site);
        }
        return draw < requestLoss + replyLoss ? Fate.LOST_AFTER : Fate.ARRIVES;
    }

    private Fate lostBefore(Site site) {
        site.count(Column.LOST_BEFORE);
        scheduler.note("lost before", site.name.hashCode());
        return Fate.LOST_BEFORE;
    }

    /** The store executed the request and will not say so. */
    void lostAfter(Request<?> request) {
        site(request.site).count(Column.LOST_AFTER);
        scheduler.note("lost after", request.site.hashCode());
    }

    /** The client has its answer. */
    void answered(Request<?> request) {
        Object answer = request.outcome();
        if (answer != null) {
            site(request.site).count(column(answer));
        }
    }

    private static Column column(Object answer) {
        Failure failure = failure(answer);
        if (answer instanceof Commit.SessionOver || failure instanceof Failure.SessionOver) {
            return Column.OVER;
        }
        if (answer instanceof Commit.Unavailable || failure instanceof Failure.Unavailable) {
            return Column.UNAVAILABLE;
        }
        if (answer instanceof Commit.Indeterminate) {
            return Column.INDETERMINATE;
        }
        boolean applied = (failure == null && !(answer instanceof Commit)) || answer instanceof Commit.Applied;
        return applied ? Column.APPLIED : Column.REFUSED;
    }

    private static @Nullable Failure failure(Object answer) {
        if (answer instanceof Read.Failed failed) {
            return failed.failure();
        }
        if (answer instanceof Listing.Failed failed) {
            return failed.failure();
        }
        return answer instanceof Synced.Failed failed ? failed.failure() : null;
    }
}
