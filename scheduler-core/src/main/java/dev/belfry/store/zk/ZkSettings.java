package dev.belfry.store.zk;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.zookeeper.client.ConnectStringParser;

/** How to reach ZooKeeper, as whom, and where in its tree. Immutable; made by {@link #builder}. */
public final class ZkSettings {
    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final Builder from;

    private ZkSettings(Builder from) {
        this.from = new Builder(from);
    }

    /** Below it lie the namespaces. */
    static final String ROOTS = "/belfry";

    /**
     * Settings with the defaults: session time-out 10 s, connection time-out 8 s, no identity, no TLS.
     *
     * @param connectString {@code host:port}, several separated by commas; a chroot may follow if it exists
     * @param namespace 1 to 64 letters, digits, dots, dashes, underscores; everything is kept below {@code /belfry/<namespace>}
     * @throws IllegalArgumentException if either is malformed
     */
    public static Builder builder(String connectString, String namespace) {
        if (connectString.isBlank()) {
            throw new IllegalArgumentException(
                    "the ZooKeeper connect string is empty; write host:port, several with commas");
        }
        try {
            new ConnectStringParser(connectString);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "malformed ZooKeeper connect string '" + connectString + "'; write host:port, several with commas"
                            + (e instanceof NumberFormatException ? "" : ": " + e.getMessage()),
                    e);
        }
        if (!NAMESPACE.matcher(namespace).matches()) {
            throw new IllegalArgumentException("malformed namespace '" + namespace
                    + "'; 1 to 64 letters, digits, '.', '-' or '_', beginning with a letter or digit");
        }
        return new Builder(connectString, namespace);
    }

    /** Hosts and ports, and perhaps a chroot. */
    public String connectString() {
        return from.connectString;
    }

    /** The path below which everything is kept: {@code /belfry/<namespace>}. */
    public String root() {
        return ROOTS + "/" + from.namespace;
    }

    /** The session time-out to ask for; the server may grant another. */
    public Duration sessionTimeout() {
        return from.sessionTimeout;
    }

    /** How long without a connection is taken for an outage. */
    public Duration connectionTimeout() {
        return from.connectionTimeout;
    }

    /** How often an outage that goes on is reported in the log. */
    public Duration reportEvery() {
        return from.reportEvery;
    }

    /** Who this process is. */
    public ZkIdentity identity() {
        return from.identity;
    }

    /** TLS, if it is on. */
    public Optional<ZkTls> tls() {
        return from.tls;
    }

    /** Who may do what with the znodes created. */
    public ZkRoles roles() {
        return from.roles;
    }

    boolean creating() {
        return from.creating;
    }

    /** Collects settings. Not thread-safe. */
    public static final class Builder {
        private final String connectString;
        private final String namespace;
        private Duration sessionTimeout = Duration.ofSeconds(10);
        private Duration connectionTimeout = Duration.ofSeconds(8);
        private Duration reportEvery = Duration.ofSeconds(30);
        private ZkIdentity identity = new ZkIdentity.None();
        private Optional<ZkTls> tls = Optional.empty();
        private ZkRoles roles = ZkRoles.CREATOR;
        private boolean creating = true;

        private Builder(String connectString, String namespace) {
            this.connectString = connectString;
            this.namespace = namespace;
        }

        private Builder(Builder other) {
            this(other.connectString, other.namespace);
            sessionTimeout = other.sessionTimeout;
            connectionTimeout = other.connectionTimeout;
            reportEvery = other.reportEvery;
            identity = other.identity;
            tls = other.tls;
            roles = other.roles;
            creating = other.creating;
        }

        /** The session time-out to ask for. Servers grant 2 to 20 of their ticks, by default 4 s to 40 s. */
        public Builder sessionTimeout(Duration timeout) {
            sessionTimeout = positive("session time-out", timeout);
            return this;
        }

        /** How long without a connection is taken for an outage. */
        public Builder connectionTimeout(Duration timeout) {
            connectionTimeout = positive("connection time-out", timeout);
            return this;
        }

        /** How often an outage that goes on is reported in the log. */
        public Builder reportEvery(Duration period) {
            reportEvery = positive("report period", period);
            return this;
        }

        public Builder identity(ZkIdentity identity) {
            this.identity = identity;
            return this;
        }

        public Builder tls(ZkTls tls) {
            this.tls = Optional.of(tls);
            return this;
        }

        public Builder roles(ZkRoles roles) {
            this.roles = roles;
            return this;
        }

        /** For whoever only reads: a namespace that does not exist is not created, and looks empty. */
        public Builder readOnly() {
            creating = false;
            return this;
        }

        /**
         * The settings.
         *
         * @throws IllegalArgumentException if they contradict each other
         */
        public ZkSettings build() {
            if (identity instanceof ZkIdentity.X509 && tls.flatMap(ZkTls::key).isEmpty()) {
                throw new IllegalArgumentException(
                        "an X.509 identity needs TLS with a key store: call tls(...withKey(...))");
            }
            if (identity instanceof ZkIdentity.None && !roles.equals(ZkRoles.CREATOR)) {
                throw new IllegalArgumentException(
                        "roles are given but no identity: this process would lock itself out; call identity(...)");
            }
            return new ZkSettings(this);
        }

        private static Duration positive(String what, Duration value) {
            if (value.toMillis() <= 0 || value.toMillis() > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(what + " must be positive and at most 24 days: " + value);
            }
            return value;
        }
    }
}
