package dev.belfry.console.cli;

import dev.belfry.testkit.zookeeper.EmbeddedZooKeeper;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A ZooKeeper server for the tests of one class, each of which has a namespace of its own, and a directory for files. */
final class ServedConsole implements BeforeAllCallback, AfterAllCallback {
    private @Nullable Path directory;
    private @Nullable EmbeddedZooKeeper server;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        directory = Files.createTempDirectory("belfry-console");
        server = EmbeddedZooKeeper.start(directory.resolve("zookeeper"));
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        server().close();
        Files.walkFileTree(directory(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path left, @Nullable IOException failed) throws IOException {
                Files.delete(left);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    EmbeddedZooKeeper server() {
        return java.util.Objects.requireNonNull(server, "before all tests");
    }

    Path directory() {
        return java.util.Objects.requireNonNull(directory, "before all tests");
    }

    /** The namespace of a test: the name of its method. */
    static String namespace(TestInfo test) {
        return test.getTestMethod().orElseThrow().getName();
    }

    /** The command line in the namespace of a test. */
    Console console(TestInfo test) {
        return new Console(Map.of("BELFRY_ZOOKEEPER", server().connectString(), "BELFRY_NAMESPACE", namespace(test)));
    }

    /** Makes the namespace of a test, with nothing in it. */
    void create(TestInfo test) throws Exception {
        create("/belfry");
        create("/belfry/" + namespace(test));
    }

    /** Makes a znode, unless it is there. */
    void create(String path) throws Exception {
        ZooKeeper zk = new ZooKeeper(server().connectString(), 10_000, event -> {});
        try {
            if (zk.exists(path, false) == null) {
                zk.create(path, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            }
        } finally {
            zk.close();
        }
    }

    /** A file with a text; the answer is its path. */
    String file(String name, String text) throws IOException {
        return Files.writeString(directory().resolve(name), text).toString();
    }
}
