package dev.belfry.bench.worker;

import dev.belfry.agent.Agent;
import dev.belfry.agent.AgentBuilder;
import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.RunHandle;
import dev.belfry.agent.submit.SubmitOptions;
import dev.belfry.bench.evidence.FireLog;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.version.Author;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** One process of Belfry that runs what is submitted, or submits it, or is there to become master. */
public final class BelfryOneOffs {
    private static final String JOB = "one-off";
    private static final String RUN = "run";
    private static final String AT = "at";

    private BelfryOneOffs() {}

    /** Arguments: see {@link WorkerArguments}. */
    public static void main(String[] words) throws Exception {
        WorkerArguments arguments = new WorkerArguments(words);
        long began = System.nanoTime();
        if (arguments.submits()) {
            IntakeLoop.serve(new Client(arguments), began);
            return;
        }
        AgentBuilder builder = Agent.builder()
                .zookeeper(arguments.store())
                .namespace("bench")
                .id(arguments.agent())
                .shutdownHook(false);
        if (!arguments.session().isZero()) {
            builder.sessionTimeout(arguments.session());
        }
        if (arguments.standby()) {
            builder.standby();
        } else {
            Handlers handlers = new Handlers(arguments);
            // The machine is filled on purpose, by other processes too.
            builder.slots(arguments.slots())
                    .tellsLoad(false)
                    .handler(
                            JOB,
                            context -> handlers.fire(
                                    micros(context.parameters().getOrDefault(AT, "0")),
                                    Integer.parseInt(context.parameters().getOrDefault(RUN, "-1")),
                                    0,
                                    context.fencingToken(),
                                    context::onCancel));
        }
        WorkerLoop.serve(builder.start(), began);
    }

    private static Instant micros(String text) {
        return FireLog.instant(Long.parseLong(text));
    }

    /** The client of a service that has work to hand out. */
    private static final class Client implements Intake {
        private final BelfryClient client;

        Client(WorkerArguments arguments) {
            client = BelfryClient.connect(arguments.store(), "bench");
            client.awaitConnected();
            if (arguments.registers()) {
                client.apply(
                        Job.named(JOB).manual().placement(Placement.QUEUED).build(),
                        new Author(Author.Origin.OPERATOR, "bench", ""));
            }
        }

        private static Map<String, String> parameters(int run) {
            return Map.of(RUN, Integer.toString(run), AT, Long.toString(FireLog.now()));
        }

        @Override
        public void submit(int run) {
            begin(run).join();
        }

        @Override
        public CompletableFuture<?> begin(int run) {
            return client.submit(JOB, parameters(run), SubmitOptions.usual());
        }

        @Override
        public void submitAll(int from, int count) {
            List<Map<String, String>> runs = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                runs.add(parameters(from + i));
            }
            List<CompletableFuture<RunHandle>> answers = client.submitAll(JOB, runs, SubmitOptions.usual());
            answers.forEach(CompletableFuture::join);
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
