package dev.belfry.testkit.zookeeper;

import dev.belfry.testkit.zookeeper.FaultProxy.Direction;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection through the proxy: a socket on each side, and what is under way between them. */
final class FaultyLink {
    private static final Logger log = LoggerFactory.getLogger(FaultyLink.class);

    private final FaultProxy proxy;
    private final Socket client;
    private final Socket server;
    private final ScheduledExecutorService timer;
    private final Consumer<FaultyLink> closed;
    private final Map<Direction, Queue<byte[]>> underWay = new EnumMap<>(Direction.class);

    FaultyLink(
            FaultProxy proxy,
            Socket client,
            Socket server,
            ScheduledExecutorService timer,
            Consumer<FaultyLink> closed) {
        this.proxy = proxy;
        this.client = client;
        this.server = server;
        this.timer = timer;
        this.closed = closed;
        for (Direction direction : Direction.values()) {
            underWay.put(direction, new ArrayDeque<>());
        }
    }

    /** Takes bytes from one side until it ends, and sees to it that they arrive at the other. */
    void pump(Direction direction) {
        byte[] buffer = new byte[16 * 1024];
        try {
            for (int n = from(direction).getInputStream().read(buffer);
                    n >= 0;
                    n = from(direction).getInputStream().read(buffer)) {
                took(direction, Arrays.copyOf(buffer, n));
            }
        } catch (IOException | RejectedExecutionException e) {
            log.debug("a proxied connection ended", e);
        }
        reset();
        closed.accept(this);
    }

    private void took(Direction direction, byte[] bytes) {
        synchronized (this) {
            queue(direction).add(bytes);
        }
        // Each chunk is followed by one attempt to deliver the oldest: none can overtake another, whatever the lag.
        var unused = timer.schedule(() -> deliver(direction, 1), proxy.lag().toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Delivers everything that was held back. */
    void flush() {
        for (Direction direction : Direction.values()) {
            timer.execute(() -> deliver(direction, Integer.MAX_VALUE));
        }
    }

    private synchronized void deliver(Direction direction, int chunks) {
        try {
            for (int i = 0; i < chunks && !queue(direction).isEmpty() && !proxy.holds(direction); i++) {
                to(direction).getOutputStream().write(queue(direction).remove());
            }
        } catch (IOException e) {
            log.debug("a proxied connection broke", e);
            reset();
        }
    }

    /** Breaks the connection to both sides. */
    void reset() {
        for (Socket socket : new Socket[] {client, server}) {
            try {
                socket.setSoLinger(true, 0);
            } catch (IOException e) {
                log.debug("already closed", e);
            }
            try {
                socket.close();
            } catch (IOException e) {
                log.debug("cannot close a proxied connection", e);
            }
        }
    }

    private Queue<byte[]> queue(Direction direction) {
        return underWay.computeIfAbsent(direction, d -> new ArrayDeque<>());
    }

    private Socket from(Direction direction) {
        return direction == Direction.TO_SERVER ? client : server;
    }

    private Socket to(Direction direction) {
        return direction == Direction.TO_SERVER ? server : client;
    }
}
