package dev.belfry.master;

import dev.belfry.agent.loop.Mirror;
import dev.belfry.core.ownership.HandOver;
import dev.belfry.core.ownership.Release;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Znode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the incarnations list as let go of, as a master knows it.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class HandOvers implements Mirror.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(HandOvers.class);

    private final Mirror mirror;
    private final Runnable changed;
    private final Runnable read;
    private final Map<String, HandOver> byIncarnation = new TreeMap<>();

    /** @param read told whenever everything has been read */
    HandOvers(Store store, Session session, Runnable changed, Runnable read) {
        this.mirror = new Mirror(store, session, Paths.HANDOVER, 1, this);
        this.changed = changed;
        this.read = read;
    }

    void start() {
        mirror.start();
    }

    void close() {
        mirror.close();
    }

    boolean caughtUp() {
        return mirror.caughtUp();
    }

    /** Every tenancy that is listed. */
    Set<Release> released() {
        return all(HandOver::releases);
    }

    /** Those of them that nobody has to own again. */
    Set<Release> closedForGood() {
        return all(HandOver::settled);
    }

    private Set<Release> all(Function<HandOver, Set<Release>> what) {
        Set<Release> all = new TreeSet<>();
        byIncarnation.values().forEach(handOver -> all.addAll(what.apply(handOver)));
        return all;
    }

    @Override
    public void present(Znode znode) {
        try {
            byIncarnation.put(Paths.name(znode.path()), HandOver.decode(znode.path(), znode.data()));
        } catch (CorruptRecordException e) {
            LOG.error("hand-over ignored: {}", e.getMessage());
        }
        changed.run();
    }

    @Override
    public void absent(String path) {
        byIncarnation.remove(Paths.name(path));
        changed.run();
    }

    @Override
    public void settled() {
        read.run();
    }

    @Override
    public void refused(String path, String why) {
        LOG.error("cannot read {}: {}; check its ACL", path, why);
    }
}
