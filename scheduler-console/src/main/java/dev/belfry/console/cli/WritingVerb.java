package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import picocli.CommandLine.Option;

/** A command that changes something: it says who wants it and why. */
abstract class WritingVerb extends ClusterVerb {

    @Option(
            names = "--as",
            paramLabel = "NAME",
            description = "Who asks for it; kept with the change. Default: the user of this machine.")
    String author = System.getProperty("user.name", "unknown");

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept with the change.")
    String reason = "";

    WritingVerb(Shell shell) {
        super(shell);
    }

    @Override
    boolean writes() {
        return true;
    }

    BelfryClient.Asker asker() {
        return new BelfryClient.Asker(author, reason);
    }
}
