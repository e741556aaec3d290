package dev.belfry.master.queue;

import dev.belfry.core.queue.QueueBook;
import dev.belfry.core.queue.QueueRound;
import dev.belfry.core.queue.WorkflowBeginning;
import dev.belfry.core.queue.WorkflowBook;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.workflow.RunGiven;
import dev.belfry.store.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The workflow runs of one term of the master: what people ask of them, and what has to be read for them.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
public final class WorkflowDesk {

    private record Asked(Transaction.Write write, Runnable then) {}

    /**
     * What came of something that was asked.
     *
     * @param accepted whether it is done in the next round
     * @param text what is done, or why not
     * @param workflow the id of the workflow run; empty if it is refused
     */
    public record Answer(boolean accepted, String text, String workflow) {}

    private final QueueOffice office;
    private final WorkflowBook book;
    private final WorkflowsInForce workflows;
    private final WorkflowLook look;
    private final QueueBook queue;
    private final Runnable changed;
    /** Taken into the book, and not written yet. */
    private final List<Asked> asked = new ArrayList<>();

    private boolean reconciled;

    WorkflowDesk(QueueOffice office, QueueBook queue, WorkflowsInForce workflows, Reads reads, Runnable changed) {
        this.office = office;
        this.queue = queue;
        this.book = queue.workflows();
        this.workflows = workflows;
        this.changed = changed;
        this.look = new WorkflowLook(reads, book, changed);
    }

    /** Reads what is stored. */
    void start(Runnable then) {
        look.start(then);
    }

    /** Everything else of the queue is known, as far as it can be read. */
    void loaded() {
        book.loaded();
        look.readOutputs();
    }

    /** Every segment of before this term can be read. */
    void segmentsKnown() {
        if (!reconciled) {
            reconciled = true;
            queue.reconcileWorkflows();
            changed.run();
        }
    }

    /** Whether every workflow run could be read. */
    boolean isWhole() {
        return look.isWhole();
    }

    /** Begins the workflow of which the job is a root; empty if it is in none, and its run stands for itself. */
    public Optional<Answer> begin(JobRecord job, String command, Map<String, String> parameters, String by) {
        Instant now = office.now();
        WorkflowsInForce.Start start = workflows.start(job, now);
        if (start instanceof WorkflowsInForce.Start.Broken broken) {
            return Optional.of(refused("the workflow of '" + job.name() + "' cannot run: " + broken.why()));
        }
        if (start instanceof WorkflowsInForce.Start.Follows follows) {
            return Optional.of(refused("job '" + job.name() + "' runs after " + String.join(", ", follows.upstreams())
                    + ": trigger what the workflow begins with; 'belfry rerun' runs it again in a workflow run, and"
                    + " 'belfry submit' by itself"));
        }
        if (!(start instanceof WorkflowsInForce.Start.Begins begins)) {
            return Optional.empty();
        }
        RunGiven given = new RunGiven(parameters, Optional.empty());
        return Optional.of(given.refusal(begins.workflow())
                .map(why -> refused("the workflow of '" + job.name() + "' cannot run: " + why))
                .orElseGet(() -> begin(WorkflowsInForce.asked(job, begins, command, given, by, now))));
    }

    private Answer begin(WorkflowBeginning beginning) {
        String id = beginning.run().id();
        if (book.room() == 0) {
            return refused(WorkflowBook.MOST_OPEN + " workflow runs are under way, and more may not be");
        }
        if (book.find(id).isPresent()) {
            return refused("workflow run " + id + " was begun before");
        }
        book.begin(beginning);
        return new Answer(true, "workflow run " + id + " begun", id);
    }

    /** Cancels a workflow run as a whole. */
    public Answer cancel(String id) {
        return answer(book.cancel(id), id, "workflow run " + id + " cancelled wherever it has not ended");
    }

    /**
     * Lets a workflow run go on.
     *
     * @param job that is to run again, with all that follows it; empty for those that failed
     */
    public Answer rerun(String id, Optional<String> job) {
        String what = job.map(name -> "with " + name).orElse("with the jobs that failed");
        return answer(book.rerun(id, job), id, "workflow run " + id + " goes on " + what);
    }

    private static Answer answer(Optional<String> refusal, String id, String done) {
        return refusal.map(WorkflowDesk::refused).orElseGet(() -> new Answer(true, done, id));
    }

    private static Answer refused(String why) {
        return new Answer(false, why, "");
    }

    /**
     * What was accepted last is written together with this.
     *
     * @param then called once it is
     */
    public void write(Transaction.Write write, Runnable then) {
        asked.add(new Asked(write, then));
        changed.run();
    }

    boolean isEmpty() {
        return asked.isEmpty();
    }

    /** What is to be written with the round that was just made, and called once it is. */
    Turn turn(QueueRound round) {
        List<Asked> taken = book.isAsked() ? List.of() : List.copyOf(asked);
        asked.removeAll(taken);
        return new Turn(round, taken);
    }

    /** Part of one round. */
    final class Turn {
        private final QueueRound round;
        private final List<Asked> taken;

        private Turn(QueueRound round, List<Asked> taken) {
            this.round = round;
            this.taken = taken;
        }

        List<Transaction.Write> writes() {
            return taken.stream().map(Asked::write).toList();
        }

        void written() {
            if (!round.workflows().isEmpty()) {
                look.readOutputs();
            }
            taken.forEach(one -> one.then().run());
        }
    }
}
