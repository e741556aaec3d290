package dev.belfry.console.cli;

/** Exit codes of every command. */
final class Exit {
    static final int DONE = 0;
    /** The answer is no. */
    static final int NO = 1;
    /** Wrong usage. */
    static final int USAGE = 2;
    /** ZooKeeper cannot be reached. */
    static final int UNREACHABLE = 3;

    private Exit() {}
}
