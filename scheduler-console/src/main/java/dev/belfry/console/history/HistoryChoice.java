package dev.belfry.console.history;

import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which history a command reads: the one that it is given, else that of an {@code up} on this machine, else none. */
public final class HistoryChoice {
    @Mixin
    private HistoryOptions given = new HistoryOptions();

    @Option(
            names = "--no-history",
            description = "Go by ZooKeeper alone, although a history is given or 'belfry up' on this machine has one.")
    private boolean none;

    /** Takes variables from {@code variables} instead of the process's environment. */
    public void environment(Map<String, String> variables) {
        given.environment(variables);
    }

    /**
     * The one that is given.
     *
     * @throws IllegalArgumentException if it is said in a way that cannot be right
     */
    public Optional<HistoryAddress> given() {
        return none ? Optional.empty() : given.address();
    }

    /**
     * Where the history is, if there is one.
     *
     * @param hosts of ZooKeeper, as the command connects
     * @throws IllegalArgumentException if it is said in a way that cannot be right
     */
    public Optional<HistoryAddress> address(String hosts, String namespace) {
        if (none) {
            return Optional.empty();
        }
        return given.address().or(() -> LocalHistory.in(given.environment()).find(hosts, namespace));
    }
}
