------------------------------ MODULE Workflow ------------------------------
(* Workflow runs of one graph: a root r, two that follow it, a and b, and j *)
(* which follows both if the output of a says so. How a task is run is the  *)
(* matter of Queue.tla: here it is queued, with an agent, reported, settled.*)
(* One master at a time, whose term may end at any moment. Its transactions *)
(* check the epoch (Q2): the one that is under way is applied before the    *)
(* next master reads, or never. So it needs no variable of its own: what    *)
(* the master knows is what will be stored when it is applied.              *)
EXTENDS Integers, FiniteSets, TLC
CONSTANTS Runs,         \* workflow runs, each of one fire
          MaxTerms, MaxCancels, MaxReruns, MaxFails, MaxDrops,
          MaxBlind,     \* terms that cannot read a workflow run
          Begins,       \* W1: the record and the root's run are written with the fire's mark; FALSE: after it
          Advances,     \* W2: what follows is written with the settlement; FALSE: after it
          Reconciles,   \* W2: a new master settles what has started and is in no segment
          ByRun,        \* W2: ... and asks of the run itself; FALSE: whether anything of its segment is open
          Early,        \* W2: a failed upstream decides at once; FALSE: as if it had ended well
          Waits,        \* W3: a condition waits for the output to be read; FALSE: it does not hold until then
          ByName,       \* W3: an answer counts for the output that the run names, no other
          Anew,         \* W3: what runs again is read again
          Keeps,        \* W3: an output stays as long as the run that names it
          KeepsUnread,  \* W3: ... also while a run cannot be read
          StopsUnread,  \* W5: what is stopping is cancelled when its segment is read
          StopsFound,   \* W5: ... also by a master that finds it so
          StopsFirst,   \* W5: what is to be cancelled is not dispatched before
          Clear         \* W5: nothing runs again while something that follows it is under way
VARIABLES
  store,     \* marks of fires, workflow runs, tasks, the record, and what went wrong
  mem,       \* the same as it is once the transaction under way is applied
  sent,      \* whether one is under way
  half,      \* what the master is to write next; only without one of the rules that something is one transaction
  know,      \* runs of jobs whose segment the master has read
  todo,      \* of those the ones to be cancelled
  lost,      \* jobs to be settled as unknown
  read,      \* workflow run -> what the master has read of an output, if something: of which attempt, and what it says
  blind,     \* workflow runs that the master cannot read
  report,    \* run of a job -> what its agent says
  item,      \* run of a -> its output
  gone,      \* outputs that are deleted
  terms, blinds, cancels, reruns, fails, drops
vars == <<store, mem, sent, half, know, todo, lost, read, blind, report, item, gone,
          terms, blinds, cancels, reruns, fails, drops>>
book == <<store, mem, sent>>
master == <<half, know, todo, lost, read, blind>>
agents == <<report, item>>
bounds == <<terms, blinds, cancels, reruns, fails, drops>>

Jobs == {"r", "a", "b", "j"}
Up(j) == IF j = "r" THEN {} ELSE IF j = "j" THEN {"a", "b"} ELSE {"r"}
After(j) == IF j = "r" THEN {"a", "b", "j"} ELSE IF j = "j" THEN {} ELSE {"j"}
Ids == Runs \X Jobs \X (1..MaxReruns + 1)
None == [on |-> FALSE]
New == [phase |-> "none", met |-> "unread", job |-> [j \in Jobs |-> [ph |-> "waiting", att |-> 0, oc |-> "none"]]]
Fresh == [marks |-> {}, run |-> [w \in Runs |-> New], task |-> [i \in Ids |-> "none"], rec |-> [i \in Ids |-> "none"],
          segs |-> {}, bad |-> {}, unheard |-> {}]
Init == /\ store = Fresh /\ mem = Fresh /\ sent = FALSE /\ half = None /\ know = {} /\ todo = {} /\ lost = {}
        /\ read = [w \in Runs |-> None] /\ blind = {}
        /\ report = [i \in Ids |-> "none"] /\ item = report /\ gone = {}
        /\ terms = 1 /\ blinds = 0 /\ cancels = 0 /\ reruns = 0 /\ fails = 0 /\ drops = 0

\* ---- the pure part: one step of a workflow run
Final(g, j) == g.job[j].ph = "final"
UnderWay(g, j) == g.job[j].ph \in {"started", "stopping"}
Ends(g, j, oc) == [g EXCEPT !.job[j].ph = "final", !.job[j].oc = oc]
\* without a run, recorded like an attempt
Without(g, j, oc) == [Ends(g, j, oc) EXCEPT !.job[j].att = @ + 1]
Starts(g, j) == [g EXCEPT !.job[j].ph = "started", !.job[j].att = @ + 1, !.job[j].oc = "none"]
Failed == {"failed", "cancelled", "unknown", "upstream"}
Decide(g, j) ==
  LET oc == {g.job[u].oc : u \in Up(j)} IN
  IF g.job[j].ph # "waiting" THEN g
  ELSE IF Early /\ oc \cap Failed # {} THEN Without(g, j, "upstream")
  ELSE IF "none" \in oc THEN g
  ELSE IF j = "j" /\ Early /\ g.met = "unread" THEN IF Waits THEN g ELSE Without(g, j, "skipped")
  ELSE IF j = "j" /\ g.met = "no" THEN Without(g, j, "skipped")
  ELSE Starts(g, j)
Settled(g) == LET h == Decide(Decide(Decide(Decide(g, "r"), "a"), "b"), "j") IN
              IF \A j \in Jobs : Final(h, j) THEN [h EXCEPT !.phase = "final"] ELSE h
\* the book with the next state of a workflow run, and with the runs that start by it as one segment
Goes(m, w, g) ==
  LET old == m.run[w]
      new == {j \in Jobs : g.job[j].att > old.job[j].att}
      ids == {<<w, j, g.job[j].att>> : j \in {k \in new : ~Final(g, k)}}
      over == {<<w, j, g.job[j].att>> : j \in {k \in new : Final(g, k)}}
      wrong == (IF \E i \in ids \cup over : m.task[i] # "none" \/ m.rec[i] # "none" THEN {"twice"} ELSE {})
               \cup (IF ids # {} /\ g.phase = "stopping" THEN {"begun"} ELSE {}) IN
  [m EXCEPT !.run[w] = g, !.task = [i \in Ids |-> IF i \in ids THEN "queued" ELSE @[i]],
            !.rec = [i \in Ids |-> IF i \in over THEN g.job[i[2]].oc ELSE @[i]],
            !.segs = IF Cardinality(ids) > 1 THEN @ \cup {ids} ELSE @, !.bad = @ \cup wrong]
\* a job that is under way has ended so, in its latest attempt
Heard(m, i, oc) ==
  LET w == i[1]
      j == i[2]
      g == m.run[w] IN
  IF UnderWay(g, j) /\ g.job[j].att = i[3]
  THEN Goes(m, w, Settled(IF j = "a" /\ oc # "ok" THEN [Ends(g, j, oc) EXCEPT !.met = "no"] ELSE Ends(g, j, oc)))
  ELSE m

\* ---- the master: one transaction at a time, made of what it knows
Free == ~sent /\ half = None
Post(m) == mem' = m /\ sent' = TRUE /\ UNCHANGED store
Sees(w) == w \notin blind
\* ZooKeeper applies it; what is read of it the master knows
Apply == /\ sent /\ store' = mem /\ sent' = FALSE
         /\ UNCHANGED <<mem, master, agents, gone, bounds>>
Begin(w) == /\ Free /\ w \notin mem.marks
            /\ LET marked == [mem EXCEPT !.marks = @ \cup {w}] IN
               IF Begins THEN Post(Goes(marked, w, Settled([New EXCEPT !.phase = "running"]))) /\ UNCHANGED half
               ELSE Post(marked) /\ half' = [on |-> TRUE, w |-> w, id |-> <<>>, oc |-> "none"]
            /\ UNCHANGED <<know, todo, lost, read, blind, agents, gone, bounds>>
ReadSegment(i) == /\ store.task[i] \in {"queued", "out", "marked"} /\ i \notin know /\ know' = know \cup {i}
                  /\ todo' = IF StopsUnread /\ Sees(i[1]) /\ mem.run[i[1]].job[i[2]].ph = "stopping"
                             THEN todo \cup {i} ELSE todo
                  /\ UNCHANGED <<book, half, lost, read, blind, agents, gone, bounds>>
Dispatch(i) == /\ Free /\ i \in know /\ mem.task[i] = "queued" /\ (StopsFirst => i \notin todo)
               /\ LET wrong == IF Sees(i[1]) /\ mem.run[i[1]].phase = "stopping" THEN {"begun"} ELSE {} IN
                  Post([mem EXCEPT !.task[i] = "out", !.bad = @ \cup wrong])
               /\ UNCHANGED <<master, agents, gone, bounds>>
\* the task has its outcome, and its workflow run hears so
Ended(i, oc) == LET m == [mem EXCEPT !.task[i] = "settled", !.rec[i] = oc] IN
                IF ~Sees(i[1]) THEN Post([m EXCEPT !.unheard = @ \cup {i}]) /\ UNCHANGED half
                ELSE IF Advances THEN Post(Heard(m, i, oc)) /\ UNCHANGED half
                ELSE Post(m) /\ half' = [on |-> TRUE, w |-> i[1], id |-> i, oc |-> oc]
Settle(i) == /\ Free /\ i \in know /\ mem.task[i] \in {"out", "marked"} /\ report[i] # "none" /\ Ended(i, report[i])
             /\ todo' = todo \ {i}
             /\ UNCHANGED <<know, lost, read, blind, agents, gone, bounds>>
\* mutants: the second of two transactions
Second == /\ ~sent /\ half # None /\ half' = None
          /\ Post(IF half.id = <<>> THEN Goes(mem, half.w, Settled([New EXCEPT !.phase = "running"]))
                  ELSE Heard(mem, half.id, half.oc))
          /\ UNCHANGED <<know, todo, lost, read, blind, agents, gone, bounds>>
Names(g) == Final(g, "a") /\ g.job["a"].oc = "ok"
Output(w) == <<w, "a", mem.run[w].job["a"].att>>
Look(w) == /\ Sees(w) /\ ~sent /\ mem.run[w].phase \in {"running", "stopping"} /\ Names(mem.run[w]) /\ mem.run[w].met = "unread"
           /\ mem.run[w].job["j"].ph = "waiting" /\ read[w] = None
           /\ read' = [read EXCEPT ![w] = [on |-> TRUE, att |-> Output(w)[3],
                                          says |-> IF Output(w) \in gone THEN "no" ELSE item[Output(w)]]]
           /\ UNCHANGED <<book, half, know, todo, lost, blind, agents, gone, bounds>>
Answer(w) == /\ Free /\ read[w].on /\ read' = [read EXCEPT ![w] = None]
             /\ LET g == mem.run[w] IN
                IF g.phase # "final" /\ (ByName => Names(g) /\ g.job["a"].att = read[w].att)
                THEN Post(Goes(mem, w, Settled([g EXCEPT !.met = read[w].says])))
                ELSE UNCHANGED book
             /\ UNCHANGED <<half, know, todo, lost, blind, agents, gone, bounds>>
Cancel(w) == /\ Free /\ Sees(w) /\ cancels < MaxCancels /\ mem.run[w].phase = "running" /\ cancels' = cancels + 1
             /\ LET g == mem.run[w]
                    stopped(p) == IF p.ph = "waiting" THEN [ph |-> "final", att |-> p.att + 1, oc |-> "cancelled"]
                                  ELSE IF p.ph = "started" THEN [p EXCEPT !.ph = "stopping"] ELSE p
                    h == [g EXCEPT !.phase = "stopping", !.job = [j \in Jobs |-> stopped(@[j])]] IN
                /\ Post(Goes(mem, w, Settled(h)))
                /\ todo' = todo \cup {i \in know : i[1] = w /\ h.job[i[2]].ph = "stopping" /\ mem.task[i] \in {"queued", "out"}}
             /\ UNCHANGED <<half, know, lost, read, blind, agents, gone, terms, blinds, reruns, fails, drops>>
\* what is queued is settled, what is with an agent is marked (Q10)
Stop(i) == /\ Free /\ i \in todo /\ todo' = todo \ {i}
           /\ IF mem.task[i] = "queued" THEN Ended(i, "cancelled")
              ELSE (IF mem.task[i] = "out" THEN Post([mem EXCEPT !.task[i] = "marked"]) ELSE UNCHANGED book) /\ UNCHANGED half
           /\ UNCHANGED <<know, lost, read, blind, agents, gone, bounds>>
Rerun(w, j) ==
  LET g == mem.run[w]
      again == {j} \cup After(j)
      waits(p) == [p EXCEPT !.ph = "waiting", !.oc = "none"]
      h == [g EXCEPT !.phase = "running",
                     !.job = [k \in Jobs |-> IF k \in again /\ @[k].ph = "final" THEN waits(@[k]) ELSE @[k]],
                     !.met = IF Anew /\ "a" \in again THEN "unread" ELSE @] IN
  /\ Free /\ Sees(w) /\ reruns < MaxReruns /\ reruns' = reruns + 1 /\ g.phase \in {"running", "final"}
  /\ Final(g, j) /\ (\A u \in Up(j) : Final(g, u)) /\ (Clear => \A k \in again : ~UnderWay(g, k))
  /\ Post(Goes(mem, w, Settled(Starts(h, j))))
  /\ UNCHANGED <<master, agents, gone, terms, blinds, cancels, fails, drops>>
Reconcile(i) == /\ Free /\ i \in lost /\ lost' = lost \ {i} /\ Post(Heard(mem, i, "unknown"))
                /\ UNCHANGED <<half, know, todo, read, blind, agents, gone, bounds>>
\* only so many that are final are kept (W6)
Drop(w) == /\ Free /\ Sees(w) /\ drops < MaxDrops /\ mem.run[w].phase = "final" /\ drops' = drops + 1
           /\ Post([mem EXCEPT !.run[w] = [New EXCEPT !.phase = "gone"]])
           /\ UNCHANGED <<master, agents, gone, terms, blinds, cancels, reruns, fails>>
\* an output that nobody names, in a transaction of its own (Q12)
Delete(i) == /\ Free /\ item[i] # "none" /\ i \notin gone /\ mem.task[i] = "settled"
             /\ IF Sees(i[1]) THEN ~(Keeps /\ Names(mem.run[i[1]]) /\ mem.run[i[1]].job["a"].att = i[3]) ELSE ~KeepsUnread
             /\ gone' = gone \cup {i}
             /\ UNCHANGED <<book, master, agents, bounds>>
\* its successor reads what is stored; what was under way is refused from now on
NewMaster == /\ terms < MaxTerms /\ terms' = terms + 1 /\ mem' = store /\ sent' = FALSE /\ half' = None
             /\ \E B \in SUBSET {w \in Runs : store.run[w].phase \notin {"none", "gone"}} :
                  /\ B # {} => blinds < MaxBlind
                  /\ blind' = B /\ blinds' = IF B = {} THEN blinds ELSE blinds + 1
                  /\ LET open == {i \in Ids : store.task[i] \in {"queued", "out", "marked"}}
                         mine == {i \in Ids : /\ i[1] \notin B /\ UnderWay(store.run[i[1]], i[2])
                                              /\ store.run[i[1]].job[i[2]].att = i[3]} IN
                     /\ know' = open
                     /\ todo' = IF StopsFound THEN {i \in mine \cap open : store.run[i[1]].job[i[2]].ph = "stopping"} ELSE {}
                     /\ lost' = IF ~Reconciles THEN {}
                                ELSE {i \in mine \ open : ByRun \/ ~\E s \in store.segs : i \in s /\ s \cap open # {}}
             /\ read' = [w \in Runs |-> None]
             /\ UNCHANGED <<store, agents, gone, cancels, reruns, fails, drops>>

\* ---- agents
Finish(i) == /\ store.task[i] \in {"out", "marked"} /\ report[i] = "none"
             /\ \E oc \in {"ok", "failed", "cancelled"} :
                  /\ oc = "failed" => fails < MaxFails
                  /\ oc = "cancelled" => store.task[i] = "marked"
                  /\ report' = [report EXCEPT ![i] = oc] /\ fails' = IF oc = "failed" THEN fails + 1 ELSE fails
                  /\ IF i[2] = "a" /\ oc = "ok" THEN \E says \in {"yes", "no"} : item' = [item EXCEPT ![i] = says]
                     ELSE UNCHANGED item
             /\ UNCHANGED <<book, master, gone, terms, blinds, cancels, reruns, drops>>

Next == Apply \/ Second \/ NewMaster
        \/ (\E w \in Runs : Begin(w) \/ Look(w) \/ Answer(w) \/ Cancel(w) \/ Drop(w) \/ \E j \in Jobs : Rerun(w, j))
        \/ \E i \in Ids : ReadSegment(i) \/ Dispatch(i) \/ Settle(i) \/ Stop(i) \/ Reconcile(i) \/ Delete(i) \/ Finish(i)
Spec == Init /\ [][Next]_vars
\* No fair step is left: all but new masters, cancellations, reruns and runs that are dropped. Each step uses up something,
\* so every behaviour comes to such a state.
AtRest == ~ENABLED (\/ Apply \/ Second \/ (\E w \in Runs : Begin(w) \/ Look(w) \/ Answer(w))
                    \/ \E i \in Ids : \/ ReadSegment(i) \/ Dispatch(i) \/ Settle(i) \/ Stop(i) \/ Reconcile(i)
                                     \/ Delete(i) \/ Finish(i))
\* the same as a temporal property
Fair == /\ WF_vars(Apply) /\ WF_vars(Second)
        /\ \A w \in Runs : WF_vars(Begin(w)) /\ WF_vars(Look(w)) /\ WF_vars(Answer(w))
        /\ \A i \in Ids : /\ WF_vars(ReadSegment(i)) /\ WF_vars(Dispatch(i)) /\ WF_vars(Settle(i)) /\ WF_vars(Stop(i))
                          /\ WF_vars(Reconcile(i)) /\ WF_vars(Delete(i)) /\ WF_vars(Finish(i))
FairSpec == Spec /\ Fair
\* which workflow run is which does not matter
Symmetry == Permutations(Runs)

\* ---- what has to hold
\* a fire that is decided has its workflow run
BegunIsThere == \A w \in store.marks : store.run[w].phase # "none"
\* the run of a job begins once
StartedOnce == "twice" \notin store.bad
\* no job begins before its upstreams let it, unless somebody asked for it
Follows == reruns > 0 \/ \A w \in Runs : \A j \in Jobs : LET g == store.run[w] IN
             store.task[<<w, j, 1>>] # "none" /\ g.phase # "gone"
             => (\A u \in Up(j) : g.job[u].oc = "ok") /\ (j = "j" => g.met = "yes")
\* a run is final when every job is, and then nothing of it is left in the queue
FinalIsFinal == \A w \in Runs : LET g == store.run[w] IN
                  /\ g.phase = "final" <=> g.phase \notin {"none", "gone"} /\ \A j \in Jobs : Final(g, j)
                  /\ g.phase \in {"final", "gone"} => \A i \in Ids : i[1] = w => store.task[i] \in {"none", "settled"}
\* what a job follows is final while it is under way
InOrder == \A w \in Runs : \A j \in Jobs : UnderWay(store.run[w], j) => \A u \in Up(j) : Final(store.run[w], u)
\* the record and the workflow run say the same of a job, unless it ended under a master that could not read the workflow run
Agrees == \A w \in Runs : \A j \in Jobs : LET g == store.run[w]
                                             i == <<w, j, g.job[j].att>> IN
            i \in Ids /\ i \notin store.unheard
            => IF Final(g, j) THEN g.job[j].oc = store.rec[i] ELSE UnderWay(g, j) => store.rec[i] = "none"
\* an answer is what the output says of which it is the answer
Truthful == \A w \in Runs : LET g == store.run[w] IN
              Names(g) => /\ g.met \in {"unread", item[<<w, "a", g.job["a"].att>>]}
                          /\ g.job["j"].oc = "skipped" => item[<<w, "a", g.job["a"].att>>] = "no"
\* what may be needed of a run that is kept, by a condition, by what follows or when it runs again
OutputsKept == \A w \in Runs : Names(store.run[w]) => <<w, "a", store.run[w].job["a"].att>> \notin gone
\* after a cancellation nothing begins, but under a master that cannot read the workflow run
CancelHolds == "begun" \notin store.bad
\* once masters stay everything that has begun becomes final, and nobody's output is left
RestsFinal == AtRest /\ blind = {} => /\ \A w \in Runs : store.run[w].phase \in {"final", "gone"}
                                      /\ \A i \in Ids : item[i] # "none" /\ i \notin gone => Names(store.run[i[1]])
\* a term that cannot read a workflow run cannot end it
BecomesFinal == \A w \in Runs : (w \in store.marks) ~> (store.run[w].phase \in {"final", "gone"} \/ blind # {})
=============================================================================
