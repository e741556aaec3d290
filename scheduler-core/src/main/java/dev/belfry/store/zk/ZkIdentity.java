package dev.belfry.store.zk;

/** Who this process is to ZooKeeper. */
public sealed interface ZkIdentity {

    /** Nobody: everything it creates is open to the world. For development only. */
    record None() implements ZkIdentity {}

    /**
     * A user with a password. It travels in clear text unless TLS is on.
     *
     * @param user without a colon
     */
    record Digest(String user, ZkPassword password) implements ZkIdentity {
        public Digest {
            if (user.isEmpty() || user.indexOf(':') >= 0) {
                throw new IllegalArgumentException(
                        "a ZooKeeper user must not be empty nor contain a colon: '" + user + "'");
            }
        }

        @Override
        public String toString() {
            return "digest user " + user;
        }
    }

    /** The subject of the certificate in the key store of {@link ZkTls}, which must be given. */
    record X509() implements ZkIdentity {}
}
