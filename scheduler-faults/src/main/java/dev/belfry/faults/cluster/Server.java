package dev.belfry.faults.cluster;

import dev.belfry.faults.machine.Child;
import dev.belfry.faults.machine.Place;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One server of the ensemble, on disk, in a JVM of its own. Not thread-safe. */
public final class Server {
    private final Place place;
    private final int port;
    private final Path directory;
    private final Map<String, String> environment;
    private Child child;

    /**
     * Starts it.
     *
     * @param directory with {@code zoo.cfg}; the control file of its disk is there too
     */
    Server(Place place, int port, Path directory, Map<String, String> environment) throws IOException {
        this.place = place;
        this.port = port;
        this.directory = directory;
        this.environment = environment;
        this.child = launch();
    }

    private Child launch() throws IOException {
        disk("");
        return Child.start(
                place,
                Tethered.class.getName(),
                new Child.Order(
                        directory.resolve("server.log"),
                        List.of(
                                "-Xmx160m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Dzookeeper.admin.enableServer=false"),
                        environment,
                        List.of("server", directory.resolve("zoo.cfg").toString())));
    }

    /** Starts it again after its process has ended. */
    public void restart() throws IOException {
        child.kill();
        child = launch();
    }

    /** Starts it without anything that it had stored: it learns everything from the leader. */
    public void restartEmpty() throws IOException {
        child.kill();
        try (Stream<Path> stored = Files.walk(directory.resolve("version-2"))) {
            for (Path path : stored.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
        child = launch();
    }

    public Child process() {
        return child;
    }

    public Place place() {
        return place;
    }

    String address() {
        return place.host() + ":" + port;
    }

    /** What its fsync does from now on: a delay in milliseconds, {@code EIO}, {@code ENOSPC}, or nothing special. */
    public void disk(String trouble) throws IOException {
        Path written = directory.resolve("disk.next");
        Files.writeString(written, trouble);
        Files.move(written, directory.resolve("disk"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** {@code leader} or {@code follower}; something else if it serves nobody. */
    public String mode() {
        return ask("srvr")
                .lines()
                .filter(line -> line.startsWith("Mode: "))
                .map(line -> line.substring("Mode: ".length()))
                .findFirst()
                .orElse("silent");
    }

    public boolean serves() {
        return mode().equals("leader") || mode().equals("follower");
    }

    /** Whether somebody at {@code host} is connected to it. */
    public boolean hasClient(String host) {
        return ask("cons").contains("/" + host + ":");
    }

    private String ask(String word) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(place.host(), port), 500);
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return ""; // it serves nobody
        }
    }

    @Override
    public String toString() {
        return place.name();
    }
}
