package dev.belfry.testkit.cluster;

import static net.bytebuddy.matcher.ElementMatchers.named;

import dev.belfry.core.job.Misfire;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.record.Paths;
import dev.belfry.core.trigger.Owed;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import java.lang.reflect.Method;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.asm.MemberSubstitution;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.matcher.ElementMatcher;

/**
 * The rules of the protocol, each taken out of the shipped code in one place.
 *
 * <p>When code moves, {@link MutantLoader} says which of these has lost its method: name the one that keeps the rule now.
 * The nested classes are not run where they stand; their code is put into that method, before or after what it does.
 *
 * <p>Longer than the house limit: one entry and a few lines of changed code for each rule, in one place.
 */
final class Mutants {
    private static final String LOOP = "dev.belfry.agent.loop.";
    private static final String MASTER = "dev.belfry.master.";
    private static final String CORE = "dev.belfry.core.";
    private static final String MASTERS = "MasterScenariosTest.";
    private static final String LEDGERS = "LedgerScenariosTest.";
    private static final String ENDINGS = "EndingScenariosTest.";
    private static final String GONE = "GoneAgentScenariosTest.";
    private static final String CLIENT = "dev.belfry.agent.client.";
    private static final String LAGGING = "LaggingScenariosTest.";
    private static final String TENANCIES = "TenancyScenariosTest.";
    /** Enough for what any busy cluster with a few faults shows. */
    private static final int FEW = 30;
    /** Enough for what few seeds come to. */
    private static final int MANY = 100;

    private Mutants() {}

    static List<Mutant> all() {
        List<Mutant> all = new ArrayList<>(masters());
        all.addAll(starts());
        all.addAll(leases());
        all.addAll(handOvers());
        all.addAll(ledgers());
        all.addAll(readings());
        all.addAll(outcomes());
        all.addAll(acknowledgements());
        all.addAll(QueueMutants.all());
        return List.copyOf(all);
    }

    private static List<Mutant> masters() {
        return List.of(
                mutant("R1", "a master writes without a check of the epoch")
                        .in(MASTER + "Office", "fence", with(NoEpoch.class))
                        .on(MASTERS + "planOfADeposedMasterIsRefused", "I7"),
                mutant("R1", "a new master plans with the agents that it knew before its epoch")
                        .in(LOOP + "Mirror", "compare", with(OnlyOnce.class))
                        .on(MASTERS + "newMasterReadsTheTableAndThenTheAgentsBeforeItPlans", "test"),
                mutant("R2", "a master does not wait for a lease")
                        .in(CORE + "ownership.ProofOfLife", "waitNanos", with(NoWait.class))
                        .within(FEW, "I8"),
                mutant("R2", "any listing of a shard counts as its release")
                        .in(CORE + "assign.JobView", "isReleased", with(AnySince.class))
                        .within(FEW, "I8"),
                mutant("R2", "a master grants at once what the one before it had found lost")
                        .in(MASTER + "TableWriter", "emptied", with(Nothing.class))
                        .on(
                                TENANCIES + "shardsWhoseRowsAreLostAreNotGrantedAtOnceByTheMasterAfterTheOneThatSaidSo",
                                "I4",
                                "I5",
                                "I6",
                                "I8",
                                "test"),
                mutant(
                                "R2",
                                "of what is lost a master grants after one lease, although owners live and have not said a word")
                        .in(MASTER + "LostRows", "whoMayKnow", with(Nothing.class))
                        .on(
                                TENANCIES
                                        + "ownerThatIsNotToldOfTheLossOfItsRowsIsWaitedForHoweverLongItRenewsItsLease",
                                "I8"),
                mutant("R2", "a registration counts in whose hands ever it is")
                        .in(
                                MASTER + "MasterLoop$Candidate$Registrations",
                                "present",
                                without(named("sessionId").or(named("ephemeralOwner"))))
                        .on(MASTERS + "registrationInTheHandsOfAnotherSessionCountsForNothing", "test", "I8"));
    }

    private static List<Mutant> starts() {
        return List.of(
                mutant("R3", "an attempt starts without a lease")
                        .in(LOOP + "Incarnated", "leaseHolds", with(Registered.class))
                        .on(TENANCIES + "agentWhoseLeaseIsOverBeginsNoAttempt", "R3", "test"),
                mutant("R3", "an owner goes on although the table names it no longer")
                        .in(LOOP + "OwnedShards", "over", with(Skipped.class))
                        .on(
                                TENANCIES + "ownersWhoseRowsAreLostStopBeforeAnybodyElseIsGrantedTheirShards",
                                "R8",
                                "I5",
                                "test"),
                mutant("R3", "an owner takes up again what it has released")
                        .in(LOOP + "LettingGo", "release", withoutWriting("stage"))
                        .on(
                                TENANCIES + "shardThatWasReleasedIsNotTakenUpAgainWhenItsMoveIsCalledOff",
                                "R8",
                                "I5",
                                "I8"));
    }

    private static List<Mutant> leases() {
        return List.of(
                mutant("R4", "a lease is held for three times its length")
                        .in(CORE + "ownership.Lease", "renew", with(Younger.class))
                        .within(FEW, "I8"),
                mutant("R4", "the wall clock does not shorten a lease")
                        .in(CORE + "ownership.Lease", "hasParted", with(NoWallClock.class))
                        .on(
                                TENANCIES + "machineThatWakesFromSuspensionStartsNothingByItsOldLease",
                                "I3",
                                "I5",
                                "I6",
                                "I8"),
                mutant("R4", "a reading that failed is forgotten when the comparison begins anew")
                        .in(LOOP + "Mirror", "compare", with(Hopeful.class))
                        .on(TENANCIES + "agentThatCannotReadWhatItSawChangeStopsWithItsLease", "I3"),
                mutant("R4", "a heartbeat renews the lease before what it saw is applied")
                        .in(LOOP + "Incarnated", "applied", with(Always.class))
                        .on(TENANCIES + "agentThatCannotReadWhatItSawChangeStopsWithItsLease", "I3"),
                mutant("R5", "attempts go on after the end of the lease")
                        .in(CORE + "shard.ShardRuns", "stopAll", with(NotForTheLease.class))
                        .within(FEW, "R5"),
                mutant("R6", "the attempts of a tenancy have no numbers")
                        .in(CORE + "shard.FireAttempts", "number", with(FirstAttempt.class))
                        .within(FEW, "I6"),
                mutant("R6", "a token does not say of which tenancy it is")
                        .in(CORE + "shard.FireAttempts", "number", without(named("since")))
                        .within(FEW, "I6"),
                mutant("R6", "a generation does not say of which term it is")
                        .in(CORE + "ownership.Generation", "of", with(FirstTerm.class))
                        // The table itself refuses some of them.
                        .within(FEW, "I6", "I7", "error"));
    }

    private static List<Mutant> handOvers() {
        return List.of(
                mutant("R7", "a shard is released while its attempt runs")
                        .in(CORE + "shard.ShardRuns", "quiet", with(Always.class))
                        .within(FEW, "I5", "I1", "R5"),
                mutant("R7", "a shard is released before its records are durable")
                        .in(LOOP + "GroupCommit", "settled", with(Always.class))
                        .on(TENANCIES + "shardIsReleasedOnlyWhenTheOutcomeOfItsLastAttemptIsDurable", "I1"));
    }

    private static List<Mutant> ledgers() {
        return List.of(
                mutant("R8", "no write checks its own registration")
                        .in("dev.belfry.store.Transaction$Builder", "exists", with(NoRegistration.class))
                        .on(TENANCIES + "ownerWhoseRegistrationIsDeletedRecordsNothingMore", "R8", "I8"),
                // Without the version alone nothing breaks, here or in any seed tried: while an owner is registered it
                // is
                // the only one who writes, and afterwards it is refused whatever the version. It takes the loss of
                // both.
                mutant("R8", "a ledger is written without its version, and without a check of the registration")
                        .in("dev.belfry.store.Transaction$Builder", "put", withoutVersionAndRegistration())
                        .on(TENANCIES + "ownerWhoseRegistrationIsDeletedRecordsNothingMore", "R8", "I8"),
                mutant("R8", "a new owner begins without what its predecessors recorded")
                        .in(LOOP + "OwnedShards", "begin", with(NoLedger.class))
                        .within(FEW, "I1", "I4"),
                mutant("5.6", "what a lost owner left no trace of is taken for what never ran")
                        .in(MASTER + "Losses", "doubt", with(NoDoubt.class))
                        .on(
                                LEDGERS + "firesThatRanUnderTheLeaseWhileNoServerAnsweredRunAgainAsWhatMayHaveRun",
                                "I4",
                                "test"),
                mutant("5.6", "the doubt ends with the last proof of life, and the lease goes on")
                        .in(CORE + "ownership.ProofOfLife", "overNanos", with(ByTheProof.class))
                        .on(
                                LEDGERS + "firesThatRanUnderTheLeaseWhileNoServerAnsweredRunAgainAsWhatMayHaveRun",
                                "I4",
                                "test"),
                mutant("5.6", "what ends after a loss is called superseded, though it may have run")
                        .in(CORE + "shard.ShardBook", "why", with(Certain.class))
                        .on(ENDINGS + "deletedJobSaysOfWhatALostOwnerMayHaveRunThatItMayHaveRun", "I4", "test"),
                mutant("5.6", "nobody settles what an agent that does not come back may have run")
                        .in(MASTER + "GoneAgents", "judge", with(Skipped.class))
                        .on(GONE + "whatAnAgentThatNeverComesBackMayHaveRunIsSettledByAnother", "I4", "test"),
                mutant("5.6", "the part of an agent that is there, and does not take part, is removed")
                        .in(MASTER + "GoneAgents", "isAway", with(Always.class))
                        .on(GONE + "partOfAnAgentThatIsThereAndDoesNotTakePartIsKept", "test"));
    }

    private static List<Mutant> readings() {
        return List.of(
                mutant("R4", "a heartbeat that was kept for the next connection renews the lease")
                        .in(LOOP + "Heartbeat", "suspended", with(Skipped.class))
                        .on(LAGGING + "heartbeatThatWasKeptForTheNextConnectionRenewsNoLease", "I3"),
                mutant("3", "a commit of unknown result is looked for on a server that may be behind it")
                        .in(LOOP + "GroupCommit", "resolve", withoutSync())
                        .on(LAGGING + "recordWhoseReplyIsLostIsLookedForWhereAllThatIsCommittedHasArrived", "I1"),
                mutant("3", "a change of unknown result is looked for on a server that may be behind it")
                        .in(CLIENT + "Requests", "sync", with(NoSettling.class))
                        .on(LAGGING + "changeWhoseReplyIsLostIsReportedAsMade", "test"),
                mutant("3", "a definition is compared with one that may have been replaced")
                        .in(CLIENT + "Requests", "sync", with(NoSyncToApply.class))
                        .on(LAGGING + "definitionThatWasReplacedMeanwhileIsNotTakenForUnchanged", "test"),
                mutant("3", "a client is answered by a server that may be behind what it was told of")
                        .in(CLIENT + "Requests", "sync", with(NoSyncToRead.class))
                        .on(LAGGING + "clientOfAServerThatIsBehindReadsWhatWasAppliedBefore", "test"));
    }

    private static List<Mutant> outcomes() {
        return List.of(
                mutant("5.6", "everything that is late is recorded as missed")
                        .in(CORE + "trigger.Owed", "settle", with(AllMissed.class))
                        .within(FEW, "I2"),
                mutant("5.6", "no fire is run for those that it stands for")
                        .in(CORE + "trigger.Owed", "fireOnce", with(AllCoalesced.class))
                        .within(FEW, "I2"),
                mutant("5.6", "the misfire window is shorter by one fire")
                        .in(CORE + "trigger.Owed", "fireAll", with(ShorterWindow.class))
                        .within(FEW, "I2"),
                mutant("5.6", "one late fire fewer is run than the limit allows")
                        .in(CORE + "trigger.Owed", "fireAll", with(LowerLimit.class))
                        .within(FEW, "I2"),
                mutant("5.4", "what comes on time is skipped although nothing runs")
                        .in(CORE + "shard.Overlaps", "onTime", without(named("isEmpty")))
                        .within(FEW, "I2"),
                mutant("5.4", "outcomes of broadcast jobs are not written")
                        .in(LOOP + "JournalTail", "worthWriting", with(NoBroadcast.class))
                        .within(FEW, "I1"));
    }

    private static List<Mutant> acknowledgements() {
        return List.of(
                mutant("6", "a command is consumed and its effect not entered")
                        .in(MASTER + "CommandDesk", "next", without(named("forEach")))
                        .within(FEW, "I13"),
                mutant("6", "a definition is acknowledged as unchanged and not written")
                        .in(CLIENT + "JobWriter", "change", sameIfCompared())
                        .within(FEW, "I13"),
                mutant("6", "a run that was asked for is entered and not taken up")
                        .in(CORE + "shard.ShardRuns", "request", with(Skipped.class))
                        .within(MANY, "I13"));
    }

    /** Beside the method that writes over a znode, whatever its version, the one that checks a registration is changed. */
    private static Mutant.Change withoutVersionAndRegistration() {
        return method -> new AsmVisitorWrapper.Compound(
                Advice.to(AnyVersion.class).on(method),
                Advice.to(NoRegistration.class).on(named("exists")));
    }

    /** The method finds what it compares to be the same. */
    private static Mutant.Change sameIfCompared() {
        Method same;
        try {
            same = Spoilt.class.getMethod("same", Object.class, Object.class);
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
        return method ->
                substitution().method(named("equals")).replaceWith(same).on(method);
    }

    private static Mutant.Idea mutant(String rule, String what) {
        return new Mutant.Idea(rule, what);
    }

    /** The code of {@code advice} before or after, or instead of, what the method does. */
    static Mutant.Change with(Class<?> advice) {
        return method -> Advice.to(advice).on(method);
    }

    /** What these methods return is 0 for this one. */
    private static Mutant.Change without(ElementMatcher<? super MethodDescription> called) {
        return method -> substitution().method(called).stub().on(method);
    }

    /** The method waits for nothing where it would wait for all that is committed. */
    private static Mutant.Change withoutSync() {
        Method none;
        try {
            none = NoSync.class.getMethod(
                    "sync", Store.class, Session.class, String.class, String.class, Consumer.class);
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
        return method -> substitution().method(named("sync")).replaceWith(none).on(method);
    }

    /** The method leaves a field as it is. */
    private static Mutant.Change withoutWriting(String field) {
        return method -> substitution().field(named(field)).onWrite().stub().on(method);
    }

    private static MemberSubstitution substitution() {
        ClassFileLocator files = ClassFileLocator.ForClassLoader.of(Mutants.class.getClassLoader());
        return MemberSubstitution.strict().with(new MemberSubstitution.TypePoolResolver.ForClassFileLocator(files));
    }

    static final class NoEpoch {
        @Advice.OnMethodExit
        static void exit(@Advice.Argument(0) String site, @Advice.Return(readOnly = false) Transaction.Builder made) {
            made = Transaction.at(site);
        }
    }

    static final class OnlyOnce {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.FieldValue("loaded") boolean loaded) {
            return loaded;
        }

        @Advice.OnMethodExit
        static void exit(@Advice.FieldValue("seen") long seen, @Advice.Return(readOnly = false) long mark) {
            mark = seen;
        }
    }

    static final class Hopeful {
        @Advice.OnMethodEnter
        static void enter(@Advice.FieldValue(value = "incomplete", readOnly = false) boolean incomplete) {
            incomplete = false;
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
        static void enter(@Advice.Argument(value = 2, readOnly = false) Instant now) {
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
        static void enter(@Advice.FieldValue(value = "numbered", readOnly = false) int numbered) {
            numbered = 0;
        }
    }

    static final class FirstTerm {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 0, readOnly = false) long term) {
            term = 1;
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

    static final class Nothing {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Set<?> all) {
            all = Set.of();
        }
    }

    static final class NoDoubt {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Optional<Instant> until) {
            until = Optional.empty();
        }
    }

    static final class Certain {
        @Advice.OnMethodExit
        static void exit(@Advice.Argument(1) String reason, @Advice.Return(readOnly = false) String why) {
            why = reason;
        }
    }

    static final class ByTheProof {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) long over) {
            over += 6_000_000_000L;
        }
    }

    static final class NoLedger {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 1, readOnly = false) Optional<LedgerRecord> stored) {
            stored = Optional.empty();
        }
    }

    static final class NoSettling {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.Argument(0) String site) {
            return site.equals("apply-settle");
        }

        @Advice.OnMethodExit
        static void exit(@Advice.Enter boolean left, @Advice.Return(readOnly = false) CompletableFuture<Boolean> done) {
            done = left ? CompletableFuture.completedFuture(true) : done;
        }
    }

    static final class NoSyncToApply {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.Argument(0) String site) {
            return site.equals("apply-sync");
        }

        @Advice.OnMethodExit
        static void exit(@Advice.Enter boolean left, @Advice.Return(readOnly = false) CompletableFuture<Boolean> done) {
            done = left ? CompletableFuture.completedFuture(true) : done;
        }
    }

    static final class NoSyncToRead {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean enter(@Advice.Argument(0) String site) {
            return site.equals("get-sync");
        }

        @Advice.OnMethodExit
        static void exit(@Advice.Enter boolean left, @Advice.Return(readOnly = false) CompletableFuture<Boolean> done) {
            done = left ? CompletableFuture.completedFuture(true) : done;
        }
    }

    static final class AnyVersion {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(0) String path, @Advice.Argument(value = 2, readOnly = false) int version) {
            version = path.startsWith(Paths.LEDGER) ? -1 : version;
        }
    }

    static final class AllMissed {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Owed settled) {
            settled = Spoilt.allMissed(settled);
        }
    }

    static final class AllCoalesced {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Owed settled) {
            settled = Spoilt.allCoalesced(settled);
        }
    }

    static final class ShorterWindow {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 2, readOnly = false) Misfire rules) {
            rules = Spoilt.shorterWindow(rules);
        }
    }

    static final class LowerLimit {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 2, readOnly = false) Misfire rules) {
            rules = Spoilt.lowerLimit(rules);
        }
    }

    static final class NoBroadcast {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 0, readOnly = false) List<FireEntry> lines) {
            lines = Spoilt.withoutBroadcast(lines);
        }
    }
}
