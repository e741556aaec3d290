package dev.belfry.testkit.cluster;

import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.MemberSubstitution;
import net.bytebuddy.matcher.ElementMatchers;

/**
 * The rules of the protocol, each taken out of the shipped code in one place.
 *
 * <p>When code moves, {@link MutantLoader} says which of these has lost its method: name the one that keeps the rule now.
 * The nested classes are not run where they stand; their code is put into that method, before or after what it does.
 */
final class Mutants {
    private static final String LOOP = "dev.belfry.agent.loop.";
    private static final String MASTER = "dev.belfry.master.";
    private static final String CORE = "dev.belfry.core.";
    private static final int SEEDS = 150;

    private final List<Mutant> all = new ArrayList<>();

    private Mutants() {}

    static List<Mutant> all() {
        Mutants mutants = new Mutants();
        mutants.ofTheMaster();
        mutants.ofTheStart();
        mutants.ofTheLease();
        mutants.ofHandOver();
        mutants.ofTheLedger();
        return List.copyOf(mutants.all);
    }

    private void ofTheMaster() {
        add("R1", "a master writes without a check of the epoch", MASTER + "Office", "fence", NoEpoch.class, "I7");
        add(
                "R2",
                "a master does not wait for a lease",
                CORE + "ownership.ProofOfLife",
                "waitNanos",
                NoWait.class,
                "I8");
        add(
                "R2",
                "any listing of a shard counts as its release",
                CORE + "assign.JobView",
                "isReleased",
                AnySince.class,
                "I8",
                "I6");
    }

    private void ofTheStart() {
        add(
                "R3",
                "an attempt starts without a lease",
                LOOP + "AgentLoop$Incarnated",
                "leaseHolds",
                Registered.class,
                "R3",
                "I1",
                "I3",
                "I4",
                "I5");
        add(
                "R3",
                "an owner goes on although the table names it no longer",
                LOOP + "OwnedShards",
                "over",
                Skipped.class,
                "R8",
                "I1",
                "I5",
                "I6",
                "I8");
        all.add(new Mutant(
                "R3",
                "an owner forgets that it has released a shard",
                LOOP + "OwnedShards",
                "letGo",
                method -> MemberSubstitution.strict()
                        .field(ElementMatchers.named("stage"))
                        .onWrite()
                        .stub()
                        .on(method),
                List.of(),
                SEEDS,
                Set.of("I5", "I8", "R8", "I6", "I1")));
    }

    private void ofTheLease() {
        add("R4", "a lease is held for three times its length", CORE + "ownership.Lease", "renew", Younger.class, "I8");
        add(
                "R4",
                "the wall clock does not shorten a lease",
                CORE + "ownership.Lease",
                "remainingNanos",
                NoWallClock.class,
                "I3",
                "I5",
                "I8");
        add(
                "R4",
                "a heartbeat renews the lease before what it saw is applied",
                LOOP + "AgentLoop$Incarnated",
                "applied",
                Always.class,
                "I3");
        add(
                "R5",
                "attempts go on after the end of the lease",
                CORE + "shard.ShardRuns",
                "stopAll",
                NotForTheLease.class,
                "R5",
                "I5");
        all.add(new Mutant(
                "R6",
                "the tokens of a tenancy are all the same",
                CORE + "shard.ShardRuns",
                "number",
                method -> Advice.to(FirstAttempt.class).on(method),
                List.of(),
                SEEDS,
                Set.of("I6")));
        all.add(new Mutant(
                "R6",
                "a token does not say which tenancy",
                CORE + "shard.ShardRuns",
                "number",
                method -> MemberSubstitution.strict()
                        .field(ElementMatchers.named("since"))
                        .onRead()
                        .stub()
                        .on(method),
                List.of(),
                SEEDS,
                Set.of("I6")));
    }

    private void ofHandOver() {
        add(
                "R7",
                "a shard counts as quiet while its attempt runs",
                CORE + "shard.ShardRuns",
                "quiet",
                Always.class,
                "I5",
                "I1");
        add(
                "R7",
                "a shard is released before it is recorded",
                LOOP + "GroupCommit",
                "settled",
                Always.class,
                "I1",
                "I4");
    }

    private void ofTheLedger() {
        add(
                "R8",
                "no write checks its own registration",
                "dev.belfry.store.Transaction$Builder",
                "exists",
                NoRegistration.class,
                "R8");
        add(
                "R8",
                "a new owner begins without the ledger",
                LOOP + "OwnedShards",
                "begin",
                NoLedger.class,
                "I1",
                "I4",
                "I6",
                "I5");
    }

    private void add(String rule, String what, String type, String method, Class<?> code, String... caughtAs) {
        all.add(new Mutant(
                rule, what, type, method, matched -> Advice.to(code).on(matched), List.of(), SEEDS, Set.of(caughtAs)));
    }

    static final class NoEpoch {
        @Advice.OnMethodExit
        static void exit(@Advice.Argument(0) String site, @Advice.Return(readOnly = false) Transaction.Builder made) {
            made = Transaction.at(site);
        }
    }

    static final class NoWait {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) long wait) {
            wait = wait == Long.MAX_VALUE ? wait : 0;
        }
    }

    static final class AnySince {
        @Advice.OnMethodExit
        static void exit(
                @Advice.FieldValue("released") Map<?, ?> released,
                @Advice.Argument(0) int shard,
                @Advice.Return(readOnly = false) boolean is) {
            is = released.containsKey(shard);
        }
    }

    static final class Registered {
        @Advice.OnMethodExit
        static void exit(
                @Advice.FieldValue("registered") boolean registered, @Advice.Return(readOnly = false) boolean holds) {
            holds = registered;
        }
    }

    static final class Skipped {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter() {
            return true;
        }
    }

    static final class Younger {
        @Advice.OnMethodEnter
        static void enter(
                @Advice.FieldValue("length") long length,
                @Advice.Argument(value = 0, readOnly = false) long nanos,
                @Advice.Argument(value = 1, readOnly = false) Instant at) {
            nanos += 2 * length;
            at = at.plusNanos(2 * length);
        }
    }

    static final class NoWallClock {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 1, readOnly = false) Instant now) {
            now = Instant.EPOCH;
        }
    }

    static final class Always {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) boolean answer) {
            answer = true;
        }
    }

    static final class NotForTheLease {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.Argument(0) String reason) {
            return reason.equals(Reasons.LEASE_OVER);
        }
    }

    static final class FirstAttempt {
        @Advice.OnMethodEnter
        static void enter(@Advice.FieldValue(value = "attempts", readOnly = false) int attempts) {
            attempts = 0;
        }
    }

    static final class NoRegistration {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.Argument(0) String path) {
            return path.startsWith(Paths.AGENTS);
        }

        @Advice.OnMethodExit
        static void exit(
                @Advice.This Transaction.Builder builder, @Advice.Return(readOnly = false) Transaction.Builder made) {
            made = builder;
        }
    }

    static final class NoLedger {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 1, readOnly = false) Optional<LedgerRecord> stored) {
            stored = Optional.empty();
        }
    }
}
