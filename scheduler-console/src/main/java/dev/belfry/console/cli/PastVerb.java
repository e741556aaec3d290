package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.Journal;
import dev.belfry.console.history.HistoryAddress;
import dev.belfry.console.history.HistoryChoice;
import dev.belfry.console.history.Past;
import dev.belfry.console.query.Snapshot;
import dev.belfry.core.version.JobRecord;
import dev.belfry.history.HistoryException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** A command that tells of the past: from the journal in ZooKeeper, and from the history where there is one. */
abstract class PastVerb extends ClusterVerb {
    @Mixin
    private HistoryChoice history = new HistoryChoice();

    private @Nullable Past past;

    PastVerb(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() {
        history.environment(shell.environment());
        Optional<HistoryAddress> given;
        Optional<HistoryAddress> address;
        try {
            given = history.given();
            address = history.address(hosts(), namespaceName());
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
        try (Past opened = open(address, given.isPresent())) {
            past = opened;
            return super.call();
        }
    }

    private @Nullable Past open(Optional<HistoryAddress> address, boolean given) {
        if (address.isEmpty()) {
            return null;
        }
        try {
            return Past.open(address.get(), settings(), namespaceName());
        } catch (HistoryException e) {
            if (given) {
                throw e;
            }
            warn("the history of 'belfry up' cannot be read, going by ZooKeeper alone: " + e.getMessage());
            return null;
        }
    }

    /** A history may know a namespace that ZooKeeper has lost. */
    @Override
    boolean needsNamespace() {
        return past().isEmpty();
    }

    /** The history, if there is one. */
    Optional<Past> past() {
        return Optional.ofNullable(past);
    }

    /** The namespace as it is, with jobs and versions that only the history knows any more. */
    Snapshot snapshot(BelfryClient client) {
        Snapshot read = Snapshot.read(client, shell.clock().instant());
        List<JobRecord> present =
                read.jobs().stream().map(state -> state.record()).toList();
        return past().map(history -> read.with(history.jobs(present).jobs())).orElse(read);
    }

    /** What {@code asked} takes from the history, or what the journal in ZooKeeper lists. */
    Journal journal(BelfryClient client, Function<Past, Journal> asked) {
        Journal journal = past().map(asked).orElseGet(client::journal);
        report(journal.problems());
        return journal;
    }

    /** Everything that is known of fires due within a stretch of time. */
    Journal journal(BelfryClient client, Instant from, Instant to) {
        return journal(client, history -> history.journal(from, to).journal());
    }
}
