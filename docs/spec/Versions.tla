------------------------------ MODULE Versions ------------------------------
(* A changed definition comes into force one lease after it was written.    *)
(* Discrete time by the ensemble's clock. Every instant is due under every  *)
(* version, so that what matters is under which one it is decided: that of  *)
(* the due set [its from, the next one's from), at every agent the same.    *)
(* Each agent has a shard of its own and decides its instants in order,     *)
(* while its lease holds, by the record that it has read. A heartbeat is    *)
(* one step at its sending: that it is ordered later only helps.            *)
EXTENDS Integers, FiniteSets, Sequences
CONSTANTS Agents,
          Usual,           \* the lease of those that are there from the beginning
          Late, Long,      \* agents that come later, and their lease
          Ahead,           \* how far after the ensemble's clock an instant may lie that is decided
          MaxTime, MaxChanges,
          WaitsLease,      \* a version is in force a lease after its write, not at once
          Margin,          \* ... and this much later
          AppliedFirst,    \* a heartbeat renews the lease only when all that was seen before it is applied
          FromEpoch,       \* the longest lease is read from the epoch; else from the registrations
          FencedWrite,     \* the write is refused if the epoch has changed since
          RaisedFirst,     \* the epoch names the longest lease before its holder is granted anything
          DelayStored,     \* readers add the delay to the ensemble's time of the write, not to that of their reading
          InstantKept      \* who writes the record next stores the instant in place of the delay
VARIABLES
  now,
  from,     \* the versions in the store: from when on each is in force
  longest,  \* the longest lease that the epoch names
  joined,   \* agents that own shards
  listed,   \* agents whose registration exists
  known,    \* agent -> the record that it has applied: its own sequence of from
  beat,     \* agent -> heartbeat under way: when sent, how many versions there were
  until,    \* agent -> end of its lease
  decided,  \* agent -> last instant that it has decided
  writer,   \* what a client has read: the lease it waits for, -1 while none writes
  bad
vars == <<now, from, longest, joined, listed, known, beat, until, decided, writer, bad>>
Length(a) == IF a \in Late THEN Long ELSE Usual
Max(S) == CHOOSE x \in S : \A y \in S : y <= x
NoBeat == [sent |-> -1, seen |-> 0]
\* the version that owes an instant, by a record
At(record, i) == Max({1} \cup {v \in 1..Len(record) : record[v] <= i})

Init == /\ now = 0 /\ from = <<0>> /\ longest = Usual
        /\ joined = Agents \ Late /\ listed = joined
        /\ known = [a \in Agents |-> from] /\ beat = [a \in Agents |-> NoBeat]
        /\ until = [a \in Agents |-> 0] /\ decided = [a \in Agents |-> 0] /\ writer = -1 /\ bad = FALSE

Tick == /\ now < MaxTime /\ now' = now + 1
        /\ UNCHANGED <<from, longest, joined, listed, known, beat, until, decided, writer, bad>>

\* ---- agents
Beat(a) == /\ a \in listed /\ a \in joined /\ beat[a] = NoBeat /\ until[a] < now + Length(a)
           /\ beat' = [beat EXCEPT ![a] = [sent |-> now, seen |-> Len(from)]]
           /\ UNCHANGED <<now, from, longest, joined, listed, known, until, decided, writer, bad>>
Read(a) == /\ a \in joined /\ Len(known[a]) < Len(from)
           /\ known' = [known EXCEPT ![a] = IF DelayStored THEN from
                                            ELSE @ \o [v \in 1..(Len(from) - Len(@)) |-> now + longest + Margin]]
           /\ UNCHANGED <<now, from, longest, joined, listed, beat, until, decided, writer, bad>>
Renew(a) == /\ beat[a] # NoBeat /\ (AppliedFirst => Len(known[a]) >= beat[a].seen)
            /\ until' = [until EXCEPT ![a] = Max({@, beat[a].sent + Length(a)})]
            /\ beat' = [beat EXCEPT ![a] = NoBeat]
            /\ UNCHANGED <<now, from, longest, joined, listed, known, decided, writer, bad>>
Decide(a) == /\ a \in joined /\ now < until[a] /\ decided[a] < now + Ahead
             /\ decided' = [decided EXCEPT ![a] = @ + 1]
             /\ bad' = (bad \/ At(known[a], decided[a] + 1) # At(from, decided[a] + 1))
             /\ UNCHANGED <<now, from, longest, joined, listed, known, beat, until, writer>>
\* the registration goes before the lease does: closed by somebody else, or cut off
Vanish(a) == /\ a \in listed /\ listed' = listed \ {a}
             /\ UNCHANGED <<now, from, longest, joined, known, beat, until, decided, writer, bad>>

\* ---- the master
Raise == /\ \E a \in Agents : a \notin joined /\ longest < Length(a) /\ longest' = Length(a)
         /\ UNCHANGED <<now, from, joined, listed, known, beat, until, decided, writer, bad>>
Join(a) == /\ a \notin joined /\ (RaisedFirst => longest >= Length(a))
           /\ joined' = joined \cup {a} /\ listed' = listed \cup {a}
           /\ known' = [known EXCEPT ![a] = from] /\ decided' = [decided EXCEPT ![a] = now]
           /\ UNCHANGED <<now, from, longest, beat, until, writer, bad>>

\* ---- whoever changes the definition
LookUp == /\ writer = -1 /\ Len(from) <= MaxChanges
          /\ writer' = IF ~WaitsLease THEN 0 ELSE IF FromEpoch THEN longest
                       ELSE Max({Usual} \cup {Length(a) : a \in listed})
          /\ UNCHANGED <<now, from, longest, joined, listed, known, beat, until, decided, bad>>
\* instants that somebody has decided under another version than the one that owes them now
Contradicted(after) == \E a \in joined : \E i \in 1..decided[a] : At(from, i) # At(after, i)
Write == /\ writer # -1
         /\ writer' = -1
         /\ LET refused == FencedWrite /\ FromEpoch /\ WaitsLease /\ writer # longest
                \* a later writer that does not keep the instant leaves the delay, which then counts from its own write
                kept == IF InstantKept \/ Len(from) = 1 THEN from
                        ELSE [from EXCEPT ![Len(from)] = now + longest + Margin]
                after == Append(kept, Max({kept[Len(kept)], now + writer + (IF WaitsLease THEN Margin ELSE 0)}))
            IN /\ from' = IF refused THEN from ELSE after
               /\ bad' = (bad \/ (~refused /\ Contradicted(after)))
         /\ UNCHANGED <<now, longest, joined, listed, known, beat, until, decided>>

Next == Tick \/ Raise \/ LookUp \/ Write
        \/ \E a \in Agents : Beat(a) \/ Read(a) \/ Renew(a) \/ Decide(a) \/ Vanish(a) \/ Join(a)
Spec == Init /\ [][Next]_vars

\* whatever is decided is decided under the version that owes it, then and ever after: under one, and not under none
OneVersion == ~bad
\* due sets do not overlap
InOrder == \A v \in 1..(Len(from) - 1) : from[v] <= from[v + 1]
=============================================================================
