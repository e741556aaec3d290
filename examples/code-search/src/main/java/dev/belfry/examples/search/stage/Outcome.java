package dev.belfry.examples.search.stage;

/** How an attempt of a stage ended when it did not fail. */
public sealed interface Outcome {
    /** The shard's output is new. */
    record Published(String input, String detail) implements Outcome {}

    /** The shard's output was that of the present input already. */
    record Unchanged(String input) implements Outcome {}

    /** A part of the work is done and kept; the next run goes on. */
    record Partial(int done, int total) implements Outcome {}

    /** There is no complete and consistent input at the moment. */
    record Waiting(String reason) implements Outcome {}
}
