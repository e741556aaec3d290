package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.store.zk.ZkConnection;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The command line with its output kept, for tests. */
final class Console {
    private final Map<String, String> environment;
    private final InstantSource clock;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    Console() {
        this(Map.of());
    }

    Console(Map<String, String> environment) {
        this(environment, InstantSource.system());
    }

    Console(Map<String, String> environment, InstantSource clock) {
        this.environment = environment;
        this.clock = clock;
    }

    /** Runs a command with an input; output and errors are of this command alone. */
    int run(String input, String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Belfry.run(shell(input), arguments);
    }

    /** What a command meets. */
    Shell shell(String input) {
        return new Shell(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                new BufferedReader(new StringReader(input)),
                environment,
                clock,
                settings -> BelfryClient.over(ZkConnection.open(settings), Duration.ofSeconds(5)));
    }

    /** Runs a command written as one line, its words apart by single blanks. */
    int line(String words) {
        return run("", words.split(" "));
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }

    List<String> lines() {
        return new ArrayList<>(out().lines().toList());
    }
}
