package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.console.query.Snapshot;
import dev.belfry.core.version.JobRecord;
import dev.belfry.store.zk.ZkIdentity;
import dev.belfry.store.zk.ZkPassword;
import dev.belfry.store.zk.ZkSettings;
import dev.belfry.store.zk.ZkTls;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command that talks to a namespace. */
abstract class ClusterVerb extends Verb {

    @Option(
            names = {"-z", "--zookeeper"},
            paramLabel = "HOSTS",
            description = "host:port, several with commas (default: $BELFRY_ZOOKEEPER, else localhost:2181)")
    @Nullable
    String zookeeper;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "The namespace (default: $BELFRY_NAMESPACE, else default)")
    @Nullable
    String namespace;

    @Option(names = "--user", paramLabel = "NAME", description = "Digest identity; needs --password-file.")
    @Nullable
    String user;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "First line: the password of --user (default: $BELFRY_PASSWORD_FILE)")
    @Nullable
    Path passwordFile;

    @Option(
            names = "--tls-trust",
            paramLabel = "FILE",
            description = "Trust store (PKCS12, JKS, PEM) for TLS to ZooKeeper.")
    @Nullable
    Path tlsTrust;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Key store, if the servers ask for a certificate.")
    @Nullable
    Path tlsKey;

    @Option(names = "--tls-password-file", paramLabel = "FILE", description = "First line: password of both stores.")
    @Nullable
    Path tlsPasswordFile;

    ClusterVerb(Shell shell) {
        super(shell);
    }

    ZkSettings settings() {
        try {
            ZkSettings.Builder settings = ZkSettings.builder(hosts(), namespaceName());
            if (user != null) {
                settings.identity(new ZkIdentity.Digest(user, ZkPassword.file(password())));
            }
            if (tlsTrust != null) {
                ZkPassword password =
                        tlsPasswordFile == null ? ZkPassword.of(new char[0]) : ZkPassword.file(tlsPasswordFile);
                ZkTls tls = ZkTls.trusting(tlsTrust, password);
                settings.tls(tlsKey == null ? tls : tls.withKey(tlsKey, password));
            }
            return settings.build();
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private Path password() {
        String variable = shell.environment().get("BELFRY_PASSWORD_FILE");
        if (passwordFile != null) {
            return passwordFile;
        }
        if (variable == null) {
            throw usage("--user needs --password-file FILE");
        }
        return Path.of(variable);
    }

    String hosts() {
        return zookeeper != null ? zookeeper : shell.environment().getOrDefault("BELFRY_ZOOKEEPER", "localhost:2181");
    }

    String namespaceName() {
        return namespace != null ? namespace : shell.environment().getOrDefault("BELFRY_NAMESPACE", "default");
    }

    /** Refuses wrong usage and wrong input before anything is connected to. */
    void check() {}

    /** What the command does once it has a client. */
    abstract int ask(BelfryClient client);

    @Override
    public Integer call() {
        check();
        try (BelfryClient client = shell.connect().apply(settings())) {
            client.awaitConnected();
            return ask(client);
        }
    }

    /** A job by its name; if its definition cannot be read, the answer is why. */
    static JobRecord required(Snapshot snapshot, String job) {
        return snapshot.job(job)
                .orElseThrow(() -> new NoException(
                        snapshot.problem(job).orElse("no job '" + job + "'; see 'belfry get jobs'")));
    }

    /** Says which records could not be read. */
    void report(List<String> problems) {
        problems.forEach(this::warn);
    }
}
