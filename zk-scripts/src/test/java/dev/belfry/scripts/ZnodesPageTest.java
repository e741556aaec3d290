package dev.belfry.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.page.GeneratedPage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;

class ZnodesPageTest {

    /** To renew the page: run with {@code -Dbelfry.rewrite=true}. */
    @Test
    void thePageIsNotStale() {
        GeneratedPage.at("../docs/znodes.md").assertIs(page());
    }

    @Test
    void everyKindWithContentHasASampleThatItsCodecReads() {
        for (ZnodeKind kind : ZnodeKinds.list()) {
            if (!kind.content().form().equals("none")) {
                assertThat(sample(kind)).as(kind.pattern()).isPresent();
                assertThat(kind.read(sample(kind).orElseThrow()))
                        .as(kind.pattern())
                        .isNotNull();
            }
        }
    }

    @Test
    void noSampleIsLargerThanItsKindAllows() {
        for (ZnodeKind kind : ZnodeKinds.list()) {
            sample(kind)
                    .ifPresent(node -> assertThat(node.data().length)
                            .as(kind.pattern())
                            .isLessThanOrEqualTo(kind.content().cap()));
        }
    }

    private static Optional<Node> sample(ZnodeKind kind) {
        for (Map.Entry<String, byte[]> record : Samples.all().entrySet()) {
            if (ZnodeKinds.of(record.getKey()).equals(Optional.of(kind))) {
                Stat stat = new Stat();
                stat.setCtime(Samples.NOON.toEpochMilli());
                stat.setMtime(Samples.NOON.toEpochMilli());
                return Optional.of(new Node(record.getKey(), record.getValue(), stat, List.of(), List.of(), false));
            }
        }
        return Optional.empty();
    }

    private static String page() {
        StringBuilder page = new StringBuilder("""
                # Znodes

                Everything that Belfry keeps in ZooKeeper lies below `/belfry/<namespace>`. This page is generated from the codecs; a
                test fails when it is stale (`mvn -pl zk-scripts -am verify -Dbelfry.rewrite=true` renews it). `zk-scripts/dump` shows a
                live tree in the form of the examples, `zk-scripts/check-tree` tells what in it is not as this page says.

                - `<hash>` is one of 256 buckets, two hex digits, from a hash of the job's name or uid. `<incarnation>` is
                  `<agent id>~<session id in hex>`.
                - Every record carries the version of its schema: JSON in the field `v`, binary records in their first byte. A reader
                  refuses what is newer than it knows; nothing of such a record is used.
                - No znode holds more than 64 KiB and no transaction more than 512 KiB; larger ones are refused before they are sent.
                - Instants are stored in milliseconds since 1970. In the examples they are shown as text, and `null` stands for none.

                | path | lasts | written by | form | at most |
                |---|---|---|---|---|
                """);
        for (ZnodeKind kind : ZnodeKinds.list()) {
            page.append("| `").append(kind.pattern()).append("` | ");
            page.append(kind.ephemeral() ? "with its session" : "for good").append(" | ");
            page.append(kind.writer()).append(" | ").append(form(kind)).append(" | ");
            page.append(kind.content().cap() == 0 ? "–" : kind.content().cap() + " B")
                    .append(" |\n");
        }
        for (ZnodeKind kind : ZnodeKinds.list()) {
            sample(kind).ifPresent(node -> example(kind, node, page));
        }
        return page.toString();
    }

    private static String form(ZnodeKind kind) {
        String schema =
                kind.content().schema() == 0 ? "" : ", schema " + kind.content().schema();
        boolean may = kind.content().mayBeEmpty() && kind.content().cap() > 0;
        return kind.content().form() + schema + (may ? ", or nothing" : "");
    }

    private static void example(ZnodeKind kind, Node node, StringBuilder page) {
        page.append("\n## `").append(kind.pattern()).append("`\n\n");
        page.append(Character.toUpperCase(kind.holds().charAt(0)))
                .append(kind.holds().substring(1));
        page.append(".\n\n`").append(node.path()).append("`, ").append(node.data().length);
        page.append(" bytes, decoded:\n\n```json\n")
                .append(Json.pretty(kind.read(node)))
                .append("\n```\n");
        if (kind.content().form().equals("JSON")) {
            page.append("\nAs stored:\n\n```\n")
                    .append(Legible.text(node.data()))
                    .append("\n```\n");
        }
    }
}
