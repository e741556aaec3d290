package dev.belfry.testkit.zookeeper;

import dev.belfry.testkit.zookeeper.FaultProxy.Direction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.apache.zookeeper.server.quorum.QuorumPeer;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;
import org.jspecify.annotations.Nullable;

/**
 * Three real servers in this process, each of which reaches the others through proxies of its own, so that a follower can be
 * cut off from its leader while its clients still reach it; and each of which is reached by clients through a proxy.
 *
 * <p>Elections go past the proxies: a follower that is cut off knows who leads and does not get through to it.
 */
final class SplitEnsemble implements AutoCloseable {
    private static final int SERVERS = 3;

    /** Below those that a connection, or a proxy, may be given before a server binds it. */
    private static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                continue;
            }
        }
    }

    /** A server, and what leads to it. */
    private static final class Server extends QuorumPeerMain {
        final int clientPort = freePort();
        final int quorumPort = freePort();
        final int electionPort = freePort();
        final List<FaultProxy> toOthers = new ArrayList<>();
        volatile @Nullable QuorumPeer peer;

        @Override
        protected QuorumPeer getQuorumPeer() throws javax.security.sasl.SaslException {
            QuorumPeer made = super.getQuorumPeer();
            peer = made;
            return made;
        }

        boolean is(QuorumPeer.ServerState state) {
            QuorumPeer present = peer;
            return present != null && present.getPeerState() == state && present.getActiveServer() != null;
        }

        QuorumPeer running() {
            QuorumPeer present = peer;
            if (present == null) {
                throw new IllegalStateException("the server has not been started");
            }
            return present;
        }
    }

    private final List<Server> servers = new ArrayList<>();
    private final List<FaultProxy> doors = new ArrayList<>();

    /**
     * Starts the servers and waits until all of them serve.
     *
     * @param directory for their data
     * @param tick their unit of time
     * @param syncLimit after so many ticks without a word from its leader a follower stops answering
     */
    SplitEnsemble(Path directory, Duration tick, int syncLimit) throws Exception {
        System.setProperty("zookeeper.admin.enableServer", "false");
        IntStream.range(0, SERVERS).forEach(i -> servers.add(new Server()));
        for (Server server : servers) {
            servers.forEach(other -> server.toOthers.add(FaultProxy.to(other.quorumPort)));
        }
        for (int i = 0; i < SERVERS; i++) {
            start(i, directory.resolve("server" + i), tick, syncLimit);
        }
        Party.await(
                "all servers serve",
                () -> servers.stream()
                                .filter(s -> s.is(QuorumPeer.ServerState.FOLLOWING))
                                .count()
                        == SERVERS - 1);
        servers.forEach(server -> doors.add(FaultProxy.to(server.clientPort)));
    }

    private void start(int index, Path data, Duration tick, int syncLimit) throws Exception {
        Files.createDirectories(data);
        Files.writeString(data.resolve("myid"), Integer.toString(index));
        Server server = servers.get(index);
        Properties properties = new Properties();
        properties.setProperty("dataDir", data.toString());
        properties.setProperty("tickTime", Long.toString(tick.toMillis()));
        properties.setProperty("initLimit", "20");
        properties.setProperty("syncLimit", Integer.toString(syncLimit));
        properties.setProperty("clientPort", Integer.toString(server.clientPort));
        properties.setProperty("clientPortAddress", "127.0.0.1");
        properties.setProperty("maxSessionTimeout", "60000");
        for (int i = 0; i < SERVERS; i++) {
            Server other = servers.get(i);
            int quorum = i == index ? other.quorumPort : port(server.toOthers.get(i));
            properties.setProperty("server." + i, "127.0.0.1:" + quorum + ":" + other.electionPort);
        }
        QuorumPeerConfig config = new QuorumPeerConfig();
        config.parseProperties(properties);
        Thread thread = new Thread(() -> run(server, config), "server" + index);
        thread.setDaemon(true);
        thread.start();
    }

    private static void run(Server server, QuorumPeerConfig config) {
        try {
            server.runFromConfig(config);
        } catch (IOException | org.apache.zookeeper.server.admin.AdminServer.AdminServerException e) {
            throw new IllegalStateException("a server of the ensemble does not start", e);
        }
    }

    private static int port(FaultProxy proxy) {
        String address = proxy.connectString();
        return Integer.parseInt(address.substring(address.indexOf(':') + 1));
    }

    int leader() {
        return index(QuorumPeer.ServerState.LEADING);
    }

    /** A server that does not lead. */
    int follower() {
        return index(QuorumPeer.ServerState.FOLLOWING);
    }

    /** On a busy machine servers that have found each other may have to elect once more. */
    private int index(QuorumPeer.ServerState state) {
        int[] found = {-1};
        Party.await("a server is " + state, () -> {
            found[0] = IntStream.range(0, SERVERS)
                    .filter(i -> servers.get(i).is(state))
                    .findFirst()
                    .orElse(-1);
            return found[0] >= 0;
        });
        return found[0];
    }

    /** What clients of one server go through. */
    FaultProxy door(int server) {
        return doors.get(server);
    }

    /** Another way to the same server, for a client that is to be harmed alone. */
    FaultProxy newDoor(int server) {
        return FaultProxy.to(servers.get(server).clientPort);
    }

    /** For clients that know all servers but one. */
    String withoutServer(int server) {
        return String.join(
                ",",
                IntStream.range(0, SERVERS)
                        .filter(i -> i != server)
                        .mapToObj(i -> doors.get(i).connectString())
                        .toList());
    }

    /** What a follower's words to its leader, and back, go through. */
    FaultProxy link(int follower) {
        return servers.get(follower).toOthers.get(leader());
    }

    /** From now on nothing gets through between a follower and its leader; both believe in their connection. */
    void cutFromLeader(int follower) {
        FaultProxy link = link(follower);
        link.blackHole(Direction.TO_SERVER);
        link.blackHole(Direction.TO_CLIENT);
    }

    /** The server is gone, and its connections with it. */
    void kill(int server) {
        servers.get(server).running().shutdown();
    }

    /** Ends a session behind its client's back. */
    void expireSession(long session) {
        servers.get(leader()).running().getActiveServer().closeSession(session);
    }

    @Override
    public void close() {
        doors.forEach(FaultProxy::close);
        servers.forEach(server -> server.toOthers.forEach(FaultProxy::close));
        for (int i = 0; i < SERVERS; i++) {
            kill(i);
        }
    }
}
