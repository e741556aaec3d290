package dev.belfry.console.connect;

import dev.belfry.store.zk.ZkIdentity;
import dev.belfry.store.zk.ZkPassword;
import dev.belfry.store.zk.ZkRoles;
import dev.belfry.store.zk.ZkSettings;
import dev.belfry.store.zk.ZkTls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options by which a command reaches ZooKeeper. Each has a variable of the environment that stands for it where it is not
 * given; an option goes before its variable. Passwords are never options, since every user of a machine sees those.
 *
 * <p>Not thread-safe; filled by picocli.
 */
public final class ConnectionOptions {
    /** Where ZooKeeper is looked for if nothing says where. */
    public static final String DEFAULT_HOSTS = "localhost:2181";
    /** The namespace if nothing says which. */
    public static final String DEFAULT_NAMESPACE = "default";

    @Option(
            names = {"-z", "--zookeeper"},
            paramLabel = "HOSTS",
            description = "Servers as host:port, several separated by commas. Default: $BELFRY_ZOOKEEPER, else "
                    + DEFAULT_HOSTS + ".")
    private @Nullable String zookeeper;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "The namespace, one per cluster of agents. Default: $BELFRY_NAMESPACE, else '"
                    + DEFAULT_NAMESPACE + "'; the scripts of zk-scripts take the only one that there is.")
    private @Nullable String namespace;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description = "Digest identity: the user. Default: $BELFRY_ZK_USER, else no identity.")
    private @Nullable String user;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "File whose first line is the password of --user. Default: $BELFRY_ZK_PASSWORD_FILE, else the"
                    + " password in $BELFRY_ZK_PASSWORD.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--trust-store",
            paramLabel = "FILE",
            description = "Turns TLS on: certificates of those who sign the servers' (PKCS12, JKS or PEM, told by the"
                    + " ending). Default: $BELFRY_ZK_TRUST_STORE.")
    private @Nullable Path trustStore;

    @Option(
            names = "--trust-store-password-file",
            paramLabel = "FILE",
            description = "File whose first line is the password of --trust-store, if it has one. Default:"
                    + " $BELFRY_ZK_TRUST_STORE_PASSWORD_FILE.")
    private @Nullable Path trustStorePassword;

    @Option(
            names = "--key-store",
            paramLabel = "FILE",
            description =
                    "Own key and certificate, if the servers ask for one; without --user its subject is the (X.509)"
                            + " identity. Default: $BELFRY_ZK_KEY_STORE.")
    private @Nullable Path keyStore;

    @Option(
            names = "--key-store-password-file",
            paramLabel = "FILE",
            description = "File whose first line is the password of --key-store, if it has one. Default:"
                    + " $BELFRY_ZK_KEY_STORE_PASSWORD_FILE.")
    private @Nullable Path keyStorePassword;

    @Option(
            names = "--no-hostname-check",
            description = "Accept certificates of servers that do not name the host. For trials only.")
    private boolean noHostnameCheck;

    @Option(
            names = "--acl-agent",
            paramLabel = "ID",
            description = "An id that may do everything with what is created, as setup-acls prints it:"
                    + " digest:user:hash or x509:CN=... May be repeated. Default: only the own identity.")
    private List<String> agents = new ArrayList<>();

    @Option(names = "--acl-operator", paramLabel = "ID", description = "The same, for operators. May be repeated.")
    private List<String> operators = new ArrayList<>();

    @Option(
            names = "--acl-reader",
            paramLabel = "ID",
            description = "An id that may read what is created. May be repeated.")
    private List<String> readers = new ArrayList<>();

    private Map<String, String> environment = System.getenv();

    /** Takes variables from {@code variables} instead of the process's environment. */
    public void environment(Map<String, String> variables) {
        environment = Map.copyOf(variables);
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    private Optional<String> given(@Nullable String option, String variable) {
        return option != null ? Optional.of(option) : variable(variable);
    }

    private Optional<Path> given(@Nullable Path option, String variable) {
        return option != null ? Optional.of(option) : variable(variable).map(Path::of);
    }

    /** {@code host:port}, several separated by commas. */
    public String hosts() {
        return given(zookeeper, "BELFRY_ZOOKEEPER").orElse(DEFAULT_HOSTS);
    }

    /** The namespace, if an option or a variable says which. */
    public Optional<String> givenNamespace() {
        return given(namespace, "BELFRY_NAMESPACE");
    }

    /** The namespace. */
    public String namespaceName() {
        return givenNamespace().orElse(DEFAULT_NAMESPACE);
    }

    /**
     * Who asks: a digest user, the certificate, or nobody.
     *
     * @throws IllegalArgumentException if there is a user without a password, saying what to give
     */
    public ZkIdentity identity() {
        Optional<String> name = given(user, "BELFRY_ZK_USER");
        if (name.isEmpty()) {
            return keyStore().isPresent() ? new ZkIdentity.X509() : new ZkIdentity.None();
        }
        Optional<Path> file = given(passwordFile, "BELFRY_ZK_PASSWORD_FILE");
        if (file.isPresent()) {
            readable("--password-file", file.get());
            return new ZkIdentity.Digest(name.get(), ZkPassword.file(file.get()));
        }
        String password = variable("BELFRY_ZK_PASSWORD")
                .orElseThrow(() -> new IllegalArgumentException("no password for user '" + name.get()
                        + "': give --password-file FILE, or set BELFRY_ZK_PASSWORD_FILE or BELFRY_ZK_PASSWORD"));
        return new ZkIdentity.Digest(name.get(), ZkPassword.of(password.toCharArray()));
    }

    /**
     * TLS to ZooKeeper, if it is on.
     *
     * @throws IllegalArgumentException if a store cannot be read, or there is a key store and no trust store
     */
    public Optional<ZkTls> tls() {
        Optional<Path> trust = given(trustStore, "BELFRY_ZK_TRUST_STORE");
        if (trust.isEmpty()) {
            if (keyStore().isPresent()) {
                throw new IllegalArgumentException("--key-store needs --trust-store FILE, which turns TLS on");
            }
            return Optional.empty();
        }
        ZkTls tls =
                ZkTls.trusting(trust.get(), optional(given(trustStorePassword, "BELFRY_ZK_TRUST_STORE_PASSWORD_FILE")));
        if (keyStore().isPresent()) {
            tls = tls.withKey(keyStore().get(), optional(given(keyStorePassword, "BELFRY_ZK_KEY_STORE_PASSWORD_FILE")));
        }
        return Optional.of(noHostnameCheck ? tls.withoutHostnameCheck() : tls);
    }

    private Optional<Path> keyStore() {
        return given(keyStore, "BELFRY_ZK_KEY_STORE");
    }

    private static ZkPassword optional(Optional<Path> file) {
        file.ifPresent(path -> readable("--trust-store-password-file or --key-store-password-file", path));
        return file.map(ZkPassword::file).orElseGet(() -> ZkPassword.of(new char[0]));
    }

    private static void readable(String option, Path file) {
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException(option + ": no readable file " + file);
        }
    }

    /** Who may do what with the znodes that this process creates. */
    public ZkRoles roles() {
        return new ZkRoles(agents, operators, readers);
    }

    /**
     * All of it.
     *
     * @throws IllegalArgumentException if something does not fit together, saying what to give
     */
    public ZkSettings settings() {
        return builder().build();
    }

    /**
     * All of it, for whoever only reads: a namespace that does not exist is not created.
     *
     * @throws IllegalArgumentException if something does not fit together, saying what to give
     */
    public ZkSettings readOnlySettings() {
        return builder().readOnly().build();
    }

    private ZkSettings.Builder builder() {
        ZkSettings.Builder settings = ZkSettings.builder(hosts(), namespaceName())
                .identity(identity())
                .roles(roles());
        tls().ifPresent(settings::tls);
        return settings;
    }
}
