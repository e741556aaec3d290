package dev.belfry.scripts;

import dev.belfry.console.connect.ConnectionOptions;
import dev.belfry.store.zk.ZkIdentity;
import dev.belfry.store.zk.ZkPassword;
import dev.belfry.store.zk.ZkTls;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ClientX509Util;
import org.apache.zookeeper.common.ZKConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options by which every tool reaches ZooKeeper. */
final class Connecting {
    /** Above what the product accepts, so that a listing too large for it can still be looked at. */
    private static final String LARGEST_ANSWER = Integer.toString(64 * 1024 * 1024);

    static final String BELFRY = "/belfry";

    @ArgGroup(validate = false)
    private ConnectionOptions options = new ConnectionOptions();

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "How long to wait for a server (default 10).")
    int timeout = 10;

    String servers() {
        return options.hosts();
    }

    static Optional<String> environment(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
    }

    /** Connects, as the user given if one is. */
    Tree connect() {
        ZkIdentity identity;
        ZKClientConfig config;
        try {
            identity = options.identity();
            config = config(options.tls());
        } catch (IllegalArgumentException e) {
            throw new Trouble(Trouble.USAGE, String.valueOf(e.getMessage()));
        }
        Tree tree = Tree.connect(servers(), config, Duration.ofSeconds(timeout));
        if (identity instanceof ZkIdentity.Digest digest) {
            tree.authenticate(digest.user(), read(digest.password()));
        }
        return tree;
    }

    private static char[] read(ZkPassword password) {
        try {
            return password.get();
        } catch (UncheckedIOException e) {
            throw new Trouble(Trouble.USAGE, String.valueOf(e.getMessage()));
        }
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
        return read(ZkPassword.file(file));
    }

    private static ZKClientConfig config(Optional<ZkTls> tls) {
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty(ZKConfig.JUTE_MAXBUFFER, LARGEST_ANSWER);
        config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
        tls.ifPresent(with -> secure(config, with));
        return config;
    }

    private static void secure(ZKClientConfig config, ZkTls tls) {
        config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
        config.setProperty(ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNetty");
        try (ClientX509Util names = new ClientX509Util()) {
            config.setProperty(
                    names.getSslTruststoreLocationProperty(), tls.trust().file().toString());
            config.setProperty(
                    names.getSslTruststorePasswdProperty(),
                    new String(read(tls.trust().password())));
            config.setProperty(
                    names.getSslHostnameVerificationEnabledProperty(), Boolean.toString(tls.verifyHostname()));
            tls.key().ifPresent(key -> {
                config.setProperty(
                        names.getSslKeystoreLocationProperty(), key.file().toString());
                config.setProperty(names.getSslKeystorePasswdProperty(), new String(read(key.password())));
            });
        }
    }

    /** The namespace asked for. */
    Optional<String> given() {
        return options.givenNamespace();
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
