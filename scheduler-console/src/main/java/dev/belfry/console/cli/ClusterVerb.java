package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.console.access.AccessOptions;
import dev.belfry.console.query.Snapshot;
import dev.belfry.core.version.JobRecord;
import dev.belfry.store.zk.ZkSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
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

    @Mixin
    AccessOptions access = new AccessOptions();

    ClusterVerb(Shell shell) {
        super(shell);
    }

    ZkSettings settings() {
        try {
            ZkSettings.Builder settings = ZkSettings.builder(hosts(), namespaceName())
                    .identity(access.identity(shell.environment()))
                    .roles(access.roles());
            access.tls().ifPresent(settings::tls);
            return settings.build();
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
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
                .orElseThrow(() ->
                        new NoException(snapshot.problem(job).orElse("no job '" + job + "'; see 'belfry get jobs'")));
    }

    /** Says which records could not be read. */
    void report(List<String> problems) {
        problems.forEach(this::warn);
    }
}
