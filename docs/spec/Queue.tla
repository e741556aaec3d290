------------------------------- MODULE Queue --------------------------------
(* Tasks of one segment, masters that follow one another and dispatch them, *)
(* agents with an inbox and an outbox each. How a segment comes into being  *)
(* is the matter of Intake.tla, why a lease is over when the master has     *)
(* waited that of Lease.tla. An agent here is one incarnation: when it is   *)
(* lost it does not come back.                                              *)
(* A reply that is lost is no step of its own: it is one that is heard so   *)
(* late that something else comes first.                                    *)
EXTENDS Integers, FiniteSets, TLC
CONSTANTS Agents, Tasks,
          Skip,         \* tasks with recovery: skip; the others have recovery: rerun
          Attempts,     \* failed attempts after which a task has failed; of those with recovery: skip, one
          MaxTerms, MaxLosses, MaxLapses, MaxLeaves, MaxFails, MaxCancels, MaxBackups,
          EpochCheck,   \* Q2: every transaction of the master checks the epoch
          ReadAfter,    \* Q2: a new master reads after it has written its epoch
          EndsOffice,   \* Q2: an office ends with its connection; FALSE: it takes what it has no reply of for refused
          KeepsAll,     \* Q3: what is dispatched stays in its segment; FALSE: a segment goes when nothing of it is queued
          Rising,       \* Q4: numbers go on rising under the next master; FALSE: they begin again
          Leased,       \* Q5: an attempt is started only under a lease
          Compared,     \* Q5: only what is above every number taken before is taken
          AtTaking,     \* Q5: ... and it counts as taken when it asks for its claim; FALSE: when it is started
          InOrder,      \* Q5: of several the least is taken first
          Claims,       \* Q5: with recovery: skip, nothing is started without a claim
          Confirmed,    \* Q5: ... that is known to be durable; FALSE: that is sent
          Fenced,       \* Q6: the outbox is written only while the registration exists
          KeepsEnds,    \* Q6: an end is kept until the inbox is without the number; FALSE: until it is durable
          OneStep,      \* Q7: inbox and state are written in one transaction; FALSE: in two, the inbox first
          BothGo,       \* Q7: the segment goes with its state; FALSE: its state before it
          WaitLease,    \* Q8: what a lost agent had is settled only when its lease is over
          ReadsOutbox,  \* Q8: by what its outbox says
          ReadsLast,    \* Q8: when nothing can be written there any more; FALSE: as it was read before
          BoxesLast,    \* Q8: the outbox goes with the last entry of the inbox; FALSE: with the first
          Stops,        \* Q9: at the end of a lease every attempt is stopped
          CancelStays,  \* Q10: an entry that is marked is never queued again
          LastDecides,  \* Q11: while another number is out, only a success decides
          LastCounts    \* Q11: ... and the last one to end finds the failures of the others counted; FALSE: only its own
VARIABLES
  book,      \* the segment and its state: is it there, and of each task whether it is open and how often it failed
  inbox,     \* agent -> entries: task, number, whether it is marked cancelled
  outbox,    \* agent -> what it says: task, number, and "claimed" or how it ended
  term,      \* of the epoch
  mem,       \* what the master of this term knows: book, inboxes, numbers given, the transaction that it waits for
  fly,       \* transactions that ZooKeeper has not ordered yet, of this term and of earlier ones
  cand,      \* what a candidate has read before it writes an epoch; only without the rule ReadAfter
  live, leased, leaving,
  seen,      \* agent -> inbox as it last read it
  top,       \* agent -> greatest number that it has taken
  hand,      \* agent -> what it has taken: task, number, and "want", "run", or how it ended
  out,       \* agent -> the write of its outbox that is under way, if one is
  fin,       \* task -> how many final outcomes the record has
  succ,      \* tasks of which a success has been durable
  starts, last, cancelled, backed, bad, \* what has been, for the properties
  losses, lapses, fails, leaves
vars == <<book, inbox, outbox, term, mem, fly, cand, live, leased, leaving, seen, top, hand, out,
          fin, succ, starts, last, cancelled, backed, bad, losses, lapses, fails, leaves>>
store == <<book, inbox, outbox, term>>
master == <<mem, fly, cand>>
sessions == <<live, leased, leaving, losses, lapses, leaves>>
hands == <<seen, top, hand, out>>
story == <<fin, succ, starts, last, cancelled, backed, bad, fails>>

No == [ep |-> 0]
Nothing == [a \in {} |-> {}]
Fresh == [open |-> TRUE, fails |-> 0]
Known == [book |-> book, inbox |-> inbox, n |-> 0, wait |-> No, half |-> No]
Init == /\ book = [there |-> TRUE, of |-> [t \in Tasks |-> Fresh]]
        /\ inbox = [a \in Agents |-> {}] /\ outbox = inbox
        /\ term = 1 /\ mem = Known /\ fly = {} /\ cand = No
        /\ live = Agents /\ leased = Agents /\ leaving = {}
        /\ seen = inbox /\ top = [a \in Agents |-> 0] /\ hand = inbox /\ out = [a \in Agents |-> [on |-> FALSE, says |-> {}]]
        /\ fin = [t \in Tasks |-> 0] /\ succ = {} /\ starts = fin /\ last = fin /\ cancelled = {} /\ backed = {} /\ bad = {}
        /\ losses = 0 /\ lapses = 0 /\ fails = 0 /\ leaves = 0

\* ---- the master: one transaction at a time, made of what it knows
Free == mem.wait = No /\ mem.half = No
Open(t) == mem.book.there /\ mem.book.of[t].open
Entries(t) == UNION {{<<a, e>> : e \in {x \in mem.inbox[a] : x.t = t}} : a \in Agents}
Queued(t) == Open(t) /\ Entries(t) = {}
Ends == {"ok", "failed", "lost", "refused", "cancelled"}
Says(a, e) == {r.w : r \in {x \in outbox[a] : x.n = e.n}}
\* of a lost agent whose lease is over, nothing runs and nothing is written any more
Over(a) == a \notin live /\ (WaitLease => a \notin leased)
\* a transaction: inboxes and the book as it writes them, whose outbox it deletes, the final outcome of the task if it has one
Tx(kind, a, t, ib, bk, gone, how) == [ep |-> term, kind |-> kind, a |-> a, t |-> t, inbox |-> ib, book |-> bk,
                                      gone |-> gone, how |-> how, then |-> No]
Post(tx) == /\ Free /\ fly' = fly \cup {tx}
            /\ mem' = [mem EXCEPT !.wait = tx, !.n = IF tx.kind \in {"dispatch", "backup"} THEN @ + 1 ELSE @]
            /\ UNCHANGED <<store, cand, sessions, hands, story>>
Give(kind, t, a) ==
  LET e == [t |-> t, n |-> (IF Rising THEN 10 * term ELSE 0) + mem.n + 1, c |-> FALSE]
      left == KeepsAll \/ \E u \in Tasks \ {t} : Queued(u) IN
  Post(Tx(kind, a, t, a :> (mem.inbox[a] \cup {e}), [mem.book EXCEPT !.there = @ /\ left], {}, "none"))
\* it may know late that a registration is gone
Has(a) == a \in (live \cup leased) \ leaving
Dispatch(t, a) == /\ Queued(t) /\ Has(a) /\ Give("dispatch", t, a)
Backup(t, a) == /\ Open(t) /\ t \notin Skip /\ Cardinality(backed) < MaxBackups
                /\ Cardinality(Entries(t)) = 1 /\ \A x \in Entries(t) : ~x[2].c /\ x[1] # a
                /\ Has(a) /\ Give("backup", t, a)
Allowed(t) == IF t \in Skip THEN 1 ELSE Attempts
Counted(t, w) == [mem.book EXCEPT !.of[t].fails = IF w = "failed" THEN @ + 1 ELSE @]
\* the final outcome of a task one entry of which ended so, or "none": it is queued again, or another entry is left
Finally(e, w, others) ==
  IF w = "ok" THEN w
  ELSE IF others /\ LastDecides THEN "none"
  ELSE IF w = "cancelled" \/ (e.c /\ CancelStays) THEN "cancelled"
  ELSE IF w = "lost" /\ e.t \in Skip THEN w
  ELSE IF Counted(e.t, w).of[e.t].fails >= Allowed(e.t) /\ (LastCounts \/ w = "failed") THEN "failed" ELSE "none"
Closed(t, w) == LET b == [Counted(t, w) EXCEPT !.of[t].open = FALSE] IN
                IF \E u \in Tasks : b.of[u].open THEN b
                ELSE IF BothGo THEN [b EXCEPT !.there = FALSE] ELSE [b EXCEPT !.of = [u \in Tasks |-> Fresh]]
Marked(S, t) == {IF x.t = t THEN [x EXCEPT !.c = TRUE] ELSE x : x \in S}
End(kind, a, e, w) ==
  LET open == mem.book.of[e.t].open
      how == IF open THEN Finally(e, w, Cardinality(Entries(e.t)) > 1) ELSE "none"
      on == IF how = "none" THEN {a} ELSE {x[1] : x \in Entries(e.t)}
      ib == [b \in on |-> IF how = "none" THEN mem.inbox[b] \ {e} ELSE Marked(mem.inbox[b] \ {e}, e.t)]
      bk == IF how # "none" THEN Closed(e.t, w) ELSE IF open THEN Counted(e.t, w) ELSE mem.book
      gone == IF Over(a) /\ (ib[a] = {} \/ ~BoxesLast) THEN {a} ELSE {}
      whole == Tx(kind, a, e.t, ib, bk, gone, how) IN
  Post(IF ~OneStep THEN [whole EXCEPT !.book = mem.book, !.how = "none", !.then = [whole EXCEPT !.inbox = Nothing]]
       ELSE IF ~BothGo /\ how # "none" /\ bk.of = [u \in Tasks |-> Fresh]
            THEN [whole EXCEPT !.then = [whole EXCEPT !.inbox = Nothing, !.how = "none", !.book.there = FALSE]]
       ELSE whole)
Settle(a) == /\ Free /\ \E e \in mem.inbox[a] : \E w \in Says(a, e) \cap Ends : End("settle", a, e, w)
\* what an agent that is lost says nothing of, or only that it claimed it
Lose(a) == \E e \in mem.inbox[a] :
             /\ Over(a) \/ ~ReadsLast
             /\ ~ReadsOutbox \/ Says(a, e) \cap Ends = {}
             /\ End("lose", a, e, IF e.t \in Skip /\ Says(a, e) = {} THEN "refused" ELSE "lost")
Cancel(t) == /\ Open(t) /\ Cardinality(cancelled) < MaxCancels /\ t \notin cancelled
             /\ LET on == {x[1] : x \in Entries(t)} IN
                Post(Tx("cancel", "any", t, [b \in on |-> Marked(mem.inbox[b], t)],
                        IF on = {} THEN Closed(t, "cancelled") ELSE mem.book, {}, IF on = {} THEN "cancelled" ELSE "none"))
\* mutants: the second of two transactions
Second == /\ mem.wait = No /\ mem.half # No /\ fly' = fly \cup {mem.half} /\ mem' = [mem EXCEPT !.wait = mem.half, !.half = No]
          /\ UNCHANGED <<store, cand, sessions, hands, story>>
\* ZooKeeper orders a transaction, now or much later; its master hears so, if it is still in office and waits for it
Apply(tx) ==
  /\ tx.kind = "lose" => Over(tx.a)
  /\ fly' = fly \ {tx}
  /\ LET ok == EpochCheck => tx.ep = term
         gives == tx.kind \in {"dispatch", "backup"}
         wrong == (IF gives /\ fin[tx.t] > 0 THEN {"settled"} ELSE {})
                  \cup (IF tx.kind = "dispatch" /\ tx.t \in succ THEN {"again"} ELSE {})
                  \cup (IF tx.kind = "dispatch" /\ book.of[tx.t].fails >= Allowed(tx.t) THEN {"attempts"} ELSE {})
                  \cup (IF gives /\ tx.t \in cancelled THEN {"cancelled"} ELSE {})
                  \cup (IF tx.how \in Ends \ {"ok"} /\ tx.t \in succ THEN {"untrue"} ELSE {}) IN
     /\ inbox' = IF ok THEN tx.inbox @@ inbox ELSE inbox
     /\ outbox' = IF ok THEN [a \in Agents |-> IF a \in tx.gone THEN {} ELSE outbox[a]] ELSE outbox
     /\ book' = IF ok THEN tx.book ELSE book
     /\ fin' = IF ok /\ tx.how # "none" THEN [fin EXCEPT ![tx.t] = @ + 1] ELSE fin
     /\ bad' = IF ok THEN bad \cup wrong ELSE bad
     /\ cancelled' = IF ok /\ tx.kind = "cancel" THEN cancelled \cup {tx.t} ELSE cancelled
     /\ backed' = IF ok /\ tx.kind = "backup" THEN backed \cup {tx.t} ELSE backed
     /\ mem' = IF mem.wait # tx THEN mem
               ELSE IF ok THEN [mem EXCEPT !.wait = No, !.half = tx.then, !.book = tx.book, !.inbox = tx.inbox @@ @]
               ELSE [mem EXCEPT !.wait = No]
  /\ UNCHANGED <<term, cand, sessions, hands, succ, starts, last, fails>>
\* The connection or the life of an office ends, whatever it waits for, and somebody writes the next epoch.
NewMaster == /\ term < MaxTerms /\ term' = term + 1 /\ (ReadAfter \/ cand # No)
             /\ mem' = (IF ReadAfter THEN Known ELSE cand) /\ cand' = No
             /\ UNCHANGED <<book, inbox, outbox, fly, sessions, hands, story>>
\* mutants: a candidate that has read too early, an office that goes on after its connection
Early == /\ ~ReadAfter /\ term < MaxTerms /\ cand = No /\ cand' = Known
         /\ UNCHANGED <<store, mem, fly, sessions, hands, story>>
GoesOn == /\ ~EndsOffice /\ mem.wait # No /\ mem' = [mem EXCEPT !.wait = No]
          /\ UNCHANGED <<store, fly, cand, sessions, hands, story>>

\* ---- sessions and leases
Expire(a) == /\ a \in live /\ losses < MaxLosses /\ losses' = losses + 1 /\ live' = live \ {a}
             /\ UNCHANGED <<store, master, leased, leaving, lapses, leaves, hands, story>>
\* of an agent that lives, too: no heartbeat was answered in time
LeaseEnds(a) == /\ a \in leased /\ (a \notin live \/ lapses < MaxLapses)
                /\ leased' = leased \ {a} /\ lapses' = IF a \in live THEN lapses + 1 ELSE lapses
                /\ hand' = [hand EXCEPT ![a] = IF ~Stops THEN @
                                               ELSE {IF h.s = "run" THEN [h EXCEPT !.s = "lost"] ELSE h : h \in @}]
                /\ UNCHANGED <<store, master, live, leaving, losses, leaves, seen, top, out, story>>
LeaseBack(a) == /\ a \in live \ leased /\ leased' = leased \cup {a}
                /\ UNCHANGED <<store, master, live, leaving, losses, lapses, leaves, hands, story>>
\* it is closed in order: what it has begun ends, what it has not begun it refuses
Leave(a) == /\ a \in live \ leaving /\ leaves < MaxLeaves /\ leaves' = leaves + 1 /\ leaving' = leaving \cup {a}
            /\ UNCHANGED <<store, master, live, leased, losses, lapses, hands, story>>

\* ---- agents
\* late, and even after its session has ended, as long as it does not know
Read(a) == /\ a \in live \cup leased /\ seen[a] # inbox[a] /\ seen' = [seen EXCEPT ![a] = inbox[a]]
           /\ UNCHANGED <<store, master, sessions, top, hand, out, story>>
Becomes(a, h, s) == hand' = [hand EXCEPT ![a] = (@ \ {h}) \cup {[h EXCEPT !.s = s]}]
Begun(t, n) == /\ starts' = IF t \in Skip THEN [starts EXCEPT ![t] = @ + 1] ELSE starts
               /\ last' = [last EXCEPT ![t] = n]
               /\ bad' = bad \cup (IF t \in succ \ backed THEN {"again"} ELSE {})
                             \cup (IF t \notin backed /\ n <= last[t] THEN {"order"} ELSE {})
Ready(a) == {e \in seen[a] : (Compared => e.n > top[a]) /\ ((Compared /\ AtTaking) \/ \A h \in hand[a] : h.n # e.n)}
Take(a) == \E e \in Ready(a) :
  /\ InOrder => \A x \in Ready(a) : x.n >= e.n
  /\ LET s == IF e.c THEN "cancelled" ELSE IF a \in leaving THEN "refused"
              ELSE IF e.t \in Skip /\ Claims THEN "want" ELSE "run" IN
     /\ IF s = "run" THEN Leased => a \in leased ELSE a \in live
     /\ top' = [top EXCEPT ![a] = IF e.n > @ /\ (AtTaking \/ s # "want") THEN e.n ELSE @]
     /\ hand' = [hand EXCEPT ![a] = @ \cup {[t |-> e.t, n |-> e.n, s |-> s]}]
     /\ IF s = "run" THEN Begun(e.t, e.n) ELSE UNCHANGED <<starts, last, bad>>
  /\ UNCHANGED <<store, master, sessions, seen, out, fin, succ, cancelled, backed, fails>>
Claimed(a, h) == [t |-> h.t, n |-> h.n, w |-> "claimed"]
Start(a) == \E h \in hand[a] :
  /\ h.s = "want" /\ a \in leased
  /\ AtTaking \/ h.n > top[a]
  /\ Claimed(a, h) \in outbox[a] \/ (~Confirmed /\ Claimed(a, h) \in out[a].says)
  /\ Becomes(a, h, "run") /\ Begun(h.t, h.n) /\ top' = [top EXCEPT ![a] = IF h.n > @ THEN h.n ELSE @]
  /\ UNCHANGED <<store, master, sessions, seen, out, fin, succ, cancelled, backed, fails>>
Finish(a) == \E h \in hand[a] : \E s \in {"ok", "failed"} :
  /\ h.s = "run" /\ (s = "failed" => fails < MaxFails) /\ fails' = IF s = "failed" THEN fails + 1 ELSE fails
  /\ Becomes(a, h, s)
  /\ UNCHANGED <<store, master, sessions, seen, top, out, fin, succ, starts, last, cancelled, backed, bad>>
\* it reads that an entry is marked, or it leaves
GiveUp(a) == \E h \in hand[a] :
  /\ \/ h.s \in {"want", "run"} /\ (\E e \in seen[a] : e.n = h.n /\ e.c) /\ Becomes(a, h, "cancelled")
     \/ h.s = "want" /\ a \in leaving /\ Becomes(a, h, "refused")
  /\ UNCHANGED <<store, master, sessions, seen, top, out, story>>
Forget(a) == \E h \in hand[a] :
  /\ h.s \in Ends /\ a \in live
  /\ IF KeepsEnds THEN \A e \in seen[a] : e.n # h.n ELSE [t |-> h.t, n |-> h.n, w |-> h.s] \in outbox[a]
  /\ hand' = [hand EXCEPT ![a] = @ \ {h}]
  /\ UNCHANGED <<store, master, sessions, seen, top, out, story>>
Report(a) == {[t |-> h.t, n |-> h.n, w |-> IF h.s \in Ends THEN h.s ELSE "claimed"] :
              h \in {x \in hand[a] : x.s \in Ends \/ (x.t \in Skip /\ Claims)}}
\* the whole outbox; what was sent before, and is not there, has been lost
Send(a) == /\ a \in live /\ Report(a) # (IF out[a].on THEN out[a].says ELSE outbox[a])
           /\ out' = [out EXCEPT ![a] = [on |-> TRUE, says |-> Report(a)]]
           /\ UNCHANGED <<store, master, sessions, seen, top, hand, story>>
Write(a) == /\ out[a].on /\ out' = [out EXCEPT ![a] = [on |-> FALSE, says |-> {}]]
            /\ LET ok == Fenced => a \in live IN
               /\ outbox' = IF ok THEN [outbox EXCEPT ![a] = out[a].says] ELSE outbox
               /\ succ' = IF ok THEN succ \cup {r.t : r \in {x \in out[a].says : x.w = "ok"}} ELSE succ
            /\ UNCHANGED <<book, inbox, term, master, sessions, seen, top, hand, fin, starts, last, cancelled, backed, bad, fails>>

Next == Second \/ NewMaster \/ Early \/ GoesOn \/ (\E tx \in fly : Apply(tx))
        \/ (\E t \in Tasks : Cancel(t) \/ \E a \in Agents : Dispatch(t, a) \/ Backup(t, a))
        \/ \E a \in Agents : Settle(a) \/ Lose(a) \/ Expire(a) \/ LeaseEnds(a) \/ LeaseBack(a) \/ Leave(a) \/ Read(a)
                             \/ Take(a) \/ Start(a) \/ Finish(a) \/ GiveUp(a) \/ Forget(a) \/ Send(a) \/ Write(a)
Spec == Init /\ [][Next]_vars
\* No fair step is left: all but new faults, new masters, agents that leave, cancellations and backups. Each step uses up
\* something, so every behaviour comes to such a state.
AtRest == ~ENABLED (\/ (\E a \in Agents : \/ Write(a) \/ Read(a) \/ Finish(a) \/ Send(a) \/ Take(a) \/ Forget(a) \/ Start(a)
                                          \/ GiveUp(a) \/ LeaseBack(a) \/ (a \notin live /\ LeaseEnds(a)))
                    \/ Second \/ (\E tx \in fly : Apply(tx))
                    \/ (\E a \in Agents : Settle(a) \/ Lose(a) \/ \E t \in Tasks : Dispatch(t, a)))
\* which agent is which does not matter
Symmetry == Permutations(Agents)

\* ---- what has to hold
\* what was acknowledged is in its segment, or in an inbox, until its outcome is in the record
NoneLost == \A t \in Tasks : fin[t] > 0 \/ (book.there /\ book.of[t].open) \/ \E a \in Agents : \E e \in inbox[a] : e.t = t
OneOutcome == (\A t \in Tasks : fin[t] <= 1) /\ "settled" \notin bad
\* once a success is durable nothing else is recorded, no number is given and none started, but for a backup
NoneAfterSuccess == "again" \notin bad /\ "untrue" \notin bad
NumbersRise == "order" \notin bad
AtMostOnce == \A t \in Skip : starts[t] <= 1
AttemptsKept == "attempts" \notin bad
CancelHolds == "cancelled" \notin bad
Running(t) == UNION {{<<a, h.n>> : h \in {x \in hand[a] : x.t = t /\ x.s = "run"}} : a \in Agents}
OneAtATime == \A t \in Tasks \ backed : Cardinality(Running(t)) <= 1
OneEntry == \A t \in Tasks \ backed : Cardinality(UNION {{<<a, e.n>> : e \in {x \in inbox[a] : x.t = t}} : a \in Agents}) <= 1
\* everything becomes final and leaves the inboxes, unless there is nobody left to run it
RestsFinal == \/ live \ leaving = {} \/ ~AtRest
              \/ \A t \in Tasks : fin[t] = 1 /\ \A a \in Agents : inbox[a] = {}
=============================================================================
