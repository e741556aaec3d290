package dev.belfry.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.console.history.HistoryAddress;
import dev.belfry.core.job.Job;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.JobVersion;
import dev.belfry.history.Batch;
import dev.belfry.history.FireRow;
import dev.belfry.history.HistoryRow;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.SegmentKind;
import dev.belfry.history.TableRows;
import dev.belfry.scripts.Script.Result;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.ACL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is in the file, what comes back of it, and what is refused; nobody lives in these namespaces. */
@Timeout(120)
class BackupAndRestoreTest {

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("copy");
    }

    private Result backup(Planted planted, String... more) {
        return planted.script("backup").run(with(more));
    }

    private Result restore(Planted planted, String... more) {
        return planted.script("restore").run(with(more));
    }

    private String[] with(String... more) {
        String[] all = java.util.Arrays.copyOf(more, more.length + 1);
        all[more.length] = file().toString();
        return all;
    }

    private static long term(Planted planted) throws Exception {
        return Epoch.decode(Paths.EPOCH, planted.data(Planted.ROOT + Paths.EPOCH))
                .term();
    }

    /** So that no lease is waited for, which is tried elsewhere. */
    private static void noAgentsEver(Planted planted, long term) throws Exception {
        planted.put(Paths.EPOCH, new Epoch(term, "", Duration.ZERO).encode());
    }

    private static Map<String, byte[]> lasting(Planted planted, String from) throws Exception {
        Map<String, byte[]> found = new TreeMap<>();
        for (String name : planted.children(from.equals("/") ? Planted.ROOT : Planted.ROOT + from)) {
            String path = from.equals("/") ? from + name : from + "/" + name;
            if (!ZnodeKinds.of(path).filter(ZnodeKind::ephemeral).isPresent()) {
                found.put(path, planted.data(Planted.ROOT + path));
                found.putAll(lasting(planted, path));
            }
        }
        return found;
    }

    private static List<String> differing(Map<String, byte[]> before, Map<String, byte[]> after) {
        return before.keySet().stream()
                .filter(path -> !java.util.Arrays.equals(before.get(path), after.get(path)))
                .toList();
    }

    @Test
    void everythingThatLastsComesBackButForOwnersAndTheTerm() throws Exception {
        Map<String, byte[]> before;
        try (Planted planted = Planted.inOrder(directory.resolve("one"))) {
            noAgentsEver(planted, 7);
            before = lasting(planted, "/");
            Result result = backup(planted);
            assertThat(result.code()).as(result.err()).isZero();
            assertThat(result.out()).contains("/belfry/demo: " + before.size() + " znodes");
            assertThat(Files.readString(file())).doesNotContain("\"/agents/").doesNotContain("\"/heartbeats/");
        }
        try (Planted empty = Planted.nothing(directory.resolve("two"))) {
            Result trial = restore(empty);
            assertThat(trial.code()).as(trial.err()).isZero();
            assertThat(trial.out()).contains("Would restore to /belfry/demo", "Nothing was changed");
            assertThat(empty.exists("/belfry")).isFalse();
            assertThat(directory.resolve("copy.restored")).doesNotExist();

            Result result = restore(empty, "--apply");
            assertThat(result.code()).as(result.err()).isZero();
            Map<String, byte[]> after = lasting(empty, "/");
            assertThat(differing(before, after))
                    .allMatch(path -> path.startsWith(Paths.ASSIGNMENTS)
                            || path.equals(Paths.EPOCH)
                            || ZnodeKinds.is(path, QueueKinds.SUBMITTER)
                            || path.startsWith(Paths.JOBS));
            // Whoever submitted before goes on under a new name, and numbers of dispatches begin above those of before.
            assertThat(after).doesNotContainKey(Paths.submitter(QueueSamples.SUBMITTER));
            assertThat(term(empty)).isGreaterThan(Terms.ofToken(QueueSamples.NUMBER));
            assertThat(after.get(Paths.ASSIGNMENTS)).isEmpty();
            assertThat(empty.children(Planted.ROOT + Paths.ASSIGNMENTS)).isEmpty();
            assertThat(term(empty)).isGreaterThanOrEqualTo(7 + Terms.RAISE);
            assertThat(empty.script("check-tree").run().out()).contains("is in order");
        }
    }

    @Test
    void aNamespaceThatIsNotEmptyIsReplacedOnlyWhenToldToAndKeptInAFile() throws Exception {
        try (Planted planted = Planted.inOrder(directory.resolve("one"))) {
            noAgentsEver(planted, 7);
            backup(planted);
            noAgentsEver(planted, 300_000);
            planted.put("/jobs/00/later", Samples.job());
            Result refused = restore(planted, "--apply");
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.out()).contains("1 agent(s) are registered there");
            assertThat(refused.err()).contains("/belfry/demo is not empty; give --replace");
            assertThat(planted.exists(Planted.ROOT + "/jobs/00/later")).isTrue();

            Result result = restore(planted, "--replace", "--apply");
            assertThat(result.code()).as(result.err()).isZero();
            assertThat(planted.exists(Planted.ROOT + "/jobs/00/later")).isFalse();
            assertThat(planted.children(Planted.ROOT + Paths.AGENTS)).isEmpty();
            assertThat(term(planted)).isEqualTo(300_000 + Terms.RAISE);
            try (var files = Files.list(directory)) {
                Path kept = files.filter(path -> path.getFileName().toString().startsWith("copy.replaced-"))
                        .findFirst()
                        .orElseThrow();
                assertThat(Files.readString(kept)).contains("/jobs/00/later");
            }
            assertThat(restore(planted, "--replace").out())
                    .as("the note beside the file tells of the first time")
                    .contains("with term " + (300_000 + 2 * Terms.RAISE));
            assertThat(restore(planted, "--replace", "--above-token", Long.toString(900_000L << 40))
                            .out())
                    .contains("with term " + (900_000 + Terms.RAISE));
        }
    }

    @Test
    void theTermIsRaisedAboveWhatTheHistoryKnows() throws Exception {
        try (Planted planted = Planted.inOrder(directory.resolve("one"))) {
            noAgentsEver(planted, 7);
            backup(planted);
        }
        String url = "jdbc:h2:file:" + directory.resolve("history");
        try (Planted empty = Planted.nothing(directory.resolve("two"))) {
            Result nowhere = restore(empty, "--apply", "--history-url", url);
            assertThat(nowhere.code()).isEqualTo(1);
            assertThat(nowhere.err()).contains("there is none at").contains("nothing was changed");

            history(url, "another", new TableEntry(900_000, "a~1", 0, Instant.EPOCH.plusSeconds(1), List.of()));
            assertThat(restore(empty, "--apply", "--history-url", url).err())
                    .contains("it has no history of namespace 'demo'")
                    .contains("--above-token");
            assertThat(empty.exists("/belfry")).isFalse();

            history(url, "demo", new TableEntry(400_000, "a~1", 0, Instant.EPOCH.plusSeconds(1), List.of()));
            assertThat(restore(empty, "--history-url", url).out())
                    .contains("knows tokens up to " + (400_000L << 40))
                    .contains("with term " + (400_000 + Terms.RAISE));
            Instant at = Instant.EPOCH.plusSeconds(2);
            FireEntry line = new FireEntry(
                    FireEntry.Kind.FINAL,
                    "job~1",
                    1,
                    "0",
                    FireId.scheduled(at),
                    at,
                    1,
                    1,
                    (500_000L << 40) + 77,
                    at,
                    at,
                    Outcome.SUCCEEDED,
                    "");
            append(url, "demo", List.of(new FireRow("a~1", 1, 0, "job", line).row()));
            assertThat(restore(empty, "--apply", "--history-url", url).code()).isZero();
            assertThat(term(empty)).isEqualTo(500_000 + Terms.RAISE);
        }
    }

    private static void history(String url, String namespace, TableEntry entry) {
        append(url, namespace, TableRows.of("t" + entry.term(), entry));
    }

    private static void append(String url, String namespace, List<HistoryRow> rows) {
        try (HistoryStore store = new HistoryAddress(url, "belfry", "").open(namespace)) {
            assertThat(store.append(new Batch("test", SegmentKind.EVENTS, rows, List.of())))
                    .isTrue();
        }
    }

    @Test
    void aRestoreThatWasCutOffKeepsEverybodyOutUntilItIsRunAgain() throws Exception {
        try (Planted planted = Planted.inOrder(directory.resolve("one"))) {
            noAgentsEver(planted, 7);
            backup(planted);
        }
        try (Planted empty = Planted.nothing(directory.resolve("two"))) {
            Files.createDirectory(directory.resolve("copy.restored"));
            assertThat(restore(empty, "--apply").err()).contains("cannot read").contains("copy.restored");
            Files.delete(directory.resolve("copy.restored"));

            try (Tree tree = Tree.connect(
                    empty.connectString(), new org.apache.zookeeper.client.ZKClientConfig(), Duration.ofSeconds(10))) {
                Closing closing = new Closing(tree);
                CopySurvey survey = new CopySurvey(Instant.now());
                BackupReader.Frame frame = BackupReader.read(file(), survey::see);
                Restoration half =
                        new Restoration(tree, Planted.ROOT, closing, new Epoch(9, "", Duration.ZERO), survey);
                half.root(frame.header());
                half.begin(frame.header().root());
                half.write(file());
            }
            assertThat(empty.refuses(Planted.ROOT + Paths.AGENTS)).isTrue();
            assertThat(empty.refuses(Planted.ROOT + Paths.LATCH)).isTrue();
            Result refused = restore(empty, "--apply");
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.out()).contains("was begun and not ended");
            Result result = restore(empty, "--replace", "--apply");
            assertThat(result.code()).as(result.out() + result.err()).isZero();
            assertThat(empty.script("check-tree").run().out()).contains("is in order");
            assertThat(empty.refuses(Planted.ROOT + Paths.AGENTS + "/x")).isFalse();
        }
    }

    @Test
    void aclsComeBackAndWhoMayNotWriteThemIsRefusedBeforeAnythingIsChanged() throws Exception {
        Map<String, List<ACL>> acls = new TreeMap<>();
        try (Planted planted = Planted.inOrder(directory.resolve("one"))) {
            noAgentsEver(planted, 7);
            Result closed = planted.script("setup-acls")
                    .with("BELFRY_AGENTS_PASSWORD", "a-secret")
                    .with("BELFRY_OPERATORS_PASSWORD", "o-secret")
                    .with("BELFRY_READERS_PASSWORD", "r-secret")
                    .run(
                            "--namespace",
                            "demo",
                            "--existing",
                            "--agents",
                            "digest:agent",
                            "--operators",
                            "digest:op",
                            "--readers",
                            "digest:reader");
            assertThat(closed.code()).as(closed.err()).isZero();
            assertThat(backup(planted).err()).contains("not allowed");
            Result asReader = as(planted.script("backup"), "reader", "r-secret").run(with());
            assertThat(asReader.err()).contains("not allowed to see the whole ACL");
            assertThat(file()).doesNotExist();
            Result asOperator = as(planted.script("backup"), "op", "o-secret").run(with());
            assertThat(asOperator.code()).as(asOperator.err()).isZero();
            planted.authenticate("op", "o-secret");
            for (String path :
                    List.of("", "/jobs", Paths.job("index"), Paths.EPOCH, Paths.MASTER, Paths.AGENTS, Paths.COMMANDS)) {
                acls.put(path, planted.acl(Planted.ROOT + path));
            }
        }
        try (Planted empty = Planted.nothing(directory.resolve("two"))) {
            Result anonymous = restore(empty, "--apply");
            assertThat(anonymous.code()).isEqualTo(1);
            assertThat(anonymous.err())
                    .contains("does not let you write below it; give the credentials of an operator");
            assertThat(empty.exists("/belfry")).isFalse();
            Result result = as(empty.script("restore"), "op", "o-secret").run(with("--apply"));
            assertThat(result.code()).as(result.err()).isZero();
            empty.authenticate("op", "o-secret");
            for (Map.Entry<String, List<ACL>> acl : acls.entrySet()) {
                assertThat(empty.acl(Planted.ROOT + acl.getKey()))
                        .as(acl.getKey())
                        .containsExactlyInAnyOrderElementsOf(acl.getValue())
                        .anyMatch(entry -> entry.getPerms() == Perms.READ);
            }
        }
    }

    private static Script as(Script script, String user, String password) {
        return script.with("BELFRY_ZK_USER", user).with("BELFRY_ZK_PASSWORD", password);
    }

    @Test
    void aVersionThatWasNotYetInForceComesIntoForceAtItsOwnInstant() throws Exception {
        Instant from;
        String path = Paths.job("fresh");
        try (Planted planted = Planted.inOrder(directory.resolve("one"))) {
            noAgentsEver(planted, 7);
            JobVersion version = new JobVersion(
                    1,
                    Instant.EPOCH,
                    Instant.EPOCH,
                    1,
                    Job.named("fresh")
                            .handler("work")
                            .every(Duration.ofSeconds(5))
                            .build(),
                    false,
                    new Author(Author.Origin.OPERATOR, "anna", ""));
            planted.put(
                    path,
                    JobRecordCodec.encode(
                            new JobRecord(
                                    "fresh",
                                    "fresh-1",
                                    List.of(version),
                                    List.of(),
                                    Optional.empty(),
                                    0,
                                    List.of(),
                                    List.of()),
                            Duration.ofHours(2)));
            from = planted.job(path).newest().from();
            assertThat(from).isAfter(Instant.now().plusSeconds(7_000));
            backup(planted);
        }
        try (Planted empty = Planted.nothing(directory.resolve("two"))) {
            assertThat(restore(empty, "--apply").code()).isZero();
            assertThat(new String(empty.data(Planted.ROOT + path), StandardCharsets.UTF_8))
                    .contains("\"from\"");
            assertThat(empty.job(path).newest().from()).isEqualTo(from);
        }
    }

    @Test
    void anExistingFileIsKeptAndAnAlteredOneIsRefused() throws Exception {
        try (Planted planted = Planted.inOrder(directory.resolve("one"))) {
            assertThat(backup(planted).code()).isZero();
            Result again = backup(planted);
            assertThat(again.code()).isEqualTo(1);
            assertThat(again.err()).contains("is there already; name another file, or give --overwrite");
            assertThat(backup(planted, "--overwrite").code()).isZero();
            String text = Files.readString(file());
            Files.writeString(file(), text.replaceFirst("index", "indez"));
            Result refused = restore(planted, "--replace", "--apply");
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.err()).containsPattern("copy, line \\d+: this line, after the one of /.*, was altered");
            assertThat(planted.exists(Planted.ROOT + Paths.job("index"))).isTrue();
            Files.delete(file());
            assertThat(restore(planted).err()).contains("there is no file");
        }
    }
}
