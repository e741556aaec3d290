package dev.belfry.testkit.zookeeper;

import static dev.belfry.testkit.zookeeper.Party.bytes;
import static dev.belfry.testkit.zookeeper.Party.tx;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.ClientException;
import dev.belfry.store.Commit;
import dev.belfry.store.ElectionListener;
import dev.belfry.store.Failure;
import dev.belfry.store.Read;
import dev.belfry.store.zk.ZkIdentity;
import dev.belfry.store.zk.ZkPassword;
import dev.belfry.store.zk.ZkRoles;
import dev.belfry.store.zk.ZkSettings;
import dev.belfry.store.zk.ZkTls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.apache.zookeeper.server.auth.ProviderRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Identities, the ACL of every znode, and TLS, against real servers. */
final class ZkAccessTest {
    private static final String DIGEST_ENABLED = "zookeeper.DigestAuthenticationProvider.enabled";

    @TempDir
    Path directory;

    private EmbeddedZooKeeper server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private void startPlain() {
        server = EmbeddedZooKeeper.start(directory.resolve("data"));
    }

    private static ZkIdentity digest(String user, String password) {
        return new ZkIdentity.Digest(user, ZkPassword.of(password.toCharArray()));
    }

    private static String id(String user, String password) throws Exception {
        return "digest:" + DigestAuthenticationProvider.generateDigest(user + ":" + password);
    }

    private Party as(ZkIdentity identity, ZkRoles roles) {
        return Party.connected(Party.settings(server.connectString())
                .identity(identity)
                .roles(roles)
                .build());
    }

    private Party anonymous() {
        return Party.connected(Party.settings(server.connectString()).build());
    }

    @Test
    void everyZnodeHasTheAclOfTheRoles() throws Exception {
        startPlain();
        ZkRoles roles =
                new ZkRoles(List.of(id("agent", "a")), List.of(id("operator", "o")), List.of(id("reader", "r")));
        List<ACL> expected = List.of(
                acl(ZooDefs.Perms.ALL, id("agent", "a")),
                acl(ZooDefs.Perms.ALL, id("operator", "o")),
                acl(ZooDefs.Perms.READ, id("reader", "r")));
        try (Party agent = as(digest("agent", "a"), roles);
                Party operator = as(digest("operator", "o"), roles)) {
            List<String> told = new CopyOnWriteArrayList<>();
            assertThat(agent.commit(tx().create("/t", bytes("1")).createEphemeral("/t/e", bytes("2"))))
                    .isInstanceOf(Commit.Applied.class);
            agent.store.stand(agent.session(), "/master/latch", "a", new ElectionListener() {
                @Override
                public void elected(String latch) {
                    told.add(latch);
                }

                @Override
                public void deposed() {
                    told.add("deposed");
                }
            });
            Party.await("elected", () -> !told.isEmpty());
            assertThat(operator.commit(tx().put("/t", bytes("2"), 0))).isInstanceOf(Commit.Applied.class);

            List<String> all = new ArrayList<>();
            ZooKeeper zk = new ZooKeeper(server.connectString(), 4000, event -> {});
            zk.addAuthInfo("digest", "agent:a".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            collect(zk, "/belfry", all);
            assertThat(all).contains("/belfry", "/belfry/test", "/belfry/test/t/e", "/belfry/test" + told.get(0));
            for (String path : all) {
                assertThat(zk.getACL(path, new Stat())).as(path).containsExactlyElementsOf(expected);
            }
            zk.close();
        }
    }

    private static void collect(ZooKeeper zk, String path, List<String> all) throws Exception {
        all.add(path);
        for (String child : zk.getChildren(path, false)) {
            collect(zk, path + "/" + child, all);
        }
    }

    private static ACL acl(int perms, String id) {
        return new ACL(perms, new org.apache.zookeeper.data.Id("digest", id.substring("digest:".length())));
    }

    @Test
    void strangersAndReadersAreRejectedWithAdvice() throws Exception {
        startPlain();
        ZkRoles roles = new ZkRoles(List.of(), List.of(), List.of(id("reader", "r")));
        try (Party agent = as(digest("agent", "a"), roles);
                Party reader = as(digest("reader", "r"), ZkRoles.CREATOR);
                Party liar = as(digest("agent", "wrong"), ZkRoles.CREATOR);
                Party stranger = anonymous()) {
            agent.commit(tx().create("/t", bytes("secret")));
            assertThat(reader.text("/t")).isEqualTo("secret");
            for (Party party : List.of(reader, liar, stranger)) {
                assertThat(party.commit(tx().put("/t", bytes("x"), 0)))
                        .isInstanceOfSatisfying(
                                Commit.Rejected.class,
                                r -> assertThat(r.why()).contains("/t").contains("check its ZooKeeper user"));
            }
            for (Party party : List.of(liar, stranger)) {
                assertThat(party.read("/t"))
                        .isInstanceOfSatisfying(
                                Read.Failed.class, f -> assertThat(f.failure()).isInstanceOf(Failure.Rejected.class));
            }
            assertThat(agent.text("/t")).isEqualTo("secret");
        }
    }

    @Test
    void treeMadeWithoutCredentialsIsFoundOpenByAnAgentThatHasSome() {
        startPlain();
        try (LogLines log = new LogLines();
                Party anonymous = anonymous()) {
            assertThat(log.anyWith("WARN", "No ZooKeeper identity is configured"))
                    .isTrue();
            anonymous.commit(tx().create("/jobs", bytes("")));
            try (Party agent = as(digest("agent", "a"), ZkRoles.CREATOR)) {
                agent.commit(tx().create("/mine", bytes("")));
                List<String> findings = agent.connection
                        .checkAcls(List.of("/", "/jobs", "/mine", "/none"))
                        .join();
                assertThat(findings).hasSize(2);
                assertThat(findings.get(0)).startsWith("/: everyone may change it; ");
                assertThat(findings.get(1))
                        .isEqualTo(
                                "/jobs: everyone may change it; this process, as digest user agent, has not all rights");
                assertThat(log.anyWith("WARN", "ACL of /jobs: everyone may change it"))
                        .isTrue();
            }
        }
    }

    @Test
    void anAgentThatWasGivenNoRolesIsToldWhomItLocksOut() throws Exception {
        startPlain();
        ZkRoles roles = new ZkRoles(List.of(id("agent", "a")), List.of(id("operator", "o")), List.of());
        try (LogLines log = new LogLines();
                Party first = as(digest("agent", "a"), roles);
                Party without = as(digest("agent", "a"), ZkRoles.CREATOR)) {
            first.connection.checkAcls(List.of("/")).join();
            assertThat(log.anyWith("ERROR", "given no roles")).isFalse();
            without.connection.checkAcls(List.of("/", "/jobs")).join();
            assertThat(log.anyWith("ERROR", "given no roles", id("operator", "o"), "--acl-agent"))
                    .isTrue();
        }
    }

    @Test
    void whoMayNotReadTheNamespaceIsNotToldThatItIsEmpty() throws Exception {
        startPlain();
        try (Party first = as(digest("agent", "a"), ZkRoles.CREATOR);
                Party wrong = as(digest("agent", "b"), ZkRoles.CREATOR);
                BelfryClient may = BelfryClient.over(first.connection, Duration.ofSeconds(10));
                BelfryClient mayNot = BelfryClient.over(wrong.connection, Duration.ofSeconds(10))) {
            assertThat(may.jobs().found()).isEmpty();
            assertThatThrownBy(mayNot::jobs).isInstanceOf(ClientException.class).hasMessageContaining("NOAUTH");
        }
    }

    @Test
    void agentWithACertificateWorksOverTlsAndOthersAreShutOut() {
        TestCertificates certificates = TestCertificates.make(directory, "agent", "other");
        server = EmbeddedZooKeeper.startSecure(directory.resolve("data"), certificates);
        try (Party agent = Party.connected(secure(certificates, "agent"));
                Party other = Party.connected(secure(certificates, "other"))) {
            assertThat(agent.commit(tx().create("/t", bytes("1")))).isInstanceOf(Commit.Applied.class);
            assertThat(agent.text("/t")).isEqualTo("1");
            assertThat(agent.connection.checkAcls(List.of("/t")).join()).isEmpty();
            assertThat(other.commit(tx().put("/t", bytes("2"), 0))).isInstanceOf(Commit.Rejected.class);
            String hex = agent.session().hex();
            agent.store.dropConnection(agent.session());
            Party.await("it resumes over TLS", () -> agent.told.contains("resumed " + hex));
        }
        try (LogLines log = new LogLines();
                Party plain = new Party(Party.settings(server.connectString()).build())) {
            Party.await("it says what may be wrong", () -> log.anyWith("WARN", "not ports for TLS"));
            assertThat(plain.told).isEmpty();
        }
    }

    private ZkSettings secure(TestCertificates certificates, String client) {
        ZkPassword password = ZkPassword.of(TestCertificates.PASSWORD.toCharArray());
        return Party.settings(server.connectString())
                // The first handshakes of a JVM are slow, and a connection attempt has no longer than a session.
                .sessionTimeout(Duration.ofSeconds(20))
                .identity(new ZkIdentity.X509())
                .tls(ZkTls.trusting(certificates.trustStore(), password)
                        .withKey(certificates.keyStore(client), password))
                .build();
    }

    @Test
    void refusedAuthenticationIsAnErrorAndTriedAgain() {
        System.setProperty(DIGEST_ENABLED, "false");
        ProviderRegistry.reset();
        startPlain();
        try (LogLines log = new LogLines();
                Party agent = new Party(Party.settings(server.connectString())
                        .identity(digest("agent", "a"))
                        .build())) {
            Party.await(
                    "it says so",
                    () -> log.anyWith("ERROR", "refused the authentication of this process as digest user agent"));
            assertThat(agent.told).isEmpty();
            System.clearProperty(DIGEST_ENABLED);
            ProviderRegistry.reset();
            Party.await("a session", () -> agent.sessions() == 1);
            assertThat(agent.commit(tx().create("/t", bytes("1")))).isInstanceOf(Commit.Applied.class);
        } finally {
            System.clearProperty(DIGEST_ENABLED);
            ProviderRegistry.reset();
        }
    }

    @Test
    void passwordsComeFromFilesAndNeverShow() throws Exception {
        startPlain();
        Path file = Files.writeString(directory.resolve("password"), "s3cret\nignored");
        ZkIdentity identity = new ZkIdentity.Digest("agent", ZkPassword.file(file));
        assertThat(identity.toString()).doesNotContain("s3cret");
        try (Party agent = as(identity, ZkRoles.CREATOR);
                Party same = as(digest("agent", "s3cret"), ZkRoles.CREATOR)) {
            agent.commit(tx().create("/t", bytes("1")));
            assertThat(same.text("/t")).isEqualTo("1");
        }
    }

    @Test
    void settingsThatContradictThemselvesAreRefusedWithAWayOut() {
        assertThatThrownBy(() -> ZkSettings.builder("localhost:port", "n"))
                .hasMessageContaining("localhost:port")
                .hasMessageContaining("host:port");
        assertThatThrownBy(() -> ZkSettings.builder("localhost:2181", "a/b")).hasMessageContaining("a/b");
        assertThatThrownBy(() ->
                        Party.settings("h:1").identity(new ZkIdentity.X509()).build())
                .hasMessageContaining("key store");
        ZkRoles readers = new ZkRoles(List.of(), List.of(), List.of("digest:r:hash"));
        assertThatThrownBy(() -> Party.settings("h:1").roles(readers).build()).hasMessageContaining("identity(...)");
        assertThatThrownBy(() -> new ZkRoles(List.of("agent"), List.of(), List.of()))
                .hasMessageContaining("scheme:id");
    }
}
