package dev.belfry.testkit.zookeeper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP proxy that makes a network bad: late, silent in one direction or both, or broken. It listens on a free port of the
 * loopback address and passes everything on to one server, in order.
 *
 * <p>Thread-safe. What is held back in a black hole is passed on when it heals, as TCP does after a partition; what is held
 * when a connection is reset is lost.
 */
public final class FaultProxy implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FaultProxy.class);

    /** Which way bytes go. */
    public enum Direction {
        TO_SERVER,
        TO_CLIENT
    }

    private final InetSocketAddress target;
    private final ServerSocket listening;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(task -> thread("timer", task));
    private final List<FaultyLink> links = new CopyOnWriteArrayList<>();
    private final Set<Direction> holes = EnumSet.noneOf(Direction.class);
    private Duration lag = Duration.ZERO;

    private FaultProxy(InetSocketAddress target, ServerSocket listening) {
        this.target = target;
        this.listening = listening;
    }

    /** Starts a proxy to a port of the loopback address. */
    public static FaultProxy to(int port) {
        try {
            InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
            FaultProxy proxy = new FaultProxy(new InetSocketAddress(loopback, port), new ServerSocket(0, 50, loopback));
            thread("accept", proxy::accept).start();
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a proxy to port " + port, e);
        }
    }

    /** Where it listens: {@code 127.0.0.1:port}. */
    public String connectString() {
        return "127.0.0.1:" + listening.getLocalPort();
    }

    /** From now on every byte takes this much longer, in each direction. */
    public synchronized void lag(Duration lag) {
        this.lag = lag;
    }

    /** From now on nothing gets through in this direction; both ends believe in their connection. */
    public synchronized void blackHole(Direction direction) {
        holes.add(direction);
    }

    /** Ends all black holes and lags; what was held back gets through. */
    public void heal() {
        synchronized (this) {
            holes.clear();
            lag = Duration.ZERO;
        }
        links.forEach(FaultyLink::flush);
    }

    /** Breaks every connection. What was held back is lost. */
    public void reset() {
        // Those that are there now: one that has just come is not to be forgotten with what it holds back.
        List<FaultyLink> present = List.copyOf(links);
        present.forEach(FaultyLink::reset);
        links.removeAll(present);
    }

    /** How many connections there are. */
    public int connections() {
        return links.size();
    }

    synchronized boolean holds(Direction direction) {
        return holes.contains(direction);
    }

    synchronized Duration lag() {
        return lag;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                open(client);
            } catch (IOException e) {
                if (!listening.isClosed()) {
                    log.warn("the proxy to {} cannot accept a connection", target, e);
                }
            }
        }
    }

    private void open(Socket client) throws IOException {
        Socket server = new Socket();
        try {
            server.connect(target, 1000);
        } catch (IOException e) {
            client.close(); // as the server itself would refuse it
            return;
        }
        FaultyLink link = new FaultyLink(this, client, server, timer, links::remove);
        links.add(link);
        for (Direction direction : Direction.values()) {
            thread(direction.name(), () -> link.pump(direction)).start();
        }
    }

    private static Thread thread(String name, Runnable task) {
        Thread thread = new Thread(task, "fault-proxy-" + name);
        thread.setDaemon(true);
        return thread;
    }

    /** Breaks every connection and stops listening. */
    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot stop the proxy", e);
        } finally {
            reset();
            timer.shutdownNow();
        }
    }
}
