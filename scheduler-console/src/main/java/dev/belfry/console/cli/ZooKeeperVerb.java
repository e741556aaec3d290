package dev.belfry.console.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZKDatabase;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "zookeeper",
        description = "Runs a single ZooKeeper server, for development: one machine, no spare. Ends with Ctrl-C.")
final class ZooKeeperVerb extends Verb {
    private static final int TICK_MS = 1_000;

    @Option(names = "--port", paramLabel = "PORT", description = "Port on which it listens. Default: 2181.")
    int port = 2181;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            description = "Directory of its data, kept between runs.")
    Path data = Path.of("zookeeper-data");

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Address on which it listens. Default: 127.0.0.1, this machine only.")
    String host = "127.0.0.1";

    ZooKeeperVerb(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() {
        // What zk-scripts/census asks; 'wchp' is dear where there are many watches, which is not so here.
        System.setProperty("zookeeper.4lw.commands.whitelist", "srvr,ruok,mntr,wchp");
        NIOServerCnxnFactory connections = new NIOServerCnxnFactory();
        try {
            Files.createDirectories(data);
            FileTxnSnapLog log = new FileTxnSnapLog(data.toFile(), data.toFile());
            CountDownLatch asked = new CountDownLatch(1);
            AtomicBoolean broken = new AtomicBoolean();
            ZooKeeperServer server = new ZooKeeperServer(log, TICK_MS, -1, -1, -1, new ZKDatabase(log), "") {
                @Override
                protected void setState(State state) {
                    super.setState(state);
                    if (state == State.ERROR) {
                        broken.set(true);
                        asked.countDown();
                    }
                }
            };
            connections.configure(new InetSocketAddress(InetAddress.getByName(host), port), 0, -1, false);
            CountDownLatch stopped = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(asked, stopped), "belfry-zookeeper-stop"));
            connections.startup(server);
            print("ZooKeeper listens on " + host + ":" + connections.getLocalPort() + ", its data in "
                    + data.toAbsolutePath());
            asked.await();
            connections.shutdown();
            stopped.countDown();
            if (broken.get()) {
                throw new NoException("ZooKeeper has stopped: it could not write its data in " + data.toAbsolutePath()
                        + ", where " + data.toFile().getUsableSpace() / 1_024 + " KiB are free. Make room and start it"
                        + " again: what it had confirmed is not lost, and agents come back by themselves");
            }
            return Exit.DONE;
        } catch (BindException e) {
            throw new NoException("port " + port + " of " + host
                    + " is taken by another process; choose another with --port, or stop that process");
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot run ZooKeeper with its data in " + data.toAbsolutePath() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            connections.shutdown();
            return Exit.DONE;
        }
    }

    private static void stop(CountDownLatch asked, CountDownLatch stopped) {
        asked.countDown();
        try {
            if (!stopped.await(10, java.util.concurrent.TimeUnit.SECONDS)) {
                System.err.println("belfry: ZooKeeper did not stop in time; its data are on disk");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
