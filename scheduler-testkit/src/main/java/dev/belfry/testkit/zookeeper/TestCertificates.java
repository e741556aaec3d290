package dev.belfry.testkit.zookeeper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.auth.ProviderRegistry;

/**
 * Keys and certificates for a TLS test, made by the JDK's {@code keytool}: one pair for the server, one per client, each
 * signed by itself, and a trust store that holds them all. Valid for a day. For tests only.
 */
public final class TestCertificates {
    /** The password of all stores. */
    public static final String PASSWORD = "only-for-tests";

    private final Path directory;
    private final Map<String, String> before = new LinkedHashMap<>();

    private TestCertificates(Path directory) {
        this.directory = directory;
    }

    /**
     * Makes certificates for the server, as {@code CN=server}, and for each client, as {@code CN=<client>}.
     *
     * @param directory that exists; the stores are put there
     */
    public static TestCertificates make(Path directory, String... clients) {
        TestCertificates made = new TestCertificates(directory);
        made.pair("server");
        for (String client : clients) {
            made.pair(client);
        }
        return made;
    }

    /** The key store of the server or of a client. */
    public Path keyStore(String name) {
        return directory.resolve(name + ".p12");
    }

    /** The trust store with all certificates. */
    public Path trustStore() {
        return directory.resolve("trust.p12");
    }

    private void pair(String name) {
        Path certificate = directory.resolve(name + ".cer");
        keytool(
                keyStore(name),
                "-genkeypair",
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-keyalg",
                "EC",
                "-validity",
                "1",
                "-ext",
                "san=ip:127.0.0.1,dns:localhost");
        keytool(keyStore(name), "-exportcert", "-alias", name, "-file", certificate.toString());
        keytool(trustStore(), "-importcert", "-noprompt", "-alias", name, "-file", certificate.toString());
    }

    private void keytool(Path store, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        try {
            Path output = Files.createTempFile(directory, "keytool", ".log");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException("keytool failed: " + command + "\n" + Files.readString(output));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run keytool: " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while keytool ran", e);
        }
    }

    /** Sets the properties of the JVM from which a ZooKeeper server takes its certificates. */
    void publish() {
        set("zookeeper.ssl.keyStore.location", keyStore("server").toString());
        set("zookeeper.ssl.keyStore.password", PASSWORD);
        set("zookeeper.ssl.trustStore.location", trustStore().toString());
        set("zookeeper.ssl.trustStore.password", PASSWORD);
        set("zookeeper.authProvider.x509", "org.apache.zookeeper.server.auth.X509AuthenticationProvider");
        set(ServerCnxnFactory.ZOOKEEPER_SERVER_CNXN_FACTORY, "org.apache.zookeeper.server.NettyServerCnxnFactory");
        ProviderRegistry.reset();
    }

    /** Sets them back. */
    void withdraw() {
        before.forEach((name, value) -> {
            if (value.isEmpty()) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, value);
            }
        });
        before.clear();
        ProviderRegistry.reset();
    }

    private void set(String name, String value) {
        before.put(name, System.getProperty(name, ""));
        System.setProperty(name, value);
    }
}
