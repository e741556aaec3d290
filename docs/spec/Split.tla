------------------------------- MODULE Split -------------------------------
(* A run that its own code splits into parts. An attempt of the code hands  *)
(* in one part after another, each as a page of its own; the parts run, and *)
(* when the code and all of them have ended well the reduce step runs. How  *)
(* a task is run is the matter of Queue.tla: here it is queued, with an     *)
(* agent, reported, settled. One master at a time, as in Workflow.tla: what *)
(* it knows is what will be stored once the transaction under way is        *)
(* applied.                                                                 *)
EXTENDS Integers, FiniteSets
CONSTANTS Parts,        \* how many parts there are
          MaxTerms, MaxCancels, MaxFails, MaxLosses,
          Together,     \* S1: a page is written with the report that names it; FALSE: the report first
          EndLast,      \* S1: an end is told when every page is there
          Takes,        \* S2: a page goes with what is made of it; FALSE: before
          Queues,       \* S2: a part is known and queued at once; FALSE: known first
          ByName,       \* S2: what is known under its name is passed over
          Waits,        \* S3: an end counts once every page that it names is taken in
          Gathers,      \* S3: a new master leaves alone what waits for its parts; FALSE: what is in no inbox is queued
          Counts,       \* S4: a part is settled for its run and in its segment at once; FALSE: in its segment first
          StopsFound,   \* S6: what is stopping is cancelled by a master that finds it so
          StopsUnread   \* S6: ... also what it reads later
VARIABLES
  store,    \* what is stored by masters, and what went wrong
  mem,      \* the same once the transaction under way is applied
  sent,     \* whether one is
  half,     \* what the master is to write next; only without one of the rules that something is one transaction
  know,     \* runs whose segment the master has read
  todo,     \* of those the ones to be cancelled
  named,    \* attempt of the code -> how many pages its report names
  there,    \* pages that were written: attempt and number
  report,   \* attempt of the code -> what its agent says
  says,     \* run of a part, or reduce step -> what its agent says
  dead,     \* attempts of the code whose agent is lost
  terms, cancels, fails, losses
vars == <<store, mem, sent, half, know, todo, named, there, report, says, dead, terms, cancels, fails, losses>>
book == <<store, mem, sent>>
master == <<half, know, todo>>
agents == <<named, there, report, says, dead>>
bounds == <<terms, cancels, fails, losses>>

P == 1..Parts
Code == 0
Reduce == Parts + 1
Runs == 0..(Parts + 1)
MaxAtt == 1 + MaxFails + MaxLosses
Atts == 1..MaxAtt
None == [on |-> FALSE]
Fresh == [task |-> [i \in Runs |-> IF i = Code THEN "queued" ELSE "none"], att |-> 0, made |-> [i \in Runs |-> 0],
          row |-> [p \in P |-> "absent"], ph |-> "none", own |-> TRUE, oc |-> "none", rec |-> [i \in Runs |-> "none"],
          taken |-> {}, bad |-> {}]
Init == /\ store = Fresh /\ mem = Fresh /\ sent = FALSE /\ half = None /\ know = {Code} /\ todo = {}
        /\ named = [a \in Atts |-> 0] /\ there = {} /\ report = [a \in Atts |-> "none"]
        /\ says = [i \in Runs |-> "none"] /\ dead = {}
        /\ terms = 1 /\ cancels = 0 /\ fails = 0 /\ losses = 0

\* ---- the pure part
Open(m) == \E p \in P : m.row[p] = "open"
Ends(m, oc) == [m EXCEPT !.ph = "final", !.own = FALSE, !.oc = oc, !.task[Code] = "settled", !.rec[Code] = oc]
GoOn(m) == IF Open(m) THEN m
           ELSE IF m.ph = "gathering" THEN
             IF \E p \in P : m.row[p] \in {"failed", "cancelled"} THEN Ends(m, "failed")
             ELSE [m EXCEPT !.ph = "reducing", !.own = TRUE, !.task[Reduce] = "queued", !.made[Reduce] = @ + 1]
           ELSE IF m.ph = "stopping" /\ ~m.own THEN Ends(m, m.oc) ELSE m
Stops(m, oc) == [m EXCEPT !.ph = "stopping", !.oc = oc]
\* code of its own has ended for good: what splits, or the reduce step
CodeEnded(m, oc) == LET n == [m EXCEPT !.own = FALSE] IN
  IF m.ph = "splitting" THEN GoOn(IF oc = "ok" THEN [n EXCEPT !.ph = "gathering"] ELSE Stops(n, oc))
  ELSE IF m.ph = "reducing" THEN Ends(n, oc) ELSE GoOn(n)
RowEnded(m, p, oc) == IF m.row[p] = "open" THEN GoOn([m EXCEPT !.row[p] = oc]) ELSE m
Known(m, p) == [m EXCEPT !.ph = IF @ = "none" THEN "splitting" ELSE @, !.row[p] = "open"]
Queued(m, p) == [m EXCEPT !.task[p] = "queued", !.made[p] = @ + 1]
\* a page is taken in: what it holds is known, or new
TakenIn(m, p) == IF m.row[p] # "absent" /\ ByName THEN m ELSE Queued(Known(m, p), p)
\* the runs that are to be cancelled while it stops
Parting(m) == {i \in Runs : m.task[i] \in {"queued", "out"}}

\* ---- the master: one transaction at a time, made of what it knows
Free == ~sent /\ half = None
Post(m) == mem' = m /\ sent' = TRUE /\ UNCHANGED store
Apply == /\ sent /\ store' = mem /\ sent' = FALSE
         /\ UNCHANGED <<mem, master, agents, bounds>>
ReadSegment(i) == /\ store.task[i] \in {"queued", "out", "marked"} /\ i \notin know /\ know' = know \cup {i}
                  /\ todo' = IF StopsUnread /\ mem.ph = "stopping" THEN todo \cup {i} ELSE todo
                  /\ UNCHANGED <<book, half, agents, bounds>>
Dispatch(i) == /\ Free /\ i \in know \ todo /\ mem.task[i] = "queued"
               /\ i = Code => mem.att < MaxAtt
               /\ LET again == IF i = Code /\ \E a \in Atts : report[a] = "ok" THEN {"again"} ELSE {}
                      begun == IF mem.ph = "stopping" THEN {"begun"} ELSE {} IN
                  Post([mem EXCEPT !.task[i] = "out", !.att = IF i = Code THEN @ + 1 ELSE @, !.bad = @ \cup again \cup begun])
               /\ UNCHANGED <<master, agents, bounds>>
\* a page that lies there, of the attempt that is out
Take(p) == LET a == mem.att IN
           /\ Free /\ mem.task[Code] \in {"out", "marked"} /\ p <= named[a] /\ <<a, p>> \in there \ mem.taken
           /\ LET gone == [mem EXCEPT !.taken = @ \cup {<<a, p>>}] IN
              IF mem.ph = "stopping" THEN Post(gone) /\ UNCHANGED half
              ELSE IF ~Takes THEN Post(gone) /\ half' = [on |-> TRUE, what |-> "take", i |-> p, oc |-> "none"]
              ELSE IF ~Queues /\ mem.row[p] = "absent"
                   THEN Post(Known(gone, p)) /\ half' = [on |-> TRUE, what |-> "queue", i |-> p, oc |-> "none"]
              ELSE Post(TakenIn(gone, p)) /\ UNCHANGED half
           /\ UNCHANGED <<know, todo, agents, bounds>>
AllTaken(m) == \A p \in P : p <= named[m.att] => <<m.att, p>> \in m.taken
\* an attempt of the code is over: another one follows, or what it was split into decides
CodeOver(m, oc) == IF m.ph = "none" THEN Ends(m, oc) ELSE CodeEnded([m EXCEPT !.task[Code] = "gathers"], oc)
SettleCode == LET a == mem.att IN
              /\ Free /\ Code \in know /\ mem.task[Code] \in {"out", "marked"}
              /\ report[a] # "none" \/ a \in dead
              /\ Waits => AllTaken(mem)
              /\ IF report[a] = "ok" THEN Post(CodeOver(mem, "ok"))
                 ELSE IF mem.task[Code] = "marked" THEN Post(CodeOver(mem, "cancelled"))
                 ELSE \/ mem.att < MaxAtt /\ Post([mem EXCEPT !.task[Code] = "queued"])
                      \/ report[a] = "failed" /\ Post(CodeOver(mem, "failed"))
              /\ todo' = (IF mem'.task[Code] = "queued" THEN todo ELSE todo \ {Code})
                         \cup IF mem'.ph = "stopping" /\ mem.ph # "stopping" THEN know \cap Parting(mem') ELSE {}
              /\ UNCHANGED <<half, know, agents, bounds>>
\* a part or the reduce step has its outcome
Ended(i, oc) == LET m == [mem EXCEPT !.task[i] = "settled", !.rec[i] = oc] IN
                IF Counts THEN Post(IF i = Reduce THEN CodeEnded(m, oc) ELSE RowEnded(m, i, oc)) /\ UNCHANGED half
                ELSE Post(m) /\ half' = [on |-> TRUE, what |-> "end", i |-> i, oc |-> oc]
Settle(i) == /\ Free /\ i \in know \ {Code} /\ mem.task[i] \in {"out", "marked"} /\ says[i] # "none" /\ Ended(i, says[i])
             /\ todo' = todo \ {i}
             /\ UNCHANGED <<know, agents, bounds>>
\* mutants: the second of two transactions
Second == /\ ~sent /\ half # None /\ half' = None
          /\ Post(IF half.what = "take" THEN TakenIn(mem, half.i)
                  ELSE IF half.what = "queue" THEN Queued(mem, half.i)
                  ELSE IF half.i = Reduce THEN CodeEnded(mem, half.oc) ELSE RowEnded(mem, half.i, half.oc))
          /\ UNCHANGED <<know, todo, agents, bounds>>
Cancel == /\ Free /\ cancels < MaxCancels /\ mem.ph \in {"splitting", "gathering", "reducing"} /\ cancels' = cancels + 1
          /\ Post(Stops(mem, "cancelled")) /\ todo' = know \cap Parting(mem)
          /\ UNCHANGED <<half, know, agents, terms, fails, losses>>
\* what is queued is settled, what is with an agent is marked (Q10)
Stop(i) == /\ Free /\ i \in todo /\ todo' = todo \ {i}
           /\ IF mem.task[i] = "queued" THEN
                IF i = Code THEN Post(CodeOver(mem, "cancelled")) /\ UNCHANGED half ELSE Ended(i, "cancelled")
              ELSE (IF mem.task[i] = "out" THEN Post([mem EXCEPT !.task[i] = "marked"]) ELSE UNCHANGED book) /\ UNCHANGED half
           /\ UNCHANGED <<know, agents, bounds>>
\* its successor reads what is stored; what was under way is refused from now on
NewMaster == /\ terms < MaxTerms /\ terms' = terms + 1 /\ sent' = FALSE /\ half' = None
             /\ LET m == IF ~Gathers /\ store.task[Code] = "gathers" THEN [store EXCEPT !.task[Code] = "queued"] ELSE store IN
                /\ mem' = m /\ store' = m
                /\ know' = {i \in Runs : m.task[i] \in {"queued", "out", "marked"}}
                /\ todo' = IF StopsFound /\ m.ph = "stopping" THEN Parting(m) ELSE {}
             /\ UNCHANGED <<agents, cancels, fails, losses>>

\* ---- agents
Runs1 == store.task[Code] \in {"out", "marked"} /\ store.att \notin dead /\ store.att > 0
\* the code hands in its next part
HandIn == LET a == store.att IN
          /\ Runs1 /\ named[a] < Parts /\ (EndLast => report[a] = "none")
          /\ named' = [named EXCEPT ![a] = @ + 1]
          /\ there' = IF Together THEN there \cup {<<a, named[a] + 1>>} ELSE there
          /\ UNCHANGED <<book, master, report, says, dead, bounds>>
\* mutant: the page after the report that names it
Page(p) == LET a == store.att IN
           /\ ~Together /\ Runs1 /\ p <= named[a] /\ <<a, p>> \notin there
           /\ there' = there \cup {<<a, p>>}
           /\ UNCHANGED <<book, master, named, report, says, dead, bounds>>
Return == LET a == store.att IN
          /\ Runs1 /\ report[a] = "none"
          /\ \E oc \in {"ok", "failed", "cancelled"} :
               /\ oc = "ok" => ~EndLast \/ named[a] = Parts
               /\ oc = "failed" => fails < MaxFails
               /\ oc = "cancelled" => store.task[Code] = "marked"
               /\ report' = [report EXCEPT ![a] = oc] /\ fails' = IF oc = "failed" THEN fails + 1 ELSE fails
          /\ UNCHANGED <<book, master, named, there, says, dead, terms, cancels, losses>>
Lose == /\ Runs1 /\ losses < MaxLosses /\ losses' = losses + 1 /\ dead' = dead \cup {store.att}
        /\ UNCHANGED <<book, master, named, there, report, says, terms, cancels, fails>>
Finish(i) == /\ i # Code /\ store.task[i] \in {"out", "marked"} /\ says[i] = "none"
             /\ \E oc \in {"ok", "failed", "cancelled"} :
                  /\ oc = "failed" => fails < MaxFails
                  /\ oc = "cancelled" => store.task[i] = "marked"
                  /\ says' = [says EXCEPT ![i] = oc] /\ fails' = IF oc = "failed" THEN fails + 1 ELSE fails
             /\ UNCHANGED <<book, master, named, there, report, dead, terms, cancels, losses>>

Next == Apply \/ Second \/ SettleCode \/ Cancel \/ NewMaster \/ HandIn \/ Return \/ Lose
        \/ (\E p \in P : Take(p) \/ Page(p))
        \/ \E i \in Runs : ReadSegment(i) \/ Dispatch(i) \/ Settle(i) \/ Stop(i) \/ Finish(i)
Spec == Init /\ [][Next]_vars
\* No fair step is left. Each uses up something, so every behaviour comes to such a state.
AtRest == ~ENABLED (\/ Apply \/ Second \/ SettleCode \/ HandIn \/ Return
                    \/ (\E p \in P : Take(p) \/ Page(p))
                    \/ \E i \in Runs : ReadSegment(i) \/ Dispatch(i) \/ Settle(i) \/ Stop(i) \/ Finish(i))

\* ---- what has to hold
\* a part and the reduce step are queued once
OnceEach == \A i \in Runs : store.made[i] <= 1
\* a run that has succeeded has all its parts, each with its success, and was reduced
NoneForgotten == store.rec[Code] = "ok" => store.rec[Reduce] = "ok" /\ \A p \in P : store.row[p] = "ok" /\ store.rec[p] = "ok"
\* the reduce step is queued when every part has succeeded
ReducedLast == store.made[Reduce] > 0 => \A p \in P : store.row[p] = "ok"
\* the code is not begun again once its success is durable
NoneAfterSuccess == "again" \notin store.bad
\* with the run everything of it is over
FinalIsFinal == store.ph = "final" => \A i \in Runs : store.task[i] \in {"none", "settled"}
\* the record and the run say the same of a part
Agrees == \A p \in P : IF store.rec[p] = "none" THEN store.row[p] \in {"absent", "open"} ELSE store.row[p] = store.rec[p]
\* while it stops nothing begins
CancelHolds == "begun" \notin store.bad
\* once masters stay it becomes final
RestsFinal == AtRest => store.task[Code] = "settled"
=============================================================================
