package dev.belfry.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.record.Paths;
import dev.belfry.scripts.Script.Result;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckTreeTest {

    private static final byte[] GARBAGE = "garbage".getBytes(StandardCharsets.UTF_8);
    private static final String LOST = "/belfry-lost+found/demo";

    @TempDir
    Path directory;

    @Test
    void aNamespaceInOrderHasNoFindings() throws Exception {
        try (Planted planted = Planted.inOrder(directory)) {
            Result result = planted.script("check-tree").run();
            assertThat(result.out()).isEqualTo("/belfry/demo is in order.\n");
            assertThat(result.code()).isZero();
        }
    }

    @Test
    void garbageInPlaceOfAnyRecordIsFound() throws Exception {
        try (Planted planted = Planted.inOrder(directory)) {
            for (String path : Samples.all().keySet()) {
                planted.put(path, GARBAGE);
            }
            String out = planted.script("check-tree").run().out();
            for (String path : Samples.all().keySet()) {
                String name = path.replace(Samples.FIRST.name(), planted.incarnation());
                // Names, and what user code leaves, for which any text will do.
                boolean any = path.startsWith(Paths.LATCH)
                        || path.equals(Paths.EXPORTER)
                        || ZnodeKinds.is(path, QueueKinds.ITEM);
                if (!any) {
                    assertThat(out).contains("malformed " + name + ":");
                }
            }
        }
    }

    @Test
    void withoutRepairNothingIsChanged() throws Exception {
        try (Planted planted = Planted.inOrder(directory)) {
            planted.put(Paths.job("index"), GARBAGE);
            for (String[] arguments : List.of(new String[0], new String[] {"--repair", "--dry-run"})) {
                Result result = planted.script("check-tree").run(arguments);
                assertThat(result.code()).isEqualTo(1);
                assertThat(result.out()).contains("Nothing was changed.").contains(Paths.job("index"));
                assertThat(planted.data(Planted.ROOT + Paths.job("index"))).isEqualTo(GARBAGE);
                assertThat(planted.exists("/belfry-lost+found")).isFalse();
            }
        }
    }

    @Test
    void repairMovesTheMalformedAndLosesNoByteOfIt() throws Exception {
        try (Planted planted = Planted.inOrder(directory)) {
            String ledger = Paths.ledger(Samples.UID, 1, 8, 3);
            planted.put(Paths.job("index"), GARBAGE);
            planted.put(ledger, GARBAGE);
            planted.put(Paths.journal(Samples.FIRST.name()), GARBAGE);
            planted.put(Paths.DRAINS, GARBAGE);
            Result result = planted.script("check-tree").run("--repair");
            assertThat(result.out()).contains("Setting aside").contains("moved to");
            String place = LOST + "/" + planted.children(LOST).get(0);
            assertThat(planted.data(place + Paths.job("index"))).isEqualTo(GARBAGE);
            assertThat(planted.data(place + ledger)).isEqualTo(GARBAGE);
            assertThat(planted.data(place + "/journal/" + planted.incarnation()))
                    .isEqualTo(GARBAGE);
            assertThat(planted.exists(Planted.ROOT + Paths.job("index"))).isFalse();
            assertThat(planted.data(place + Paths.DRAINS)).isEqualTo(GARBAGE);
            assertThat(planted.data(Planted.ROOT + Paths.DRAINS)).isEmpty();
            // A parent is emptied, and what lies below it stays.
            assertThat(planted.data(Planted.ROOT + "/journal/" + planted.incarnation()))
                    .isEmpty();
            assertThat(planted.children(Planted.ROOT + "/journal/" + planted.incarnation()))
                    .hasSize(1);
        }
    }

    @Test
    void ledgersOfNoJobAndCheckpointsWithoutLedgersAreSetAside() throws Exception {
        try (Planted planted = Planted.inOrder(directory)) {
            String orphan = Paths.ledger("gone-1", 1, 8, 0);
            String checkpoint = Paths.checkpoint(Paths.ledger(Samples.UID, 1, 8, 5));
            byte[] saved = Samples.all().get(Paths.checkpoint(Paths.ledger(Samples.UID, 1, 8, 3)));
            planted.put(orphan, Samples.ledger());
            planted.put(checkpoint, saved);
            Result found = planted.script("check-tree").run();
            assertThat(found.out())
                    .contains("orphaned " + Paths.parent(orphan) + ": no job has the uid gone-1")
                    .contains("orphaned " + checkpoint);
            Result repaired = planted.script("check-tree").run("--repair");
            assertThat(repaired.code()).as(repaired.out() + repaired.err()).isZero();
            String place = LOST + "/" + planted.children(LOST).get(0);
            assertThat(planted.data(place + orphan)).isEqualTo(Samples.ledger());
            assertThat(planted.data(place + checkpoint)).isEqualTo(saved);
            assertThat(planted.exists(Planted.ROOT + Paths.parent(orphan))).isFalse();
        }
    }

    @Test
    void whileAJobCannotBeReadNoLedgerIsCalledAnOrphan() throws Exception {
        try (Planted planted = Planted.inOrder(directory)) {
            planted.put(Paths.job("index"), GARBAGE);
            assertThat(planted.script("check-tree").run().out()).doesNotContain("orphaned");
        }
    }

    @Test
    void theEpochAndTheTableOfLivingAgentsAreNeverTouched() throws Exception {
        try (Planted planted = Planted.inOrder(directory)) {
            planted.put(Paths.EPOCH, GARBAGE);
            planted.put(Paths.ASSIGNMENTS, GARBAGE);
            Result result = planted.script("check-tree").run("--repair");
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.out()).contains("It must not be deleted").contains("two owners");
            assertThat(planted.data(Planted.ROOT + Paths.EPOCH)).isEqualTo(GARBAGE);
            assertThat(planted.data(Planted.ROOT + Paths.ASSIGNMENTS)).isEqualTo(GARBAGE);
        }
    }

    @Test
    void theTableIsSetAsideOnceNoAgentIsLeft() throws Exception {
        try (Planted planted = Planted.inOrder(directory)) {
            planted.delete("/agents/" + planted.incarnation());
            planted.put(Paths.ASSIGNMENTS, GARBAGE);
            Result result = planted.script("check-tree").run("--repair");
            assertThat(result.code()).as(result.out()).isZero();
            String place = LOST + "/" + planted.children(LOST).get(0);
            assertThat(planted.data(place + Paths.ASSIGNMENTS)).isEqualTo(GARBAGE);
            assertThat(planted.data(Planted.ROOT + Paths.ASSIGNMENTS)).isEmpty();
        }
    }

    @Test
    void aRecordOfANewerSchemaIsReportedAndLeftAlone() throws Exception {
        try (Planted planted = Planted.inOrder(directory)) {
            byte[] newer = "{\"v\":9}".getBytes(StandardCharsets.UTF_8);
            planted.put(Paths.job("index"), newer);
            Result result = planted.script("check-tree").run("--repair");
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.out()).contains("newer " + Paths.job("index")).doesNotContain("Setting aside");
            assertThat(planted.data(Planted.ROOT + Paths.job("index"))).isEqualTo(newer);
        }
    }

    @Test
    void foreignPathsWrongSessionsAndLargeRecordsAreNamed() throws Exception {
        try (Planted planted = Planted.inOrder(directory)) {
            planted.put("/foreign/thing", GARBAGE);
            planted.put("/agents/indexer-9~abc", Samples.agent());
            planted.putPersistent("/heartbeats/indexer-9~abd", GARBAGE);
            planted.put(Paths.command("c-large"), new byte[70_000]);
            assertThat(planted.script("check-tree").run().out())
                    .contains("unknown /foreign: ")
                    .doesNotContain("/foreign/thing")
                    .contains("orphaned /agents/indexer-9~abc")
                    .contains("malformed /heartbeats/indexer-9~abd: it has to be ephemeral and lasts")
                    .contains("too-large /commands/c-large: 70000 bytes");
        }
    }

    @Test
    void openZnodesAmongClosedOnesAreFound() throws Exception {
        try (Planted planted = Planted.inOrder(directory)) {
            planted.authenticate("op", "secret");
            planted.close(Planted.ROOT + "/jobs", List.of(new ACL(ZooDefs.Perms.ALL, ZooDefs.Ids.AUTH_IDS)));
            Result asNobody = planted.script("check-tree").run();
            assertThat(asNobody.out()).contains("denied /jobs");
            Result asOperator = planted.script("check-tree")
                    .with("BELFRY_ZK_USER", "op")
                    .with("BELFRY_ZK_PASSWORD", "secret")
                    .run();
            assertThat(asOperator.out()).contains("open /ledger").doesNotContain("open /jobs:");
        }
    }
}
