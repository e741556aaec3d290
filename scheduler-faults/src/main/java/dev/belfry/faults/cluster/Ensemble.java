package dev.belfry.faults.cluster;

import dev.belfry.console.local.LocalZooKeeper;
import dev.belfry.faults.machine.Network;
import dev.belfry.faults.machine.Place;
import dev.belfry.faults.machine.Shims;
import dev.belfry.faults.machine.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** Three servers, which force what they write to the disk. Not thread-safe. */
public final class Ensemble {
    static final int SERVERS = 3;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<Server> servers = new ArrayList<>();
    private final Set<Integer> given = new HashSet<>();

    private record Ports(int client, int peer, int election) {}

    Ensemble(Network network, Path directory, Shims shims) throws IOException {
        List<Place> places = new ArrayList<>();
        List<Ports> ports = new ArrayList<>();
        for (int i = 1; i <= SERVERS; i++) {
            Place place = network.add("server-" + i);
            places.add(place);
            ports.add(network.whyWhole().isEmpty() ? new Ports(2181, 2888, 3888) : new Ports(free(), free(), free()));
        }
        for (int i = 0; i < SERVERS; i++) {
            Path own = directory.resolve("server-" + (i + 1));
            configure(own, i, places, ports);
            servers.add(new Server(places.get(i), ports.get(i).client(), own, shims.disk(own.resolve("disk"))));
        }
        awaitServing();
    }

    /** On loopback: a port that is nobody's and has not been given to another server. */
    private int free() {
        int port = LocalZooKeeper.freePort();
        while (!given.add(port)) {
            port = LocalZooKeeper.freePort();
        }
        return port;
    }

    private static void configure(Path own, int i, List<Place> places, List<Ports> ports) throws IOException {
        Files.createDirectories(own);
        Files.writeString(own.resolve("myid"), Integer.toString(i + 1));
        List<String> lines = new ArrayList<>(List.of(
                "dataDir=" + own.toAbsolutePath(),
                "clientPort=" + ports.get(i).client(),
                "clientPortAddress=" + places.get(i).host(),
                "tickTime=500",
                "initLimit=20",
                "syncLimit=8",
                "maxClientCnxns=0",
                "admin.enableServer=false",
                "4lw.commands.whitelist=srvr,cons"));
        for (int p = 0; p < SERVERS; p++) {
            lines.add("server." + (p + 1) + "=" + places.get(p).host() + ":"
                    + ports.get(p).peer() + ":" + ports.get(p).election());
        }
        Files.write(own.resolve("zoo.cfg"), lines);
    }

    /** Waits until all three serve. */
    public void awaitServing() {
        Waiting.require(
                "all servers serve; see their logs", () -> servers.stream().allMatch(Server::serves), PATIENCE);
    }

    public List<Server> servers() {
        return List.copyOf(servers);
    }

    public Server leader() {
        Waiting.require(
                "there is a leader",
                () -> servers.stream().anyMatch(server -> server.mode().equals("leader")),
                PATIENCE);
        return servers.stream()
                .filter(server -> server.mode().equals("leader"))
                .findFirst()
                .orElseGet(() -> servers.get(0));
    }

    public Server follower(Random random) {
        Server leader = leader();
        List<Server> followers =
                servers.stream().filter(server -> server != leader).toList();
        return followers.get(random.nextInt(followers.size()));
    }

    /** For clients: every server. */
    public String connectString() {
        return servers.stream().map(Server::address).collect(Collectors.joining(","));
    }
}
