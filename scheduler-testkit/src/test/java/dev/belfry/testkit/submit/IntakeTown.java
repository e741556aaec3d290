package dev.belfry.testkit.submit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.submit.Intake;
import dev.belfry.agent.submit.Pressure;
import dev.belfry.agent.submit.Submitted;
import dev.belfry.core.queue.Gate;
import dev.belfry.core.queue.Segment;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Store;
import dev.belfry.store.StoreConnection;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import dev.belfry.testkit.cluster.PresentSession;
import dev.belfry.testkit.cluster.SimLoop;
import dev.belfry.testkit.store.SimEnsemble;
import dev.belfry.testkit.store.SimOptions;
import dev.belfry.testkit.time.SimClock;
import dev.belfry.testkit.time.SimProcess;
import dev.belfry.testkit.time.SimScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** Submitters of a simulated ensemble, somebody who plays the master, and the account of what came to be. */
final class IntakeTown {
    static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SESSION = Duration.ofSeconds(6);
    private static final String JOB = "index-1";

    final SimScheduler scheduler;
    final SimEnsemble ensemble;
    final Member master;
    final List<Member> clients = new ArrayList<>();
    /** What each submission was told, by run id and then by the client that asked. */
    final Map<String, List<Submitted>> told = new TreeMap<>();
    /** Segments that came into being, by path. */
    final Map<String, Segment> created = new TreeMap<>();

    final Set<String> forgotten = new HashSet<>();
    private int submitted;

    IntakeTown(long seed, int members) {
        scheduler = new SimScheduler(seed);
        ensemble = new SimEnsemble(scheduler, SimOptions.DEFAULT);
        ensemble.history((zxid, session, site, writes) -> committed(site, writes));
        master = new Member("master");
        for (int i = 0; i < members; i++) {
            clients.add(new Member("client" + i));
        }
    }

    private void committed(String site, List<Transaction.Write> writes) {
        for (Transaction.Write write : writes) {
            if (site.equals("intake-segment") && write instanceof Transaction.Create create) {
                Gate gate = Gate.decode(
                        Paths.GATE, ensemble.peek(Paths.GATE).orElseThrow().data());
                assertThat(gate.open()).as("a closed gate takes nothing").isTrue();
                assertThat(create.data().length).isLessThanOrEqualTo(Segment.MOST_BYTES);
                Segment before = created.put(create.path(), Segment.decode(create.path(), create.data()));
                assertThat(before).as("segment " + create.path()).isNull();
            }
        }
    }

    /** One process, its connection and, unless it is the master, its intake. */
    final class Member {
        final SimLoop loop;
        final Store store;
        final Intake intake;
        final StoreConnection connection;
        final PresentSession present;

        Member(String name) {
            SimProcess process = new SimProcess(scheduler, name, new SimClock(scheduler));
            loop = new SimLoop(process);
            connection = ensemble.connect(process, SESSION);
            store = connection.view(loop);
            present = new PresentSession(loop, store);
            intake = new Intake(loop, connection.view(loop), name, 200_000);
            loop.execute(intake::start);
        }

        void expire() {
            present.expire(ensemble);
        }
    }

    // --- what the master does

    void commit(Transaction.Builder transaction) {
        Transaction built = transaction.build();
        master.loop.execute(() -> {
            master.present.session().ifPresent(on -> master.store.commit(on, built, answer -> {}));
        });
    }

    /** Sets up what a master sets up when it takes office. */
    void open() {
        until(Duration.ofSeconds(20), () -> master.present.session().isPresent());
        commit(Transaction.at("test")
                .create(Paths.QUEUE, new byte[0])
                .create(Paths.GATE, Gate.FRESH.encode())
                .create(Paths.SUBMITTERS, new byte[0])
                .create(Paths.SEGMENTS, new byte[0]));
        until(Duration.ofSeconds(20), () -> ensemble.peek(Paths.GATE).isPresent());
    }

    boolean isOpen() {
        return Gate.decode(Paths.GATE, ensemble.peek(Paths.GATE).orElseThrow().data())
                .open();
    }

    void turnGate(boolean toOpen) {
        ensemble.peek(Paths.GATE)
                .ifPresent(gate -> commit(Transaction.at("test")
                        .put(Paths.GATE, new Gate(toOpen, 10, toOpen ? 0 : 11).encode(), gate.version())));
    }

    /** Deletes a segment, as if everything of it were settled. */
    void settle(String segment) {
        if (ensemble.peek(segment).isPresent()) {
            commit(Transaction.at("test").delete(segment, 0));
        }
    }

    /** Deletes a submitter's znode as unused. */
    void forget(int which) {
        List<String> all = new ArrayList<>();
        ensemble.peekChildren(Paths.SUBMITTERS)
                .forEach(bucket -> ensemble.peekChildren(Paths.SUBMITTERS + '/' + bucket)
                        .forEach(name -> all.add(Paths.submitter(name))));
        if (!all.isEmpty()) {
            String path = all.get(which % all.size());
            forgotten.add(path);
            commit(Transaction.at("test").delete(path, -1));
        }
    }

    // --- what clients do

    Submission run(String id, String key, int padding) {
        return new Submission(
                id,
                JOB,
                1,
                Optional.empty(),
                Map.of("text", "x".repeat(padding)),
                Submission.USUAL.withKey(key),
                "ada");
    }

    String submit(Member client, Pressure pressure, int padding) {
        return submit(client, pressure, run("run-" + submitted++, "", padding));
    }

    String submit(Member client, Pressure pressure, Submission run) {
        List<Submitted> answers = told.computeIfAbsent(run.runId(), id -> new ArrayList<>());
        client.loop.execute(() -> {
            boolean[] answered = new boolean[1];
            client.intake.submit(run, pressure, PATIENCE, what -> {
                assertThat(answered[0]).as(run.runId() + " answered twice").isFalse();
                answered[0] = true;
                answers.add(what);
            });
        });
        return run.runId();
    }

    /** The segments that hold a run, as often as they do. */
    List<String> holding(String runId) {
        List<String> holders = new ArrayList<>();
        created.forEach((path, segment) ->
                segment.runs().stream().filter(run -> run.runId().equals(runId)).forEach(run -> holders.add(path)));
        return holders;
    }

    Submitted answer(String runId) {
        until(PATIENCE.multipliedBy(3), () -> !told.get(runId).isEmpty());
        return told.get(runId).get(0);
    }

    /** Every submission was told the truth. */
    void check(boolean unknownAllowed) {
        told.forEach((runId, answers) -> {
            List<String> holders = holding(runId);
            for (Submitted answer : answers) {
                if (answer instanceof Submitted.Durable durable) {
                    assertThat(holders).as(runId).contains(durable.segment());
                    Segment segment = created.get(durable.segment());
                    assertThat(segment.runs().get(durable.first()).runId()).isEqualTo(runId);
                } else if (answer instanceof Submitted.Unknown) {
                    assertThat(unknownAllowed).as(runId + ": " + answer).isTrue();
                }
            }
            long durable = answers.stream()
                    .filter(answer -> answer instanceof Submitted.Durable)
                    .count();
            long unknown = answers.stream()
                    .filter(answer -> answer instanceof Submitted.Unknown)
                    .count();
            assertThat((long) holders.size()).as(runId + " " + answers).isBetween(durable, durable + unknown);
        });
    }

    void until(Duration atMost, BooleanSupplier done) {
        long deadline = scheduler.nanos() + atMost.toNanos();
        while (!done.getAsBoolean()) {
            assertThat(scheduler.nanos() < deadline && scheduler.step())
                    .as("seed " + scheduler.seed() + ": not in time")
                    .isTrue();
        }
    }

    void pass(Duration time) {
        scheduler.runUntil(scheduler.nanos() + time.toNanos());
    }

    Optional<Znode> peek(String path) {
        return ensemble.peek(path);
    }
}
