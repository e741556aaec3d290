package dev.belfry.testkit.store;

import dev.belfry.store.Transaction.Write;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the ensemble's log. Refused transactions are entries too, without effects, so that their answers keep
 * their place in the order.
 */
final class Txn {

    /** What it does to its session. */
    enum Role {
        OPENS,
        WRITES,
        CLOSES
    }

    final long zxid;
    final Role role;
    final SimSession session;
    final List<Tree.Effect> effects;
    final List<Write> writes;

    /** For the client, once the server that it is connected to has applied this. */
    final Object answer;

    /** Where the answer goes; null if nobody waits for one. */
    final @Nullable Link link;

    final @Nullable Request<?> request;

    Txn(long zxid, Role role, Outcome outcome, Proposal proposal) {
        this.zxid = zxid;
        this.role = role;
        this.session = proposal.session();
        this.effects = outcome.effects();
        this.writes = outcome.writes();
        this.answer = outcome.answer();
        this.link = proposal.link();
        this.request = proposal.request();
    }

    /** What applying a proposal came to. */
    record Outcome(List<Tree.Effect> effects, List<Write> writes, Object answer) {

        static Outcome refused(Object answer) {
            return new Outcome(List.of(), List.of(), answer);
        }
    }

    /**
     * What a leader has ordered and a quorum has yet to acknowledge.
     *
     * @param dueNanos when a quorum can have it on disk
     * @param spread whether anyone but the leader can have received it
     */
    record Proposal(
            SimSession session,
            @Nullable Link link,
            @Nullable Request<?> request,
            Role role,
            long dueNanos,
            boolean spread) {}
}
