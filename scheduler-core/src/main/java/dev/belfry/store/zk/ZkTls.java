package dev.belfry.store.zk;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * TLS to ZooKeeper. Stores are PKCS12, JKS or PEM files, told apart by their extension.
 *
 * @param trust certificates of those who sign the servers' certificates
 * @param key this process's own key and certificate, if the servers ask for one
 * @param verifyHostname whether a server's certificate has to name the host that was connected to
 */
public record ZkTls(KeyFile trust, Optional<KeyFile> key, boolean verifyHostname) {

    /** One key or trust store. */
    public record KeyFile(Path file, ZkPassword password) {
        public KeyFile {
            if (!Files.isReadable(file)) {
                throw new IllegalArgumentException("cannot read the key or trust store " + file.toAbsolutePath()
                        + ": check the path and its permissions");
            }
        }

        @Override
        public String toString() {
            return file.toString();
        }
    }

    /** TLS that proves the servers to this process, but not this process to them. */
    public static ZkTls trusting(Path trustStore, ZkPassword password) {
        return new ZkTls(new KeyFile(trustStore, password), Optional.empty(), true);
    }

    /** The same with a key and certificate of our own. */
    public ZkTls withKey(Path keyStore, ZkPassword password) {
        return new ZkTls(trust, Optional.of(new KeyFile(keyStore, password)), verifyHostname);
    }

    /** The same without a check that the certificate names the host. For test certificates. */
    public ZkTls withoutHostnameCheck() {
        return new ZkTls(trust, key, false);
    }
}
