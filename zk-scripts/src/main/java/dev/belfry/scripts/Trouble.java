package dev.belfry.scripts;

/** A tool cannot go on. The message says what is wrong and what to do; the code is what the process ends with. */
final class Trouble extends RuntimeException {
    private static final long serialVersionUID = 1L;

    static final int FINDINGS = 1;
    static final int USAGE = 2;
    static final int UNREACHABLE = 3;

    private final int exitCode;

    Trouble(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
