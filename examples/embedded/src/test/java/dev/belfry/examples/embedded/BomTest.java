package dev.belfry.examples.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.zookeeper.Version;
import org.junit.jupiter.api.Test;

/** A project that imports the BOM and names no version gets those that Belfry is built and tested with. */
class BomTest {
    private static final Path BOM = Path.of("../../scheduler-bom/pom.xml");
    private static final Pattern PROPERTY = Pattern.compile("<([a-z0-9]+)\\.version>([^<]+)</");
    private static final Pattern JAR = Pattern.compile("(.+?)-(\\d[^-]*(?:-[a-z]+)?)\\.jar");
    /** A jar of each library that this project has, and the property of the BOM that names its version. */
    private static final Map<String, String> LIBRARIES = Map.ofEntries(
            Map.entry("zookeeper", "zookeeper"),
            Map.entry("zookeeper-jute", "zookeeper"),
            Map.entry("curator-client", "curator"),
            Map.entry("curator-framework", "curator"),
            Map.entry("curator-recipes", "curator"),
            Map.entry("curator-test", "curator"),
            Map.entry("guava", "guava"),
            Map.entry("jackson-databind", "jackson"),
            Map.entry("jackson-dataformat-yaml", "jackson"),
            Map.entry("slf4j-api", "slf4j"),
            Map.entry("logback-classic", "logback"),
            Map.entry("quartz", "quartz"),
            Map.entry("snappy-java", "snappy"),
            Map.entry("metrics-core", "metrics"),
            Map.entry("netty-handler", "netty"),
            Map.entry("junit-jupiter-api", "junit"));

    @Test
    void everyLibraryIsOfTheVersionThatTheBomNames() throws IOException {
        Map<String, String> named = new TreeMap<>();
        Matcher property = PROPERTY.matcher(Files.readString(BOM));
        while (property.find()) {
            named.put(property.group(1), property.group(2));
        }
        Map<String, String> expected = new TreeMap<>();
        LIBRARIES.forEach((jar, library) -> expected.put(jar, named.get(library)));
        Map<String, String> found = jars();
        found.keySet().retainAll(expected.keySet());
        assertEquals(expected, found);
    }

    @Test
    void zooKeeperHasTheFixesOfItsKnownHoles() {
        assertTrue(Version.getVersion().matches("3\\.(9\\.([5-9]|\\d{2,})|\\d{2,}\\.\\d+).*"), Version.getVersion());
    }

    private static Map<String, String> jars() {
        // Surefire may put the class path into the manifest of a jar, and names it here.
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Map<String, String> jars = new TreeMap<>();
        for (String entry : path.split(Pattern.quote(File.pathSeparator))) {
            Matcher jar = JAR.matcher(Path.of(entry).getFileName().toString());
            if (jar.matches()) {
                jars.merge(jar.group(1), jar.group(2), (one, other) -> one + " and " + other);
            }
        }
        return jars;
    }
}
