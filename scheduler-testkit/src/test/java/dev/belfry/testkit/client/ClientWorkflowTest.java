package dev.belfry.testkit.client;

import static dev.belfry.testkit.client.ClientScene.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.agent.client.Applied;
import dev.belfry.agent.client.ClientException;
import dev.belfry.agent.client.Readings;
import dev.belfry.agent.client.WorkflowRunState;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.TriggerRule;
import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.Author.Origin;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.workflow.WorkflowGraph;
import dev.belfry.core.workflow.WorkflowRun;
import dev.belfry.core.workflow.WorkflowRunCodec;
import dev.belfry.core.workflow.WorkflowStart;
import dev.belfry.store.Read;
import dev.belfry.store.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a client refuses for the sake of a workflow, and how it reads workflow runs. */
class ClientWorkflowTest {
    private static final Author CODE = new Author(Origin.CODE, "indexer-1", "");

    private final ClientScene scene = new ClientScene(12);

    private static Job queued(String name) {
        return Job.named(name).placement(Placement.QUEUED);
    }

    private static JobDefinition root() {
        return queued("load").every(Duration.ofMinutes(1)).build();
    }

    private static JobDefinition after(String name, String upstream) {
        return queued(name).after(TriggerRule.ALL_SUCCESS, upstream).build();
    }

    private List<Applied> apply(JobDefinition... definitions) {
        List<CompletableFuture<Applied>> answers = scene.client.apply(List.of(definitions), CODE, PATIENCE);
        return answers.stream().map(scene::answer).toList();
    }

    private static String why(Applied applied) {
        return ((Applied.Refused) applied).why();
    }

    /** As it is once it was applied. */
    private void store(JobDefinition job) {
        JobVersion version = new JobVersion(1, Instant.EPOCH, Instant.EPOCH, 1, job, false, CODE);
        JobRecord record =
                new JobRecord(job.name(), job.name() + "~0000002a", List.of(version), List.of(), Optional.empty());
        create(Paths.job(job.name()), JobRecordCodec.encode(record, Duration.ZERO));
    }

    private void create(String path, byte[] data) {
        String parent = Paths.parent(path);
        if (!parent.equals("/") && !(scene.other.read(parent) instanceof Read.Found)) {
            create(parent, new byte[0]);
        }
        scene.other.commit(Transaction.at("test").create(path, data));
    }

    @Test
    void ofAWorkflowWithAnErrorNothingIsWrittenAndOtherJobsAre() {
        List<Applied> answers = apply(
                root(),
                after("index", "load"),
                after("merge", "indx"),
                queued("other").manual().build());
        assertThat(answers.get(3)).isInstanceOf(Applied.Created.class);
        assertThat(answers.get(0)).as("the other workflow is right").isInstanceOf(Applied.Created.class);
        assertThat(why(answers.get(2)))
                .startsWith("after[0]: there is no job \"indx\"")
                .contains("did you mean index?");

        List<Applied> cycle = apply(after("a", "b"), after("b", "a"));
        assertThat(why(cycle.get(0))).startsWith("after[0]: closes a cycle: a -> b -> a");
        assertThat(why(cycle.get(1)))
                .isEqualTo(
                        "belongs to a workflow with an error, of which nothing is applied: job a: after[0]: closes a cycle:"
                                + " a -> b -> a (expected upstreams that do not wait for a themselves)");
        assertThat(scene.other.read(Paths.job("a"))).isNotInstanceOf(Read.Found.class);
    }

    @Test
    void changeOfAnUpstreamThatBreaksThoseAfterItIsRefused() {
        scene.answer(scene.client.connected(PATIENCE));
        create(Paths.EPOCH, new Epoch(1, "m~1", Duration.ofSeconds(10)).encode());
        store(root());
        store(after("index", "load"));
        JobDefinition sticky = Job.named("load").every(Duration.ofMinutes(1)).build();
        assertThat(why(apply(sticky).get(0))).startsWith("placement: is sticky");
        JobDefinition second = queued("index").every(Duration.ofMinutes(2)).build();
        assertThat(apply(second).get(0)).as("it leaves the workflow").isInstanceOf(Applied.Changed.class);
        assertThat(apply(sticky).get(0)).isInstanceOf(Applied.Changed.class);
    }

    @Test
    void whatWasWrongBeforeRefusesNothing() {
        store(after("index", "gone"));
        assertThat(apply(after("index", "gone")).get(0)).isNotInstanceOf(Applied.Created.class);
        assertThat(apply(queued("other").manual().build()).get(0)).isInstanceOf(Applied.Created.class);
    }

    @Test
    void jobThatOthersRunAfterIsNotDeleted() {
        store(root());
        store(after("index", "load"));
        store(after("merge", "load"));
        Command delete = command("d-1", "load");
        assertThatThrownBy(() -> scene.answer(scene.client.send(delete, Duration.ofSeconds(1))))
                .rootCause()
                .isInstanceOfSatisfying(
                        ClientException.class,
                        refused -> assertThat(refused.kind()).isEqualTo(ClientException.Kind.REJECTED))
                .hasMessage(
                        "job 'load' is not deleted: index, merge run after it; take it out of their after, or delete them"
                                + " first");
        assertThat(scene.other.read(Paths.command("d-1"))).isNotInstanceOf(Read.Found.class);
        scene.answer(scene.client.send(command("d-2", "merge"), Duration.ofSeconds(1)));
        assertThat(scene.other.read(Paths.command("d-2"))).isInstanceOf(Read.Found.class);
    }

    private static Command command(String id, String job) {
        return new Command(id, Command.Kind.DELETE, job, Map.of(), "anna", "", Optional.empty());
    }

    @Test
    void workflowRunsAreReadAndThoseThatCannotBeAreNamed() {
        assertThat(scene.answer(scene.client.workflowRuns(PATIENCE)).found()).isEmpty();
        WorkflowRun run = WorkflowGraph.of(List.of(root(), after("index", "load")))
                .workflows()
                .get(0)
                .begin(new WorkflowStart(
                        "load~0000002a!k",
                        Instant.EPOCH,
                        false,
                        Map.of(
                                "load", new WorkflowStart.Identity("load~0000002a", 1),
                                "index", new WorkflowStart.Identity("index~0000002a", 1))))
                .next();
        create(Paths.workflow(run.id()), WorkflowRunCodec.encode(run));
        create(Paths.workflow("broken"), new byte[] {1});
        Readings<WorkflowRunState> read = scene.answer(scene.client.workflowRuns(PATIENCE));
        assertThat(read.found()).extracting(WorkflowRunState::run).containsExactly(run);
        assertThat(read.problems()).singleElement().asString().contains("/workflows/broken");
        assertThat(scene.answer(scene.client.workflowRun(run.id(), PATIENCE)))
                .map(WorkflowRunState::run)
                .contains(run);
        assertThat(scene.answer(scene.client.workflowRun("none", PATIENCE))).isEmpty();
    }
}
