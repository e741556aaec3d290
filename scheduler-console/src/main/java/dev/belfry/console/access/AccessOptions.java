package dev.belfry.console.access;

import dev.belfry.store.zk.ZkIdentity;
import dev.belfry.store.zk.ZkPassword;
import dev.belfry.store.zk.ZkRoles;
import dev.belfry.store.zk.ZkTls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options that say who a process is to ZooKeeper, how it trusts the servers, and who may do what with the znodes that
 * it creates. Filled in by picocli.
 */
public final class AccessOptions {

    @Option(names = "--user", paramLabel = "NAME", description = "Digest identity; needs --password-file.")
    @Nullable
    String user;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "First line: the password of --user (default: $BELFRY_PASSWORD_FILE)")
    @Nullable
    Path passwordFile;

    @Option(
            names = "--tls-trust",
            paramLabel = "FILE",
            description = "Trust store (PKCS12, JKS, PEM) for TLS to ZooKeeper.")
    @Nullable
    Path tlsTrust;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description =
                    "Key store, if the servers ask for a certificate. Without --user the certificate is the identity.")
    @Nullable
    Path tlsKey;

    @Option(names = "--tls-password-file", paramLabel = "FILE", description = "First line: password of both stores.")
    @Nullable
    Path tlsPasswordFile;

    @Option(
            names = "--no-hostname-check",
            description = "Do not ask that a server's certificate names its host. For trials.")
    boolean noHostnameCheck;

    @Option(
            names = "--acl-agent",
            paramLabel = "ID",
            description = "An id that may do everything, as setup-acls prints it: digest:user:hash or x509:CN=..."
                    + " May be repeated. Without any, only this identity has access to what it creates.")
    List<String> agents = new ArrayList<>();

    @Option(names = "--acl-operator", paramLabel = "ID", description = "The same, for operators. May be repeated.")
    List<String> operators = new ArrayList<>();

    @Option(names = "--acl-reader", paramLabel = "ID", description = "An id that may read. May be repeated.")
    List<String> readers = new ArrayList<>();

    /**
     * Who this process is.
     *
     * @param environment where {@code BELFRY_PASSWORD_FILE} is looked up
     * @throws IllegalArgumentException if the options contradict each other, or a file cannot be read
     */
    public ZkIdentity identity(Map<String, String> environment) {
        if (user != null) {
            String variable = environment.get("BELFRY_PASSWORD_FILE");
            if (passwordFile == null && variable == null) {
                throw new IllegalArgumentException("--user needs --password-file FILE");
            }
            Path file = passwordFile == null ? Path.of(variable) : passwordFile;
            if (!Files.isReadable(file)) {
                throw new IllegalArgumentException("no readable password file " + file);
            }
            return new ZkIdentity.Digest(user, ZkPassword.file(file));
        }
        return tlsKey == null ? new ZkIdentity.None() : new ZkIdentity.X509();
    }

    /** Who may do what with the znodes that this process creates. */
    public ZkRoles roles() {
        return new ZkRoles(agents, operators, readers);
    }

    /**
     * TLS, if it is asked for.
     *
     * @throws IllegalArgumentException if the options contradict each other, or a file cannot be read
     */
    public Optional<ZkTls> tls() {
        if (tlsTrust == null) {
            if (tlsKey != null) {
                throw new IllegalArgumentException("--tls-key needs --tls-trust FILE");
            }
            return Optional.empty();
        }
        if (tlsPasswordFile != null && !Files.isReadable(tlsPasswordFile)) {
            throw new IllegalArgumentException("--tls-password-file: no readable file " + tlsPasswordFile);
        }
        ZkPassword password = tlsPasswordFile == null ? ZkPassword.of(new char[0]) : ZkPassword.file(tlsPasswordFile);
        ZkTls tls = ZkTls.trusting(tlsTrust, password);
        ZkTls own = tlsKey == null ? tls : tls.withKey(tlsKey, password);
        return Optional.of(noHostnameCheck ? own.withoutHostnameCheck() : own);
    }
}
