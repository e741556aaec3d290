package dev.belfry.store;

/** Why a request that changes nothing was not answered. */
public sealed interface Failure {

    String why();

    /** The connection is down or was lost; ask again after {@link SessionListener#resumed}. */
    record Unavailable(String why) implements Failure {}

    /** Refused by ACL or over a limit; asking again will not help. */
    record Rejected(String why) implements Failure {}

    /** The session is over. */
    record SessionOver(String why) implements Failure {}
}
