------------------------------ MODULE Settling ------------------------------
(* What is over is settled by an owner. One shard of a layout that may end  *)
(* (another layout, or the job is deleted), its owners one after another,   *)
(* the hand-overs that say "settled", a master that comes and goes, and the *)
(* first grant of the next layout.                                          *)
(* Fires 1..due were due before the end, 1..acc of them have their outcome  *)
(* in the ledger. How a record comes there is the matter of Ledger.tla, how *)
(* a row is written that of Ownership.tla: both are one step here.          *)
EXTENDS Integers, FiniteSets, TLC
CONSTANTS Agents, F, MaxSince, MaxLosses, MaxTerms,
          WaitLease,    \* a lost owner is replaced only when its lease is over
          SettledOnly,  \* the row goes only when its owner says that nothing is owed any more
          LostSettled,  \* a row whose owner was lost goes to an agent that settles
          UnownedToo,   \* so does a shard that has no row and of which nothing is known
          AskedAgain,   \* ... although an earlier master may have had it settled
          EndKnown,     \* an owner says "settled" only when it knows that the layout is over
          LooksAgain,   \* an owner asked back at once reads the definition again before it waits for an end
          EndIsFirst    \* the end is the first of what ends the layout: next layout, deletion
None == "none"
NoRow == [owner |-> None, since |-> 0, next |-> None]
VARIABLES
  def,      \* the definition in the store: "plain", or "ending" once it names an end of the layout
  over,     \* the end has passed: nothing more falls due
  due, acc,
  row, n,   \* the row of the table, and the last generation used
  rel,      \* hand-overs: <<agent, since, settled>>
  live, leased,
  seen,     \* agent -> row that it last read
  settling, \* agent -> it has known its tenancy only as one to let go of
  knows,    \* agent -> it has read the definition with the end
  run,      \* agent -> an attempt of the shard runs there
  mOver,    \* the master takes the layout for over; its clock may be ahead or behind
  done,     \* the master of this term remembers that the row went settled
  kept,     \* the job's record says that the layout is settled
  lost, terms, next
vars == <<def, over, due, acc, row, n, rel, live, leased, seen, settling, knows, run, mOver, done, kept, lost, terms, next>>
store == <<row, n, rel>>
agents == <<live, leased, seen, settling, knows, run, lost>>
master == <<mOver, done, kept, terms, next>>
fires == <<def, over, due, acc>>

Init == /\ def = "plain" /\ over = FALSE /\ due = 0 /\ acc = 0 /\ row = NoRow /\ n = 0 /\ rel = {}
        /\ live = Agents /\ leased = Agents /\ seen = [a \in Agents |-> NoRow]
        /\ settling = [a \in Agents |-> FALSE] /\ knows = [a \in Agents |-> FALSE] /\ run = [a \in Agents |-> FALSE]
        /\ mOver = FALSE /\ done = FALSE /\ kept = FALSE /\ lost = 0 /\ terms = 1 /\ next = FALSE

\* ---- time and definitions
Due == /\ ~over /\ due < F /\ due' = due + 1 /\ UNCHANGED <<def, over, acc, store, agents, master>>
Announce == /\ def = "plain" /\ def' = "ending" /\ UNCHANGED <<over, due, acc, store, agents, master>>
End == /\ def = "ending" /\ ~over /\ over' = TRUE /\ UNCHANGED <<def, due, acc, store, agents, master>>

\* ---- agents
Released(a, since) == \E s \in BOOLEAN : <<a, since, s>> \in rel
Mine(a) == seen[a].owner = a /\ ~Released(a, seen[a].since)
ReadRow(a) == /\ a \in live /\ seen[a] # row
              /\ seen' = [seen EXCEPT ![a] = row]
              /\ settling' = [settling EXCEPT ![a] = IF row.since # seen[a].since THEN row.next = "withdraw" ELSE @]
              /\ UNCHANGED <<live, leased, knows, run, lost, store, master, fires>>
ReadDefinition(a) == /\ a \in live /\ def = "ending" /\ ~knows[a] /\ knows' = [knows EXCEPT ![a] = TRUE]
                     /\ UNCHANGED <<live, leased, seen, settling, run, lost, store, master, fires>>
Start(a) == /\ Mine(a) /\ seen[a].next = None /\ a \in leased /\ ~run[a] /\ acc < due
            /\ run' = [run EXCEPT ![a] = TRUE]
            /\ UNCHANGED <<live, leased, seen, settling, knows, lost, store, master, fires>>
Finish(a) == /\ run[a] /\ a \in live /\ run' = [run EXCEPT ![a] = FALSE] /\ acc' = IF acc < due THEN acc + 1 ELSE acc
             /\ UNCHANGED <<live, leased, seen, settling, knows, lost, store, master, def, over, due>>
\* what is left is recorded as superseded; only then is the release listed, as settled
LetGoSettled(a) == /\ a \in live /\ Mine(a) /\ seen[a].next # None /\ ~run[a]
                   /\ (knows[a] /\ over) \/ (~EndKnown /\ ~settling[a])
                   /\ acc' = due /\ rel' = rel \cup {<<a, seen[a].since, TRUE>>}
                   /\ UNCHANGED <<row, n, agents, master, def, over, due>>
LetGo(a) == /\ a \in live /\ Mine(a) /\ seen[a].next # None /\ ~run[a] /\ ~(knows[a] /\ over)
            /\ settling[a] => (LooksAgain /\ def = "plain")
            /\ rel' = rel \cup {<<a, seen[a].since, FALSE>>}
            /\ UNCHANGED <<row, n, agents, master, fires>>
Lose(a) == /\ a \in live /\ lost < MaxLosses /\ lost' = lost + 1 /\ live' = live \ {a}
           /\ rel' = {r \in rel : r[1] # a}
           /\ UNCHANGED <<row, n, leased, seen, settling, knows, run, master, fires>>
LeaseEnds(a) == /\ a \in leased /\ a \notin live /\ leased' = leased \ {a} /\ run' = [run EXCEPT ![a] = FALSE]
                /\ UNCHANGED <<live, seen, settling, knows, lost, store, master, fires>>

\* ---- the master
Lost(o) == o \notin live /\ (WaitLease => o \notin leased)
Free == row # NoRow /\ (Lost(row.owner) \/ Released(row.owner, row.since))
Settled == row # NoRow /\ <<row.owner, row.since, TRUE>> \in rel
To(a, x) == /\ n < MaxSince /\ a \in live /\ n' = n + 1 /\ row' = [owner |-> a, since |-> n + 1, next |-> x] /\ UNCHANGED rel
SeeEnd == /\ def = "ending" /\ ~mOver /\ mOver' = TRUE
          /\ UNCHANGED <<done, kept, terms, next, store, agents, fires>>
Grant == /\ ~mOver /\ (row = NoRow \/ Free) /\ \E a \in Agents : To(a, None)
         /\ UNCHANGED <<agents, master, fires>>
Offer == /\ ~mOver /\ row # NoRow /\ row.next = None /\ row.owner \in live /\ row' = [row EXCEPT !.next = "move"]
         /\ UNCHANGED <<n, rel, agents, master, fires>>
\* nobody may have the shard at present: its owner lets go all the same
WithdrawIdle == /\ ~mOver /\ row # NoRow /\ row.next = None /\ row.owner \in live
                /\ row' = [row EXCEPT !.next = "withdraw"]
                /\ UNCHANGED <<n, rel, agents, master, fires>>
Withdraw == /\ mOver /\ row # NoRow /\ row.next # "withdraw" /\ row.owner \in live
            /\ row' = [row EXCEPT !.next = "withdraw"]
            /\ UNCHANGED <<n, rel, agents, master, fires>>
Settle == /\ mOver /\ ~kept
          /\ \/ LostSettled /\ Free /\ ~Settled
             \/ row = NoRow /\ ~done /\ UnownedToo /\ (AskedAgain \/ terms = 1)
          /\ \E a \in Agents : To(a, "withdraw")
          /\ UNCHANGED <<agents, master, fires>>
Drop == /\ mOver /\ row # NoRow
        /\ \/ Settled
           \/ ~SettledOnly /\ Released(row.owner, row.since)
           \/ ~LostSettled /\ Lost(row.owner)
        /\ row' = NoRow /\ done' = TRUE
        /\ UNCHANGED <<n, rel, mOver, kept, terms, next, agents, fires>>
\* mutant: deleted, but the end is taken to be that of the next layout, which is later; the row belongs to nothing
DropUnknown == /\ ~EndIsFirst /\ over /\ ~mOver /\ Free /\ row' = NoRow /\ done' = TRUE
               /\ UNCHANGED <<n, rel, mOver, kept, terms, next, agents, fires>>
Keep == /\ mOver /\ row = NoRow /\ (UnownedToo => done) /\ ~kept /\ kept' = TRUE
        /\ UNCHANGED <<mOver, done, terms, next, store, agents, fires>>
GrantNext == /\ mOver /\ row = NoRow /\ (done \/ kept) /\ ~next /\ next' = TRUE
             /\ UNCHANGED <<mOver, done, kept, terms, store, agents, fires>>
NewMaster == /\ terms < MaxTerms /\ terms' = terms + 1 /\ done' = FALSE /\ mOver' = FALSE
             /\ UNCHANGED <<kept, next, store, agents, fires>>

Next == Due \/ Announce \/ End \/ SeeEnd \/ Grant \/ Offer \/ WithdrawIdle \/ Withdraw \/ Settle \/ Drop \/ DropUnknown
        \/ Keep \/ GrantNext \/ NewMaster
        \/ \E a \in Agents : ReadRow(a) \/ ReadDefinition(a) \/ Start(a) \/ Finish(a) \/ LetGoSettled(a) \/ LetGo(a)
                             \/ Lose(a) \/ LeaseEnds(a)
Spec == Init /\ [][Next]_vars
\* fair: everything but new fires, new ends, new faults and new moves
Fair == /\ WF_vars(End) /\ WF_vars(SeeEnd) /\ WF_vars(Grant) /\ WF_vars(Withdraw) /\ WF_vars(Settle) /\ WF_vars(Drop)
        /\ WF_vars(Keep) /\ WF_vars(GrantNext)
        /\ \A a \in Agents : /\ WF_vars(ReadRow(a)) /\ WF_vars(ReadDefinition(a)) /\ WF_vars(Finish(a))
                             /\ WF_vars(LetGoSettled(a)) /\ WF_vars(LetGo(a)) /\ WF_vars(LeaseEnds(a))
FairSpec == Spec /\ Fair
\* no fair step is left
AtRest == ~ENABLED (\/ End \/ SeeEnd \/ Grant \/ Withdraw \/ Settle \/ Drop \/ Keep \/ GrantNext
                    \/ \E a \in Agents : ReadRow(a) \/ ReadDefinition(a) \/ Finish(a) \/ LetGoSettled(a) \/ LetGo(a)
                                         \/ LeaseEnds(a))

\* for safety, it does not matter which agent is which
Symmetry == Permutations(Agents)
\* every due fire of an ended layout has its outcome before its row counts as settled, and before anything follows
Accounted == (done \/ kept \/ next) => (over /\ acc = due)
AtMostOneRuns == Cardinality({a \in Agents : run[a]}) <= 1
\* the next layout has the shards for itself
Alone == next => \A a \in Agents : ~run[a]
Exhausted == n = MaxSince
\* Every row of an ended layout is removed in the end, and the job's record says so.
EndsSettled == (def = "ending") ~> (kept \/ Exhausted)
\* An owner that is asked to let go does so, ended layout or not.
Asked(a) == row.owner = a /\ row.next # None /\ ~Free
LetsGo == \A a \in Agents : Asked(a) ~> ~Asked(a)
(* Each step of this model uses up something that does not come back: a     *)
(* fire, a generation, a term, a loss, a thing not known yet. So every      *)
(* behaviour ends, and the two properties say the same as that they hold    *)
(* wherever no fair step is left, which is much quicker to check.           *)
RestsSettled == AtRest /\ def = "ending" => kept \/ Exhausted
RestsLetGo == AtRest => \A a \in Agents : ~Asked(a)
=============================================================================
