package dev.belfry.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.record.Paths;
import dev.belfry.scripts.Script.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooDefs.Perms;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetupAclsTest {

    @TempDir
    Path directory;

    private static Result run(Planted planted, String... more) {
        String[] arguments = new String[6 + more.length];
        System.arraycopy(
                new String[] {"--namespace", "demo", "--agents", "digest:agent", "--operators", "digest:op"},
                0,
                arguments,
                0,
                6);
        System.arraycopy(more, 0, arguments, 6, more.length);
        return planted.script("setup-acls")
                .with("BELFRY_AGENTS_PASSWORD", "a-secret")
                .with("BELFRY_OPERATORS_PASSWORD", "o-secret")
                .run(arguments);
    }

    @Test
    void aNewNamespaceIsClosedAndASecondRunChangesNothing() throws Exception {
        try (Planted planted = Planted.nothing(directory)) {
            Result first = run(planted);
            assertThat(first.code()).as(first.err()).isZero();
            assertThat(first.out()).contains("create /belfry/demo").doesNotContain("secret");
            planted.authenticate("agent", "a-secret");
            assertThat(planted.acl(Planted.ROOT))
                    .hasSize(2)
                    .allMatch(entry -> entry.getPerms() == Perms.ALL)
                    .noneMatch(entry -> entry.getId().equals(ZooDefs.Ids.ANYONE_ID_UNSAFE));
            assertThat(run(planted).out()).startsWith("Nothing to change.");
        }
    }

    @Test
    void aDryRunChangesNothing() throws Exception {
        try (Planted planted = Planted.nothing(directory)) {
            Result result = run(planted, "--dry-run");
            assertThat(result.code()).isZero();
            assertThat(result.out()).contains("would create /belfry/demo").contains("nothing was changed");
            assertThat(planted.exists("/belfry")).isFalse();
        }
    }

    @Test
    void anExistingTreeIsClosedToEveryZnodeAndReadersMayRead() throws Exception {
        try (Planted planted = Planted.inOrder(directory)) {
            Path password = Files.writeString(directory.resolve("readers"), "r-secret\nignored\n");
            Result result = run(
                    planted,
                    "--existing",
                    "--readers",
                    "digest:reader;digest:auditor:aGFzaA==",
                    "--readers-password-file",
                    password.toString());
            assertThat(result.code()).as(result.err()).isZero();
            Result asNobody = planted.script("dump").run("--namespace", "demo");
            assertThat(asNobody.code()).isEqualTo(1);
            assertThat(asNobody.err()).contains("not allowed");
            planted.authenticate("reader", "r-secret");
            assertThat(planted.acl(Planted.ROOT + Paths.job("index")))
                    .hasSize(4)
                    .filteredOn(entry -> entry.getPerms() == Perms.READ)
                    .hasSize(2);
            Result asReader = planted.script("check-tree")
                    .with("BELFRY_ZK_USER", "reader")
                    .with("BELFRY_ZK_PASSWORD", "r-secret")
                    .run();
            assertThat(asReader.out()).isEqualTo("/belfry/demo is in order.\n");
        }
    }

    @Test
    void nobodyLocksHimselfOut() throws Exception {
        try (Planted planted = Planted.nothing(directory)) {
            Result result = planted.script("setup-acls")
                    .run("--namespace", "demo", "--agents", "x509:CN=agent", "--operators", "digest:op:aGFzaA==");
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.err()).contains("lock yourself out");
            assertThat(planted.exists("/belfry")).isFalse();
        }
    }

    @Test
    void idsThatTheServersDoNotKnowAreRefusedInWords() throws Exception {
        try (Planted planted = Planted.nothing(directory)) {
            Result result = run(planted, "--readers", "x509:CN=audit,O=example");
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err()).contains("x509 ids need servers that speak TLS");
        }
    }

    @Test
    void anIdWithoutPasswordIsRefusedWithTheVariableToSet() throws Exception {
        try (Planted planted = Planted.nothing(directory)) {
            Result result = planted.script("setup-acls")
                    .run("--namespace", "demo", "--agents", "digest:agent", "--operators", "digest:op");
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.err()).contains("$BELFRY_AGENTS_PASSWORD");
        }
    }
}
