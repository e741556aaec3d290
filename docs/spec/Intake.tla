------------------------------- MODULE Intake -------------------------------
(* One submitter, the gate of the queue and the submitter's own znode:      *)
(* segments that are acknowledged, refused, or in doubt. Several are under  *)
(* way at once; connections and replies are lost, a session is followed by  *)
(* another, requests of the one before come late, the master deletes what   *)
(* is settled, and a submitter's znode that nobody seems to use.            *)
EXTENDS Integers, Sequences
CONSTANTS MaxSegments, MaxSessions, MaxGates, MaxCuts, MaxForgets,
          GateCheck,  \* the gate is checked at the version at which it was read open
          Counted,    \* each segment counts the submitter's znode up by one, at the version expected; FALSE: what is in
                      \* doubt is looked for itself
          Synced,     \* a doubt is settled by what is read after a sync
          Deleted,    \* a new session deletes the znode at the version that it read; FALSE: it writes it, which counts it up
          Renamed     \* a submitter whose znode is gone takes another name; FALSE: it creates the znode again
Segments == 1..MaxSegments
Sessions == 1..MaxSessions
Names == 1..(MaxSessions + MaxForgets)
Gone == -1
VARIABLES
  gate,      \* version of the gate: open at the even ones
  open,      \* the one at which the submitter last read that it is open
  node,      \* name -> version of the submitter's znode of that name, or Gone
  created,   \* segments that came into being
  settled,   \* those of them that are settled and deleted
  session, name, connected,
  count,     \* version of its znode as far as the submitter knows
  under,     \* segments under way, or in doubt, in order: <<segment, version expected>>
  held,      \* one was refused: nothing is sent until all are answered, since it would be refused as well
  sent,      \* segments sent so far
  wire,      \* session -> its requests that ZooKeeper has not ordered yet
  answers,   \* segment -> answer that is on its way, or "none"
  told,      \* segment -> what its submitter was told
  cuts, forgets, bad
store == <<gate, node, created, settled>>
mine == <<open, session, name, connected, count, under, held, sent, told>>
vars == <<store, mine, wire, answers, cuts, forgets, bad>>
Init == /\ gate = 0 /\ open = 0 /\ node = [m \in Names |-> IF m = 1 THEN 0 ELSE Gone] /\ created = {} /\ settled = {}
        /\ session = 1 /\ name = 1 /\ connected = TRUE /\ count = 0 /\ under = <<>> /\ held = FALSE /\ sent = 0
        /\ wire = [s \in Sessions |-> <<>>] /\ answers = [k \in Segments |-> "none"] /\ told = [k \in Segments |-> "nothing"]
        /\ cuts = 0 /\ forgets = 0 /\ bad = FALSE

\* ---- the master
TurnGate == /\ gate < MaxGates /\ gate' = gate + 1
            /\ UNCHANGED <<node, created, settled, mine, wire, answers, cuts, forgets, bad>>
Settle(k) == /\ k \in created \ settled /\ settled' = settled \cup {k}
             /\ UNCHANGED <<gate, node, created, mine, wire, answers, cuts, forgets, bad>>
Forget == /\ forgets < MaxForgets /\ node[name] # Gone /\ forgets' = forgets + 1 /\ node' = [node EXCEPT ![name] = Gone]
          /\ UNCHANGED <<gate, created, settled, mine, wire, answers, cuts, bad>>

\* ---- the submitter
ReadGate == /\ connected /\ gate % 2 = 0 /\ open # gate /\ open' = gate
            /\ UNCHANGED <<store, session, name, connected, count, under, held, sent, wire, answers, told, cuts, forgets, bad>>
Send == /\ connected /\ ~held /\ sent < MaxSegments /\ sent' = sent + 1
        /\ LET v == count + Len(under) IN
           /\ under' = Append(under, <<sent + 1, v>>)
           /\ wire' = [wire EXCEPT ![session] = Append(@, [k |-> sent + 1, g |-> open, m |-> name, v |-> v])]
        /\ UNCHANGED <<store, open, session, name, connected, count, held, answers, told, cuts, forgets, bad>>
\* ZooKeeper orders the oldest request of a session, be it over or not
Order(s) == /\ wire[s] # <<>>
            /\ LET r == Head(wire[s])
                   ok == (GateCheck => r.g = gate) /\ node[r.m] # Gone /\ (Counted => node[r.m] = r.v) IN
               /\ created' = IF ok THEN created \cup {r.k} ELSE created
               /\ node' = IF ok THEN [node EXCEPT ![r.m] = @ + 1] ELSE node
               /\ bad' = (bad \/ (ok /\ gate % 2 = 1))
               /\ answers' = IF s = session /\ connected THEN [answers EXCEPT ![r.k] = IF ok THEN "yes" ELSE "no"] ELSE answers
            /\ wire' = [wire EXCEPT ![s] = Tail(@)]
            /\ UNCHANGED <<gate, settled, mine, cuts, forgets>>
\* what was on a connection that is no more is lost, from somewhere on
Vanish(s) == /\ wire[s] # <<>> /\ (s # session \/ ~connected) /\ wire' = [wire EXCEPT ![s] = <<>>]
             /\ UNCHANGED <<store, mine, answers, cuts, forgets, bad>>
Hear == /\ connected /\ under # <<>>
        /\ LET k == Head(under)[1] IN
           /\ answers[k] # "none" /\ answers' = [answers EXCEPT ![k] = "none"]
           /\ told' = [told EXCEPT ![k] = IF answers[k] = "yes" THEN "acknowledged" ELSE "refused"]
           /\ count' = IF answers[k] = "yes" THEN count + 1 ELSE count
           /\ held' = ((held \/ answers[k] = "no") /\ Len(under) > 1)
        /\ under' = Tail(under)
        /\ UNCHANGED <<store, open, session, name, connected, sent, wire, cuts, forgets, bad>>
\* replies that it has not heard by now it never hears
Cut == /\ connected /\ cuts < MaxCuts /\ cuts' = cuts + 1 /\ connected' = FALSE /\ answers' = [k \in Segments |-> "none"]
       /\ UNCHANGED <<store, open, session, name, count, under, held, sent, wire, told, forgets, bad>>
Doubted == {under[j][1] : j \in 1..Len(under)}
Expected(k) == under[CHOOSE j \in 1..Len(under) : under[j][1] = k][2]
\* what is said of those in doubt, when the version v of the znode was read
Said(k, v) == IF ~Counted THEN (IF k \in created \ settled THEN "acknowledged" ELSE "refused")
              ELSE IF v = Gone THEN "unknown" ELSE IF Expected(k) < v THEN "acknowledged" ELSE "refused"
Cleared(v) == /\ told' = [k \in Segments |-> IF k \in Doubted THEN Said(k, v) ELSE told[k]]
              /\ under' = <<>> /\ held' = FALSE /\ connected' = TRUE
\* under this name it goes on, or under another one if the znode is gone, or is to be
GoOn(m, v) == /\ name' = m /\ count' = v /\ node' = [x \in Names |-> IF x = m THEN v ELSE IF x = name THEN Gone ELSE node[x]]
Named(v) == IF v # Gone THEN GoOn(name, v) ELSE IF Renamed THEN GoOn(name + 1, 0) ELSE GoOn(name, 0)
\* The same session again, on whichever server: after a sync, none of its earlier requests is still to come.
Resume == /\ ~connected /\ (Synced => wire[session] = <<>>)
          /\ Cleared(node[name]) /\ Named(node[name])
          /\ UNCHANGED <<gate, created, settled, open, session, sent, wire, answers, cuts, forgets, bad>>
\* Another session: requests of the one before may still come.
Anew == /\ ~connected /\ session < MaxSessions /\ session' = session + 1
        /\ Cleared(node[name])
        /\ IF node[name] = Gone THEN Named(Gone) ELSE IF Deleted THEN GoOn(name + 1, 0) ELSE GoOn(name, node[name] + 1)
        /\ UNCHANGED <<gate, created, settled, open, sent, wire, answers, cuts, forgets, bad>>
\* it finds out when a request is refused for it
Missed == /\ connected /\ under = <<>> /\ node[name] = Gone /\ Named(Gone)
          /\ UNCHANGED <<gate, created, settled, open, session, connected, under, held, sent, wire, answers, told, cuts, forgets, bad>>

Next == TurnGate \/ Forget \/ ReadGate \/ Send \/ Hear \/ Cut \/ Resume \/ Anew \/ Missed
        \/ (\E k \in Segments : Settle(k)) \/ (\E s \in Sessions : Order(s) \/ Vanish(s))
Spec == Init /\ [][Next]_vars
AcknowledgedIsThere == \A k \in Segments : told[k] = "acknowledged" => k \in created
RefusedNeverRuns == \A k \in Segments : told[k] = "refused" => k \notin created
ClosedTakesNothing == ~bad
\* only a submitter that was away for so long that its znode was deleted does not get to know
NobodyLeftInDoubt == forgets = 0 => \A k \in Segments : told[k] # "unknown"
AtRest == ~ENABLED (Hear \/ Resume \/ Missed \/ \E s \in Sessions : Order(s))
RestsTold == AtRest => \A k \in 1..sent : told[k] # "nothing"
=============================================================================
