package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.console.connect.ConnectionOptions;
import dev.belfry.store.zk.ZkSettings;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.ArgGroup;

/** A command that talks to a namespace. */
abstract class ClusterVerb extends Verb {

    @ArgGroup(validate = false, heading = "%nConnection:%n")
    private ConnectionOptions connection = new ConnectionOptions();

    ClusterVerb(Shell shell) {
        super(shell);
    }

    ZkSettings settings() {
        connection.environment(shell.environment());
        try {
            return writes() ? connection.settings() : connection.readOnlySettings();
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    /** The servers that are talked to. */
    String hosts() {
        connection.environment(shell.environment());
        return connection.hosts();
    }

    /** The namespace that is talked to. */
    String namespaceName() {
        connection.environment(shell.environment());
        return connection.namespaceName();
    }

    /** Whether it changes something; one that does not leaves no namespace behind where there was none. */
    boolean writes() {
        return false;
    }

    /** Whether it has nothing to say of a namespace that does not exist. */
    boolean needsNamespace() {
        return !writes();
    }

    /** Refuses wrong usage and wrong input before anything is connected to. */
    void check() {}

    /** What the command does once it has a client. */
    abstract int ask(BelfryClient client);

    @Override
    public Integer call() {
        check();
        return connected(this::ask);
    }

    /** Asks a question of the namespace. */
    <T> T connected(Function<BelfryClient, T> question) {
        try (BelfryClient client = shell.connect().apply(settings())) {
            client.awaitConnected();
            if (needsNamespace() && !client.namespaceExists()) {
                throw Absent.namespace(namespaceName(), hosts(), client.namespaces());
            }
            return question.apply(client);
        }
    }

    /** Says which records could not be read. */
    void report(List<String> problems) {
        problems.forEach(this::warn);
    }
}
