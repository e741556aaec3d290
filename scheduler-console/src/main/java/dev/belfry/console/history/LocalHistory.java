package dev.belfry.console.history;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * The histories of clusters that run on this machine: each {@code up} leaves a file that says where its own is, so that other
 * commands of the same user find it. A file counts only while the process lives that has written it.
 *
 * <p>Not thread-safe.
 */
public final class LocalHistory {
    private final Path directory;

    private LocalHistory(Path directory) {
        this.directory = directory;
    }

    /** Those below {@code $BELFRY_HOME}, or below {@code ~/.belfry}. */
    public static LocalHistory in(Map<String, String> environment) {
        String home = environment.getOrDefault("BELFRY_HOME", "");
        Path base = home.isBlank() ? Path.of(System.getProperty("user.home", "."), ".belfry") : Path.of(home);
        return new LocalHistory(base.resolve("up"));
    }

    /**
     * Says that this process keeps the history of a namespace.
     *
     * @param hosts of its ZooKeeper
     * @return the file, to be deleted at the end
     * @throws UncheckedIOException if it cannot be written
     */
    public Path announce(String hosts, String namespace, HistoryAddress address) {
        ProcessHandle self = ProcessHandle.current();
        Properties file = new Properties();
        file.setProperty("zookeeper", hosts);
        file.setProperty("namespace", namespace);
        file.setProperty("url", address.url());
        file.setProperty("user", address.user());
        file.setProperty("pid", Long.toString(self.pid()));
        file.setProperty("started", started(self));
        Path path = directory.resolve(self.pid() + ".properties");
        try {
            Files.createDirectories(directory);
            try (Writer writer = Files.newBufferedWriter(path)) {
                file.store(writer, "Where 'belfry up' keeps its history.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + path + ": " + e.getMessage(), e);
        }
        return path;
    }

    private static String started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("");
    }

    /** Where the history of a namespace is that is reached by any of these hosts. */
    Optional<HistoryAddress> find(String hosts, String namespace) {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try (var files = Files.newDirectoryStream(directory, "*.properties")) {
            for (Path path : files) {
                Properties file = read(path);
                if (isAlive(file)
                        && namespace.equals(file.getProperty("namespace"))
                        && meet(hosts, file.getProperty("zookeeper", ""))) {
                    return Optional.of(
                            new HistoryAddress(file.getProperty("url", ""), file.getProperty("user", ""), ""));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + directory + ": " + e.getMessage(), e);
        }
        return Optional.empty();
    }

    private static Properties read(Path path) throws IOException {
        Properties file = new Properties();
        try (Reader reader = Files.newBufferedReader(path)) {
            file.load(reader);
        } catch (java.nio.file.NoSuchFileException e) {
            // Its 'up' has just ended.
            file.clear();
        }
        return file;
    }

    private static boolean isAlive(Properties file) {
        String pid = file.getProperty("pid", "");
        return pid.matches("[0-9]{1,18}")
                && ProcessHandle.of(Long.parseLong(pid))
                        .filter(process -> started(process).equals(file.getProperty("started")))
                        .isPresent();
    }

    private static boolean meet(String some, String others) {
        return !Collections.disjoint(
                Arrays.asList(local(some).split(",")),
                Arrays.asList(local(others).split(",")));
    }

    private static String local(String hosts) {
        return hosts.replace("localhost:", "127.0.0.1:").replace(" ", "");
    }
}
