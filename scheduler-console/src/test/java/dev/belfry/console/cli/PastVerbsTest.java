package dev.belfry.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belfry.agent.Agent;
import dev.belfry.console.history.HistoryAddress;
import dev.belfry.console.history.LocalHistory;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.record.Paths;
import dev.belfry.history.jdbc.HistoryDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the journal does not list any more the commands take from the history, which they find by the file that {@code up} leaves. */
@Timeout(180)
class PastVerbsTest {
    @RegisterExtension
    static final ServedConsole SERVED = new ServedConsole();

    @TempDir
    Path directory;

    private ZooKeeper zk;
    private String journals = "";

    private String writer() throws KeeperException, InterruptedException {
        return journals
                + '/'
                + zk.getChildren(journals, false).stream()
                        .filter(name -> !name.equals("master"))
                        .findFirst()
                        .orElseThrow();
    }

    private List<String> entries() throws KeeperException, InterruptedException {
        return zk.getChildren(writer(), false).stream().sorted().toList();
    }

    private static JsonNode json(Console console, String words) throws IOException {
        assertThat(console.line(words + " -o json")).as(words + console.err()).isEqualTo(Exit.DONE);
        return new ObjectMapper().readTree(console.out());
    }

    @Test
    void whatHasLeftTheJournalIsToldFromTheHistoryOfUp(TestInfo test) throws Exception {
        String namespace = ServedConsole.namespace(test);
        String hosts = SERVED.server().connectString();
        Map<String, String> environment =
                Map.of("BELFRY_ZOOKEEPER", hosts, "BELFRY_NAMESPACE", namespace, "BELFRY_HOME", directory.toString());
        Console console = new Console(environment);
        journals = "/belfry/" + namespace + Paths.JOURNAL;
        zk = new ZooKeeper(hosts, 30_000, event -> {});
        Agent agent = Ticking.start(hosts, namespace);
        try {
            Awaitility.await()
                    .ignoreExceptions()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> entries().size() >= 4);
            assertThat(console.line("pause tick")).as(console.err()).isEqualTo(Exit.DONE);
        } finally {
            agent.close();
        }
        HistoryAddress address =
                new HistoryAddress(HistoryDatabase.sharedH2(directory.resolve("history")), "belfry", "");
        Path file = LocalHistory.in(environment).announce(hosts, namespace, address);
        assertThat(console.line("export-history --once --history-url " + address.url()))
                .as(console.err())
                .isEqualTo(Exit.DONE);
        FireEntry gone = fold(entries().get(0));
        check(console, gone);

        assertThat(json(console, "history status").get("notExported").asLong()).isZero();
        assertThat(json(console, "history status").get("fires").asLong()).isPositive();
        java.nio.file.Files.delete(file);
        assertThat(console.line("history status")).isEqualTo(Exit.USAGE);
        zk.close();
    }

    private static void check(Console console, FireEntry gone) throws IOException {
        int all = json(console, "get runs --limit 100000").size();
        assertThat(json(console, "get runs --limit 100000 --no-history").size()).isLessThan(all);
        String run = gone.fire().runId(gone.jobUid());
        assertThat(json(console, "describe run " + run).get("state").asText()).isEqualTo("succeeded");
        String explain = "explain tick --at " + gone.fire().due() + " --shard " + gone.shard();
        assertThat(console.line(explain)).as(console.err()).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("recorded succeeded");
        assertThat(console.line(explain + " --no-history")).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("counted and not listed").doesNotContain("recorded succeeded");
        assertThat(json(console, "verify").get("countedNotListed").asLong()).isZero();
        assertThat(json(console, "verify --no-history").get("countedNotListed").asLong())
                .isPositive();
    }

    /** Makes room, as an agent does; the answer is an outcome of which no line is left. */
    private FireEntry fold(String entry) throws KeeperException, InterruptedException {
        String path = writer() + '/' + entry;
        List<FireEntry> lines = FireJournal.decode(path, zk.getData(path, false, null));
        JournalCounts counts = JournalCounts.decode(writer(), zk.getData(writer(), false, null));
        lines.forEach(counts::add);
        zk.setData(writer(), counts.encode(), -1);
        zk.delete(path, -1);
        return lines.stream()
                .filter(line ->
                        line.kind() == FireEntry.Kind.FINAL && line.outcome() == dev.belfry.core.run.Outcome.SUCCEEDED)
                .findFirst()
                .orElseThrow();
    }
}
