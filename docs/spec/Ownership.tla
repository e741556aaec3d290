----------------------------- MODULE Ownership ------------------------------
(* Who owns a shard: incarnations, election, epoch, table, hand-over,       *)
(* expiry, stale reads, lost replies, late transactions. Timing is not here *)
(* (see Lease.tla): the rule "the master waits out the lease" appears as    *)
(* the guard WaitLease.                                                     *)
EXTENDS Integers, Sequences, FiniteSets
CONSTANTS Agents, MaxInc, MaxEpoch, MaxVer, MaxMoves, MaxPlans, MaxAsks,
          EpochCheck,     \* R1: every master transaction checks the epoch
          WaitLease,      \* R2 amended: replace a gone owner only when its lease is over
          ReleaseExact,   \* a release names the tenancy (shard, since), not only the shard
          ReleaseAlways,  \* the master honours a release even when no move is pending any more
          LatchInEpochTxn,\* the epoch is written only if the candidate's latch node still exists
          ReadAfterEpoch, \* a new master reads table, then agents, after its epoch write
          EpochFloor,     \* generations are (epoch, n): unique without being stored
          Again,          \* a latch holder that finds itself fenced writes a new epoch
          Reconnects,     \* connections are lost and come back; not a rule but a bound
          ZombieFree,     \* registration is bound to the session: no re-created ephemeral
          MaxDamages,     \* how often the row is damaged; not a rule but a bound
          WaitApplied,    \* R2: of an emptied table nothing is granted before everybody says that it knows of it
          HoldEmptied     \* R2: a new master takes a table that names nobody for one that was emptied
ASSUME ReadAfterEpoch \in BOOLEAN
NoInc == <<"none", 0>>
NoRow == [owner |-> NoInc, since |-> 0, next |-> NoInc]
VARIABLES
  inc,        \* agent -> its current incarnation number
  live,       \* incarnations whose ephemeral exists
  leased,     \* incarnations whose lease still holds, by their own clock
  hist,       \* sequence of all table rows ever written; last one is current
  seen,       \* agent -> index in hist that it last read
  rel,        \* released tenancies listed in ZooKeeper: set of <<incarnation, since>>
  done,       \* what the agent itself remembers to have released
  latch,      \* agent that holds the latch, or "none"
  epoch,      \* stored epoch: <<number, agent>>
  mst,        \* agent -> [on, ep, row (its view), agents (its view), gen, rd]
  fly,        \* agent -> transaction in flight or none
  moves, asks, started, bad, damages,
  damaged,    \* the stored row cannot be read: whoever has read it before keeps what it knows
  said,       \* agent -> index in hist that its heartbeat has reported last
  may         \* agents told by their latch that they lead, that have not yet written an epoch for it
vars == <<inc, live, leased, hist, seen, rel, done, latch, epoch, mst, fly, moves, asks, started, bad, damages, damaged, said, may>>
damage == <<damages, damaged, said>>
NoTx == [kind |-> "no"]
Off == [on |-> FALSE, ep |-> 0, row |-> NoRow, agents |-> {}, n |-> 0, ver |-> 0, lost |-> FALSE, awaited |-> {}, from |-> 0]
Cur == hist[Len(hist)]
Me(a) == <<a, inc[a]>>
Gen(e, n) == IF EpochFloor THEN 10 * e + n ELSE n

Init == /\ inc = [a \in Agents |-> 1] /\ live = {<<a, 1>> : a \in Agents} /\ leased = live
        /\ hist = <<NoRow>> /\ seen = [a \in Agents |-> 1] /\ rel = {} /\ done = [a \in Agents |-> {}]
        /\ latch = "none" /\ epoch = <<0, "none">> /\ mst = [a \in Agents |-> Off]
        /\ fly = [a \in Agents |-> NoTx] /\ moves = 0 /\ asks = 0 /\ started = 0 /\ bad = FALSE /\ may = {}
        /\ damages = 0 /\ damaged = FALSE /\ said = seen

\* ---- sessions
Expire(a) == /\ Me(a) \in live /\ inc[a] < MaxInc
             /\ live' = live \ {Me(a)} /\ rel' = {r \in rel : r[1] # Me(a)}
             /\ latch' = IF latch = a THEN "none" ELSE latch
             /\ UNCHANGED <<inc, leased, hist, seen, done, epoch, mst, fly, moves, asks, started, bad, may, damage>>
LeaseEnds(a) == /\ Me(a) \in leased /\ Me(a) \notin live /\ leased' = leased \ {Me(a)}
                /\ UNCHANGED <<inc, live, hist, seen, rel, done, latch, epoch, mst, fly, moves, asks, started, bad, may, damage>>
\* back with a new session: new incarnation, nothing inherited; a new client may read an older table
Restart(a) == /\ Me(a) \notin live /\ Me(a) \notin leased /\ inc[a] < MaxInc
              /\ inc' = [inc EXCEPT ![a] = @ + 1]
              /\ live' = live \cup {<<a, inc[a] + 1>>} \cup (IF ZombieFree THEN {} ELSE {Me(a)})
              /\ leased' = leased \cup {<<a, inc[a] + 1>>}
              /\ done' = [done EXCEPT ![a] = {}]
              /\ seen' = [seen EXCEPT ![a] = 1] /\ said' = [said EXCEPT ![a] = 1]
              /\ UNCHANGED <<hist, rel, latch, epoch, mst, fly, moves, asks, started, bad, may, damages, damaged>>

\* ---- agents
Read(a) == /\ seen[a] < Len(hist) /\ \E i \in (seen[a] + 1)..Len(hist) : seen' = [seen EXCEPT ![a] = i]
           /\ UNCHANGED <<inc, live, leased, hist, rel, done, latch, epoch, mst, fly, moves, asks, started, bad, may, damage>>
Row(a) == hist[seen[a]]
\* a heartbeat says up to where the table has been applied; it matters only while somebody waits for it
Say(a) == /\ Me(a) \in live /\ damages > 0 /\ said[a] < seen[a] /\ said' = [said EXCEPT ![a] = seen[a]]
          /\ UNCHANGED <<inc, live, leased, hist, seen, rel, done, latch, epoch, mst, fly, moves, asks, started, bad, may, damages, damaged>>
Holds(a) == /\ Row(a).owner = Me(a) /\ Me(a) \in leased
            /\ <<Me(a), Row(a).since>> \notin done[a]
\* asked to let go, or because its numbers for attempts are used up: then it wants to be granted the shard again
Release(a) == /\ Row(a).owner = Me(a) /\ Me(a) \in live
              /\ Row(a).next # NoInc \/ asks < MaxAsks
              /\ asks' = IF Row(a).next # NoInc THEN asks ELSE asks + 1
              /\ <<Me(a), Row(a).since>> \notin done[a]
              /\ done' = [done EXCEPT ![a] = @ \cup {<<Me(a), Row(a).since>>}]
              /\ rel' = rel \cup {<<Me(a), Row(a).since>>}
              /\ UNCHANGED <<inc, live, leased, hist, seen, latch, epoch, mst, fly, moves, started, bad, may, damage>>
\* an attempt starts; tokens must never go back
Fire(a) == /\ Holds(a) /\ Row(a).since # started
           /\ bad' = (bad \/ Row(a).since < started)
           /\ started' = Row(a).since
           /\ UNCHANGED <<inc, live, leased, hist, seen, rel, done, latch, epoch, mst, fly, moves, asks, may, damage>>

\* ---- damage
\* somebody spoils the row; agents read nothing new, and masters in office write it anew from what they know
Damage == /\ damages < MaxDamages /\ ~damaged /\ Cur.owner # NoInc
          /\ damages' = damages + 1 /\ damaged' = TRUE
          /\ UNCHANGED <<inc, live, leased, hist, seen, rel, done, latch, epoch, mst, fly, moves, asks, started, bad, said, may>>

\* ---- masters
\* who may hold a row that the table does not show any more: everybody registered, and everybody who may have a lease
Emptied == Len(hist) > 1 /\ Cur.owner = NoInc
Holders(known) == IF Emptied THEN known \cup leased ELSE {}
Elect(a) == /\ latch = "none" /\ Me(a) \in live /\ latch' = a /\ may' = may \cup {a}
            /\ UNCHANGED <<inc, live, leased, hist, seen, rel, done, epoch, mst, fly, moves, asks, started, bad, damage>>
\* a Curator latch may say "leader" late: a paused candidate writes the epoch after it lost the latch
WriteEpoch(a) == /\ epoch[1] < MaxEpoch /\ Me(a) \in live /\ ~(mst[a].on /\ mst[a].ep = epoch[1])
                 /\ a \in may \/ (Again /\ latch = a)
                 /\ LatchInEpochTxn => latch = a
                 /\ may' = may \ {a}
                 /\ epoch' = <<epoch[1] + 1, a>>
                 /\ mst' = [mst EXCEPT ![a] = [Off EXCEPT !.on = TRUE, !.ep = epoch[1] + 1,
                                               !.row = IF ReadAfterEpoch THEN Cur ELSE hist[seen[a]],
                                               !.ver = IF ReadAfterEpoch THEN Len(hist) ELSE seen[a],
                                               !.lost = damaged,
                                               !.awaited = IF HoldEmptied /\ ~damaged THEN Holders(live) ELSE {}, !.from = Len(hist),
                                               !.agents = live]]
                 /\ UNCHANGED <<inc, live, leased, hist, seen, rel, done, latch, fly, moves, asks, started, bad, damage>>
\* the master re-reads agents (it may see a change late, never in part)
Look(a) == /\ mst[a].on /\ mst[a].agents # live /\ mst' = [mst EXCEPT ![a].agents = live]
           /\ UNCHANGED <<inc, live, leased, hist, seen, rel, done, latch, epoch, fly, moves, asks, started, bad, may, damage>>
Send(a, row) == fly' = [fly EXCEPT ![a] = [kind |-> "tx", ep |-> mst[a].ep, row |-> row, ver |-> mst[a].ver]]
Fresh(a) == Gen(mst[a].ep, mst[a].n + 1)
Gone(a, i) == i \notin mst[a].agents /\ (WaitLease => i \notin leased)
Cleared(a) == \A i \in mst[a].awaited : \/ Gone(a, i)
                                        \/ (inc[i[1]] = i[2] /\ said[i[1]] >= mst[a].from)
                                        \/ (~WaitApplied /\ i \in live)
\* a row is planned from what the master knows; one transaction is in flight at a time
Plan(a, i) == /\ mst[a].on /\ fly[a].kind = "no" /\ ~mst[a].lost /\ mst[a].n < MaxPlans /\ i \in mst[a].agents
              /\ mst' = [mst EXCEPT ![a].n = @ + 1]
              /\ UNCHANGED <<inc, live, leased, hist, seen, rel, done, latch, epoch, asks, started, bad, may, damage>>
GrantOrphan(a, i) == /\ Plan(a, i) /\ LET r == mst[a].row IN
                        /\ IF r.owner = NoInc THEN Cleared(a) ELSE Gone(a, r.owner)
                        /\ Send(a, [owner |-> i, since |-> Fresh(a), next |-> NoInc]) /\ UNCHANGED moves
BeginMove(a, i) == /\ Plan(a, i) /\ LET r == mst[a].row IN
                      /\ r.owner # NoInc /\ r.owner # i /\ r.owner \in mst[a].agents /\ r.next = NoInc /\ moves < MaxMoves
                      /\ Send(a, [r EXCEPT !.next = i]) /\ moves' = moves + 1
\* the one that was to take over is gone
RetractMove(a, i) == /\ Plan(a, i) /\ LET r == mst[a].row IN
                        /\ r.next # NoInc /\ r.next \notin mst[a].agents
                        /\ Send(a, [r EXCEPT !.next = NoInc]) /\ UNCHANGED moves
\* the owner has let go
GrantReleased(a, i) == /\ Plan(a, i) /\ LET r == mst[a].row IN
                          /\ r.next # NoInc \/ (ReleaseAlways /\ r.owner # NoInc)
                          /\ \E t \in rel : t[1] = r.owner /\ (ReleaseExact => t[2] = r.since)
                          /\ r.next \in {i, NoInc}
                          /\ Send(a, [owner |-> i, since |-> Fresh(a), next |-> NoInc]) /\ UNCHANGED moves
\* the row that cannot be read, and that this master has never read, is written anew without an owner
Empty(a) == /\ mst[a].on /\ fly[a].kind = "no" /\ mst[a].n < MaxPlans /\ mst[a].lost
            /\ Send(a, [NoRow EXCEPT !.since = Fresh(a)])
            /\ mst' = [mst EXCEPT ![a].n = @ + 1]
            /\ UNCHANGED <<inc, live, leased, hist, seen, rel, done, latch, epoch, moves, asks, started, bad, may, damage>>
Planned(a) == Empty(a) \/ \E b \in Agents : \E k \in 1..MaxInc :
                 GrantOrphan(a, <<b, k>>) \/ BeginMove(a, <<b, k>>) \/ RetractMove(a, <<b, k>>) \/ GrantReleased(a, <<b, k>>)
\* ZooKeeper orders the transaction, now or much later; the reply may be lost
Apply(a) == /\ fly[a].kind = "tx"
            /\ LET ok == /\ (EpochCheck => fly[a].ep = epoch[1]) /\ Len(hist) < MaxVer IN
               /\ hist' = IF ok THEN Append(hist, fly[a].row) ELSE hist
               /\ bad' = (bad \/ (ok /\ fly[a].ep # epoch[1]))
               /\ damaged' = (damaged /\ ~ok)
            /\ fly' = [fly EXCEPT ![a] = [@ EXCEPT !.kind = "applied"]]
            /\ UNCHANGED <<inc, live, leased, seen, rel, done, latch, epoch, mst, moves, asks, started, may, damages, said>>
\* reply arrives, or is lost and the master syncs and re-reads: same effect on its view
Reply(a) == /\ fly[a].kind = "applied" /\ fly' = [fly EXCEPT ![a] = NoTx]
            /\ mst' = [mst EXCEPT ![a] = IF fly[a].ep # mst[a].ep THEN @ \* of an office that it holds no longer
                                         ELSE IF epoch[1] # mst[a].ep THEN Off
                                         ELSE IF mst[a].lost /\ ~damaged \* the wait begins when it is known that the row is empty
                                              THEN [@ EXCEPT !.row = Cur, !.ver = Len(hist), !.lost = FALSE,
                                                             !.awaited = Holders(mst[a].agents), !.from = Len(hist)]
                                         ELSE [@ EXCEPT !.row = Cur, !.ver = Len(hist)]]
            /\ UNCHANGED <<inc, live, leased, hist, seen, rel, done, latch, epoch, moves, asks, started, bad, may, damage>>
\* the connection is lost and comes back: an office does not outlive it, whatever became of what was in flight
Reconnect(a) == /\ Reconnects /\ mst[a].on /\ Me(a) \in live /\ mst' = [mst EXCEPT ![a] = Off] /\ may' = may \cup {a}
                /\ UNCHANGED <<inc, live, leased, hist, seen, rel, done, latch, epoch, fly, moves, asks, started, bad, damage>>
\* it learns that it lost the latch
Depose(a) == /\ mst[a].on /\ latch # a /\ fly[a].kind = "no" /\ mst' = [mst EXCEPT ![a] = Off]
             /\ UNCHANGED <<inc, live, leased, hist, seen, rel, done, latch, epoch, fly, moves, asks, started, bad, may, damage>>

Step(a) == Expire(a) \/ LeaseEnds(a) \/ Restart(a) \/ Read(a) \/ Say(a) \/ Release(a) \/ Fire(a) \/ Elect(a)
           \/ WriteEpoch(a) \/ Look(a) \/ Planned(a) \/ Apply(a) \/ Reply(a) \/ Reconnect(a) \/ Depose(a)
Next == Damage \/ \E a \in Agents : Step(a)
\* fair: everything but new faults and new moves
Fair == \A a \in Agents : /\ WF_vars(LeaseEnds(a)) /\ WF_vars(Restart(a)) /\ WF_vars(Read(a)) /\ WF_vars(Say(a)) /\ WF_vars(Release(a))
                          /\ WF_vars(Elect(a)) /\ WF_vars(WriteEpoch(a)) /\ WF_vars(Look(a)) /\ WF_vars(Planned(a))
                          /\ WF_vars(Apply(a)) /\ WF_vars(Reply(a)) /\ WF_vars(Depose(a))
Spec == Init /\ [][Next]_vars
FairSpec == Spec /\ Fair

AtMostOneOwner == Cardinality({a \in Agents : Holds(a)}) <= 1
TokensAndEpochs == ~bad
SinceRises == \A k \in 1..(Len(hist) - 1) : hist[k + 1].since >= hist[k].since
FreshGrant == \A k \in 1..(Len(hist) - 1) : hist[k + 1].owner # hist[k].owner => hist[k + 1].since > hist[k].since
\* bounds used up is not a failure of the protocol
Exhausted == Len(hist) = MaxVer \/ (epoch[1] = MaxEpoch /\ ~\E a \in Agents : mst[a].on /\ mst[a].ep = MaxEpoch) \/ \E a \in Agents : mst[a].n >= MaxPlans
Covered == <>[](Exhausted \/ \E a \in Agents : Holds(a))
=============================================================================
