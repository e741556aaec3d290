package dev.belfry.store;

/** The answer to a read. */
public sealed interface Read {

    /** The znode as the server has it. */
    record Found(Znode znode) implements Read {}

    /** The server says that there is no such znode. */
    record Missing(String path) implements Read {}

    /** No answer; nothing is known. */
    record Failed(Failure failure) implements Read {}
}
