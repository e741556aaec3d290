package dev.belfry.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belfry.core.command.Command;
import dev.belfry.core.command.CommandCodec;
import dev.belfry.core.job.Definitions;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.value.Output;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.workflow.JobEnd;
import dev.belfry.core.workflow.Workflow;
import dev.belfry.core.workflow.WorkflowGraph;
import dev.belfry.core.workflow.WorkflowRun;
import dev.belfry.core.workflow.WorkflowRunCodec;
import dev.belfry.core.workflow.WorkflowStart;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Workflows on the command line, against a real server; the test does what a master would do. */
class WorkflowCommandsTest {
    private static final String JOBS = """
            apiVersion: belfry/v1
            jobs:
              - name: tokenise
                placement: queued
                trigger: {cron: "0 0 2 * * ?"}
              - name: index
                placement: queued
                after: [tokenise]
              - name: nothing-new
                placement: queued
                after: [tokenise]
                when: {upstream: tokenise, path: /count, is: "== 0"}
              - name: publish
                placement: queued
                after: [index]
                trigger: {cron: "0 30 6 * * ?"}
            """;

    private static final String ID = "tokenise~0000002a@2026-11-23T02:00:00Z";
    private static final Instant DUE = Instant.parse("2026-11-23T02:00:00Z");

    @RegisterExtension
    static final ServedConsole SERVED = new ServedConsole();

    private ZooKeeper zk;
    private String root;
    private Console console;

    @BeforeEach
    void setUp(TestInfo test) throws Exception {
        console = SERVED.console(test);
        SERVED.create(test);
        root = "/belfry/" + ServedConsole.namespace(test);
        zk = new ZooKeeper(SERVED.server().connectString(), 10_000, event -> {});
    }

    @AfterEach
    void close() throws InterruptedException {
        zk.close();
    }

    private void put(String path, byte[] data) throws Exception {
        String parent = Paths.parent(path);
        if (!parent.equals("/") && zk.exists(root + parent, false) == null) {
            put(parent, new byte[0]);
        }
        try {
            zk.create(root + path, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException e) {
            zk.setData(root + path, data, -1);
        }
    }

    private static List<JobDefinition> jobs(String text) {
        return Definitions.parse("a.yaml", text).jobs();
    }

    /** As they are once they were applied. */
    private void store(String text) throws Exception {
        store(text, "anna");
    }

    private void store(String text, String by) throws Exception {
        for (JobDefinition job : jobs(text)) {
            JobVersion version = new JobVersion(
                    1, Instant.EPOCH, Instant.EPOCH, 1, job, false, new Author(Author.Origin.OPERATOR, by, ""));
            JobRecord record =
                    new JobRecord(job.name(), job.name() + "~0000002a", List.of(version), List.of(), Optional.empty());
            put(Paths.job(job.name()), JobRecordCodec.encode(record, Duration.ZERO));
        }
    }

    private static WorkflowRun begun(String id, boolean scheduled) {
        List<JobDefinition> jobs = jobs(JOBS);
        Map<String, WorkflowStart.Identity> identities = new HashMap<>();
        jobs.forEach(job -> identities.put(job.name(), new WorkflowStart.Identity(job.name() + "~0000002a", 1)));
        Workflow workflow = WorkflowGraph.of(jobs).workflows().get(0);
        return workflow.begin(new WorkflowStart(id, DUE, scheduled, identities)).next();
    }

    private static WorkflowRun tokenised(WorkflowRun run) {
        return run.settled(new JobEnd(
                        "tokenise",
                        1,
                        Outcome.SUCCEEDED,
                        Optional.of(Output.of("{\"count\":7}")),
                        Optional.of("worker-1~1/7")))
                .next();
    }

    private static WorkflowRun failed(WorkflowRun run) {
        return tokenised(run).settled(JobEnd.of("index", 1, Outcome.FAILED)).next();
    }

    private void put(WorkflowRun run) throws Exception {
        put(Paths.workflow(run.id()), WorkflowRunCodec.encode(run));
    }

    // --- definitions

    @Test
    void cycleIsToldWithItsPathByEveryCommandThatTakesDefinitions() throws Exception {
        String cycle = SERVED.file(
                "cycle.yaml",
                "apiVersion: belfry/v1\njobs:\n  - {name: a, placement: queued, after: [b]}\n"
                        + "  - {name: b, placement: queued, after: [a]}\n");
        for (String verb : new String[] {"validate", "plan", "apply"}) {
            assertThat(console.run("", verb, cycle)).as(verb).isEqualTo(Exit.NO);
            assertThat(console.out() + console.err())
                    .as(verb)
                    .contains("cycle.yaml:3:42: jobs[0].after[0]: closes a cycle: a -> b -> a");
        }
        assertThat(zk.exists(root + Paths.job("a"), false)).isNull();
    }

    @Test
    void upstreamOfAnotherFileIsKnownBesideItOrInANamespace(TestInfo test) throws Exception {
        String follower = SERVED.file(
                "follower.yaml", "apiVersion: belfry/v1\njobs:\n  - {name: b, placement: queued, after: [a]}\n");
        String first =
                "apiVersion: belfry/v1\njobs:\n  - name: a\n    placement: queued\n    trigger: {cron: \"0 0 2 * * ?\"}\n";
        String upstream = SERVED.file("upstream.yaml", first);
        assertThat(console.run("", "validate", follower)).isEqualTo(Exit.NO);
        assertThat(console.out())
                .contains("follower.yaml:3:42: jobs[0].after[0]: there is no job \"a\"", "follower.yaml: 1 error");
        assertThat(console.err()).contains("with --namespace those of a namespace are, too");
        assertThat(console.run("", "validate", follower, upstream))
                .as(console.out())
                .isEqualTo(Exit.DONE);
        String namespace = ServedConsole.namespace(test);
        assertThat(console.run("", "validate", "-n", namespace, follower))
                .as(console.err())
                .isEqualTo(Exit.NO);
        store(first);
        assertThat(console.run("", "validate", "-n", namespace, follower))
                .as(console.out() + console.err())
                .isEqualTo(Exit.DONE);
        assertThat(console.run("", "plan", follower)).isIn(Exit.DONE, Exit.NO);
        assertThat(console.err()).doesNotContain("there is no job");
    }

    @Test
    void fileThatWouldBreakAWorkflowThatIsThereIsNotApplied() throws Exception {
        store(JOBS);
        String sticky = SERVED.file(
                "sticky.yaml",
                "apiVersion: belfry/v1\njobs:\n  - name: tokenise\n    trigger: {cron: \"0 0 2 * * ?\"}\n");
        assertThat(console.run("", "apply", sticky)).isEqualTo(Exit.NO);
        assertThat(console.err())
                .contains("sticky.yaml:3:5: jobs[0].placement: is sticky", "1 error; nothing was changed");
        String shards = SERVED.file(
                "shards.yaml",
                "apiVersion: belfry/v1\njobs:\n  - name: tokenise\n    placement: queued\n    shards: 4\n"
                        + "    trigger: {cron: \"0 0 2 * * ?\"}\n");
        assertThat(console.run("", "apply", shards)).isEqualTo(Exit.NO);
        assertThat(console.err())
                .contains("job nothing-new: when: looks at the output of tokenise, which has 4 shards");
    }

    @Test
    void jobThatOthersRunAfterIsNeitherDeletedNorPruned() throws Exception {
        store(JOBS);
        assertThat(console.line("delete job tokenise")).isEqualTo(Exit.NO);
        assertThat(console.err())
                .contains("job 'tokenise' is not deleted: index, nothing-new run after it; take it out of their after");
        assertThat(console.line("get commands -o json")).isEqualTo(Exit.DONE);
        assertThat(console.out().strip()).isEqualTo("[ ]");
        store("apiVersion: belfry/v1\njobs:\n  - {name: extern, placement: queued, after: [publish]}\n", "eve");
        String none = SERVED.file("none.yaml", "apiVersion: belfry/v1\njobs:\n  - {name: other, trigger: manual}\n");
        assertThat(console.run("", "apply", "--prune", "--as", "anna", none)).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("job 'publish' cannot be pruned: extern runs after it; nothing was changed");
        assertThat(zk.exists(root + Paths.job("other"), false)).isNull();
    }

    // --- runs

    @Test
    void workflowRunsAreListedAndDescribed() throws Exception {
        assertThat(console.line("get workflows")).isEqualTo(Exit.DONE);
        assertThat(console.err()).contains("there are no workflow runs in namespace");
        put(failed(begun(ID, true)));
        put(begun("tokenise~0000002a!again", false));
        put(Paths.workflow("broken"), new byte[] {1, 2});

        assertThat(console.line("get workflows")).as("one cannot be read").isEqualTo(Exit.NO);
        assertThat(console.err()).contains("/workflows/broken");
        assertThat(console.lines()).hasSize(3);
        assertThat(console.lines().get(1)).contains("tokenise~0000002a!again", "running", "0/4");
        assertThat(console.lines().get(2)).contains(ID, "failed", "4/4", "index");
        assertThat(console.line("get workflows --limit 1 -o json")).isEqualTo(Exit.NO);
        assertThat(new ObjectMapper().readTree(console.out()).get(0).fieldNames())
                .toIterable()
                .containsExactly("id", "state", "due", "scheduled", "begun", "ended", "done", "all", "failed");
        zk.delete(root + Paths.workflow("broken"), -1);
        assertThat(console.line("get workflows --job other -o json")).isEqualTo(Exit.DONE);
        assertThat(console.out().strip()).isEqualTo("[ ]");

        assertThat(console.line("describe workflow " + ID)).as(console.err()).isEqualTo(Exit.DONE);
        assertThat(console.lines().get(0)).startsWith("workflow run " + ID + ": failed, due 2026-11-23T02:00:00Z");
        assertThat(line("tokenise")).contains("succeeded", "tokenise~0000002a@2026-11-23T02:00:00Z", "worker-1~1/7");
        assertThat(line("index")).contains("failed", ID + ":index:1");
        assertThat(line("nothing-new")).contains("skipped", "when: tokenise/count == 0 does not hold");
        assertThat(line("publish"))
                .contains("upstream-failed", "all-success: an upstream failed (index failed)", "2026-11-23");
        assertThat(console.line("describe workflow tokenise~0000002a!again -o yaml"))
                .isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("state: \"waiting\"", "all-success: ", "attempt: 1");
        assertThat(console.line("describe workflow nothing")).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("no workflow run 'nothing'; 'belfry get workflows' lists");
    }

    private String line(String job) {
        return console.lines().stream()
                .filter(line -> line.startsWith(job + " "))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void rerunAndCancelAreCommandsAboutTheWorkflowRun() throws Exception {
        store(JOBS);
        put(failed(begun(ID, true)));
        assertThat(console.line("rerun nothing")).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("no workflow run 'nothing'");
        CompletableFuture<Command> master = master("", command -> {});
        assertThat(console.line("rerun " + ID + " --job index --as anna"))
                .as(console.err())
                .isEqualTo(Exit.DONE);
        Command rerun = master.join();
        assertThat(rerun.kind()).isEqualTo(Command.Kind.RERUN);
        assertThat(rerun.target()).isEqualTo(ID);
        assertThat(rerun.parameters()).isEqualTo(Map.of(Command.JOB, "index"));

        master = master("", command -> {});
        assertThat(console.line("cancel " + ID)).isEqualTo(Exit.DONE);
        Command whole = master.join();
        assertThat(whole.concernsWorkflowRun()).isTrue();
        assertThat(whole).isEqualTo(Command.cancelWorkflow(whole.id(), ID, whole.by(), ""));

        master = master("", command -> {});
        assertThat(console.line("cancel " + ID + ":index:1")).as(console.err()).isEqualTo(Exit.DONE);
        assertThat(master.join().target()).as("one job's run").isEqualTo("index");
    }

    @Test
    void whoTriggersARootIsToldTheWorkflowRunAndMayWaitForItsEnd() throws Exception {
        store(JOBS);
        String id = "tokenise~0000002a!k1";
        CompletableFuture<Command> master = master(id, command -> put(failed(begun(id, false))));
        assertThat(console.line("trigger tokenise --wait -o json")).isEqualTo(Exit.NO);
        assertThat(console.out()).contains("\"run\" : \"" + id + "\"", "\"outcome\" : \"failed\"");
        master.join();

        master = master(id, command -> put(tokenised(begun(id, false))));
        assertThat(console.line("trigger tokenise --wait --timeout 400ms")).isEqualTo(Exit.NO);
        assertThat(console.err())
                .contains("workflow run " + id + " has not ended within", "with 2 of 4 jobs, under way: index");
        master.join();

        master = master(id, command -> {
            WorkflowRun run = tokenised(begun(id, false));
            run = run.settled(JobEnd.of("index", 1, Outcome.SUCCEEDED)).next();
            put(run.settled(JobEnd.of("publish", 1, Outcome.SUCCEEDED)).next());
        });
        assertThat(console.line("trigger tokenise --wait")).as(console.err()).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("workflow run " + id + " succeeded");
        master.join();
    }

    /** What a master does before it answers. */
    private interface Work {
        void with(Command command) throws Exception;
    }

    /** Answers the next command. */
    private CompletableFuture<Command> master(String runId, Work work) throws Exception {
        put(Paths.COMMANDS, new byte[0]);
        List<String> before = zk.getChildren(root + Paths.COMMANDS, false);
        return CompletableFuture.supplyAsync(() -> {
            try {
                List<String> found = before;
                while (found.size() == before.size()) {
                    found = zk.getChildren(root + Paths.COMMANDS, false);
                }
                String path = found.stream()
                        .filter(name -> !before.contains(name))
                        .map(Paths::command)
                        .findFirst()
                        .orElseThrow();
                Command command = CommandCodec.decode(path, zk.getData(root + path, false, null));
                work.with(command);
                put(path, CommandCodec.encode(command.done(new Command.Result(true, "done", DUE, runId))));
                return command;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }
}
