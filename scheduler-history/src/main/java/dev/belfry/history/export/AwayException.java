package dev.belfry.history.export;

/** ZooKeeper does not answer, or refuses: the round ends here and begins anew later. */
final class AwayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AwayException(String message) {
        super(message);
    }
}
