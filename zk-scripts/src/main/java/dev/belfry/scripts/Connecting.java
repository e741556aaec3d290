package dev.belfry.scripts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ClientX509Util;
import org.apache.zookeeper.common.ZKConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which every tool reaches ZooKeeper. */
final class Connecting {
    /** Above what the product accepts, so that a listing too large for it can still be looked at. */
    private static final String LARGEST_ANSWER = Integer.toString(64 * 1024 * 1024);

    static final String BELFRY = "/belfry";

    @Option(
            names = "--zookeeper",
            paramLabel = "HOSTS",
            description = "host:port, several with commas (default $BELFRY_ZOOKEEPER, else 127.0.0.1:2181).")
    @Nullable
    String servers;

    @Option(
            names = "--namespace",
            paramLabel = "NS",
            description = "The namespace (default $BELFRY_NAMESPACE, else the only one that there is).")
    @Nullable
    String namespace;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "How long to wait for a server (default 10).")
    int timeout = 10;

    @Option(
            names = "--user",
            paramLabel = "USER",
            description =
                    "Digest user (default $BELFRY_ZK_USER). The password comes from $BELFRY_ZK_PASSWORD or a file.")
    @Nullable
    String user;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "File whose first line is that user's password.")
    @Nullable
    Path passwordFile;

    @Option(names = "--trust-store", paramLabel = "FILE", description = "Turns TLS on; PKCS12, JKS or PEM.")
    @Nullable
    Path trustStore;

    @Option(names = "--trust-store-password-file", paramLabel = "FILE", description = "Its password.")
    @Nullable
    Path trustStorePassword;

    @Option(names = "--key-store", paramLabel = "FILE", description = "Own key and certificate, for TLS.")
    @Nullable
    Path keyStore;

    @Option(names = "--key-store-password-file", paramLabel = "FILE", description = "Its password.")
    @Nullable
    Path keyStorePassword;

    @Option(names = "--no-hostname-check", description = "The servers' certificates need not name their hosts.")
    boolean noHostnameCheck;

    String servers() {
        return servers != null ? servers : environment("BELFRY_ZOOKEEPER").orElse("127.0.0.1:2181");
    }

    static Optional<String> environment(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
    }

    /** Connects, as the user given if one is. */
    Tree connect() {
        Tree tree = Tree.connect(servers(), config(), Duration.ofSeconds(timeout));
        Optional<String> who = user != null ? Optional.of(user) : environment("BELFRY_ZK_USER");
        who.ifPresent(
                name -> tree.authenticate(name, password("the user " + name, passwordFile, "BELFRY_ZK_PASSWORD")));
        return tree;
    }

    /** The first line of the file, else the environment's variable. */
    static char[] password(String whose, @Nullable Path file, String variable) {
        if (file != null) {
            return firstLine(file);
        }
        return environment(variable)
                .map(String::toCharArray)
                .orElseThrow(() -> new Trouble(
                        Trouble.USAGE,
                        "no password for " + whose + ": name a file with the option for it, or set $" + variable));
    }

    private static char[] firstLine(Path file) {
        try (var lines = Files.lines(file)) {
            return lines.findFirst().orElse("").toCharArray();
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new Trouble(Trouble.USAGE, "cannot read the password file " + file + ": " + e.getMessage());
        }
    }

    private ZKClientConfig config() {
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty(ZKConfig.JUTE_MAXBUFFER, LARGEST_ANSWER);
        config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
        if (trustStore != null) {
            config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
            config.setProperty(
                    ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNetty");
            try (ClientX509Util names = new ClientX509Util()) {
                config.setProperty(names.getSslTruststoreLocationProperty(), readable(trustStore));
                config.setProperty(names.getSslTruststorePasswdProperty(), optional(trustStorePassword));
                config.setProperty(
                        names.getSslHostnameVerificationEnabledProperty(), Boolean.toString(!noHostnameCheck));
                config.setProperty(names.getSslKeystoreLocationProperty(), keyStore == null ? "" : readable(keyStore));
                config.setProperty(names.getSslKeystorePasswdProperty(), optional(keyStorePassword));
            }
        }
        return config;
    }

    private static String readable(Path file) {
        if (!Files.isReadable(file)) {
            throw new Trouble(Trouble.USAGE, "cannot read the key or trust store " + file);
        }
        return file.toString();
    }

    private static String optional(@Nullable Path file) {
        return file == null ? "" : new String(firstLine(file));
    }

    /** The namespace asked for. */
    Optional<String> given() {
        return namespace != null ? Optional.of(namespace) : environment("BELFRY_NAMESPACE");
    }

    /** Absolute path of the namespace asked for, or of the only one. */
    String root(Tree tree) throws KeeperException {
        Optional<String> given = given();
        List<String> known = namespaces(tree);
        if (given.isPresent()) {
            if (!known.contains(given.get())) {
                throw new Trouble(
                        Trouble.USAGE, "no namespace '" + given.get() + "' at " + servers() + "; known are " + known);
            }
            return BELFRY + "/" + given.get();
        }
        if (known.size() != 1) {
            throw new Trouble(
                    Trouble.USAGE,
                    known.isEmpty()
                            ? "no namespace at " + servers() + " yet: an agent creates its own at its first start"
                            : "several namespaces at " + servers() + ": say which with --namespace, one of " + known);
        }
        return BELFRY + "/" + known.get(0);
    }

    private static List<String> namespaces(Tree tree) throws KeeperException {
        try {
            return tree.ask(zk -> zk.getChildren(BELFRY, false)).stream()
                    .sorted()
                    .toList();
        } catch (KeeperException.NoNodeException e) {
            return List.of();
        }
    }
}
