package dev.belfry.testkit.campaign;

import dev.belfry.agent.loop.AgentLoop;
import dev.belfry.master.MasterLoop;
import dev.belfry.store.Store;
import dev.belfry.testkit.cluster.SimCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Names the code that a simulation runs: a digest of every class of the core, the agent, the master, the store and the
 * simulation itself. Whatever changes in one of them changes the tag, committed or not.
 */
final class CodeTag {
    private static final int SHOWN_BYTES = 8;

    private CodeTag() {}

    /** The tag of the classes that this process has loaded: 16 hexadecimal digits. */
    static String ofThisProcess() {
        try {
            Set<URI> places = new LinkedHashSet<>();
            for (Class<?> one : List.of(Store.class, MasterLoop.class, AgentLoop.class, SimCluster.class)) {
                places.add(
                        one.getProtectionDomain().getCodeSource().getLocation().toURI());
            }
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (URI place : places) {
                add(digest, Path.of(place));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, SHOWN_BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the classes that are running", e);
        } catch (URISyntaxException | NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void add(MessageDigest digest, Path place) throws IOException {
        if (Files.isDirectory(place)) {
            addTree(digest, place);
        } else {
            try (FileSystem jar = FileSystems.newFileSystem(place, Map.of())) {
                addTree(digest, jar.getPath("/"));
            }
        }
    }

    private static void addTree(MessageDigest digest, Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".class"))
                    .sorted()
                    .toList()) {
                digest.update(root.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(file));
            }
        }
    }
}
