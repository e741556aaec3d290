package dev.belfry.console.cli;

import dev.belfry.console.query.InFlight;
import dev.belfry.console.query.LateFires;
import dev.belfry.console.query.Snapshot;
import dev.belfry.console.query.WhatIf;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.assign.Unplaced;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.schedule.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A forecast, for people and for programs. */
final class WhatIfReport {
    private static final int MOST_MOVES = 50;

    private final Snapshot snapshot;
    private final WhatIf whatIf;
    private final Optional<LateFires> late;
    private final List<InFlight> inFlight;
    /** Uids of jobs of which shards of more than one layout occur. */
    private final Set<String> relaid;

    /** @param late of losses; empty where nobody is lost */
    WhatIfReport(Snapshot snapshot, WhatIf whatIf, Optional<LateFires> late, List<InFlight> inFlight) {
        this.snapshot = snapshot;
        this.whatIf = whatIf;
        this.late = late;
        this.inFlight = List.copyOf(inFlight);
        Map<String, Set<Integer>> layouts = new TreeMap<>();
        whatIf.moves()
                .forEach(move -> layouts.computeIfAbsent(move.shard().jobUid(), uid -> new TreeSet<>())
                        .add(move.shard().layout()));
        layouts.values().removeIf(some -> some.size() == 1);
        this.relaid = layouts.keySet();
    }

    private String job(String uid) {
        return snapshot.nameOf(uid).replace("~new", "");
    }

    private static String agent(Optional<Incarnation> incarnation) {
        return incarnation.map(Incarnation::agentId).orElse("");
    }

    // --- for people

    /**
     * @param line takes a line
     * @param block takes a text that ends with one
     */
    void print(Consumer<String> line, Consumer<String> block) {
        TextTable agents = new TextTable("AGENT", ">SHARDS", ">THEN", ">LOAD", ">THEN");
        whatIf.agents()
                .forEach((id, load) -> agents.row(
                        id, load.shardsBefore(), load.shardsAfter(), number(load.before()), number(load.after())));
        block.accept(agents.render());
        line.accept("");
        List<WhatIf.Move> taken =
                whatIf.moves().stream().filter(move -> move.to().isPresent()).toList();
        List<WhatIf.Move> left =
                whatIf.moves().stream().filter(move -> move.to().isEmpty()).toList();
        if (whatIf.moves().isEmpty()) {
            line.accept("No shard moves.");
        }
        moves(taken, taken.size() == 1 ? " gets another owner:" : " get another owner:", line, block);
        moves(left, left.size() == 1 ? " has no owner then:" : " have no owner then:", line, block);
        whatIf.unplaced().forEach(one -> line.accept(unplaced(one)));
        whatIf.kept().forEach(one -> line.accept(kept(one)));
        inFlight.forEach(one -> line.accept(sentence(one)));
        late.ifPresentOrElse(fires -> print(fires, line), () -> handOvers(taken, left, line));
    }

    private void moves(List<WhatIf.Move> moves, String what, Consumer<String> line, Consumer<String> block) {
        if (moves.isEmpty()) {
            return;
        }
        line.accept(Words.count(moves.size(), "shard") + what);
        TextTable table = relaid.isEmpty()
                ? new TextTable("JOB", ">SHARD", "FROM", "TO")
                : new TextTable("JOB", ">LAYOUT", ">SHARD", "FROM", "TO");
        for (WhatIf.Move move : moves.subList(0, Math.min(MOST_MOVES, moves.size()))) {
            List<Object> row = new ArrayList<>(List.of(job(move.shard().jobUid())));
            if (!relaid.isEmpty()) {
                row.add(move.shard().layout());
            }
            row.addAll(List.of(move.shard().shard(), agent(move.from()), agent(move.to())));
            table.row(row.toArray());
        }
        block.accept(table.render());
        if (moves.size() > MOST_MOVES) {
            line.accept("... and " + (moves.size() - MOST_MOVES) + " more; -o json lists them all");
        }
    }

    private String shard(ShardKey shard) {
        return "shard " + shard.shard() + " of job '" + job(shard.jobUid()) + "'"
                + (relaid.contains(shard.jobUid()) ? ", layout " + shard.layout() : "");
    }

    private String unplaced(Unplaced one) {
        String why = ": " + String.join("; ", one.reasons()) + ".";
        return one.passes()
                ? "S" + shard(one.shard()).substring(1) + " waits" + why
                : "Nobody can take " + shard(one.shard()) + why;
    }

    private String kept(WhatIf.Kept one) {
        return "S" + shard(one.shard()).substring(1) + " waits for agent "
                + one.owner().agentId()
                + " to come back until " + one.until() + " at the latest, and then "
                + one.then()
                        .map(then -> "goes to " + then.agentId() + ", as things stand")
                        .orElse("nobody can take it")
                + "; what is due meanwhile runs late.";
    }

    private String sentence(InFlight one) {
        String head = "Attempt " + one.attempt() + " at " + one.what() + " of " + shard(one.shard()) + " runs on "
                + one.agent() + " since " + one.since() + ", for "
                + Duration.between(one.since(), snapshot.now()).toSeconds() + " s";
        boolean cut = whatIf.lost().stream()
                .anyMatch(agent -> agent.incarnation().agentId().equals(one.agent()));
        if (!cut) {
            return head + ": the shard moves when it has ended.";
        }
        return head + ": it is cut short, and "
                + (one.recovery() == Recovery.RERUN
                        ? "the next owner runs it again (recovery: rerun)."
                        : "is recorded as lost (recovery: skip).");
    }

    /** What is late where nobody is lost: only what falls due while a shard is handed over. */
    private void handOvers(List<WhatIf.Move> taken, List<WhatIf.Move> left, Consumer<String> line) {
        boolean moves = taken.stream().anyMatch(move -> move.from().isPresent());
        if (moves) {
            line.accept("What falls due while a shard is handed over runs late, after the hand-over, and none of it is"
                    + " missed. That takes a few writes, and as long as an attempt runs that is under way there.");
        }
        if (!relaid.isEmpty()) {
            line.accept(
                    "Shards of a new layout are granted once all of the old one are let go of: what falls due between"
                            + " runs late. What the old layout still owes then is recorded as superseded.");
        }
        boolean lost =
                left.stream().anyMatch(move -> !relaid.contains(move.shard().jobUid()));
        if (!moves && relaid.isEmpty() && !lost) {
            line.accept("Nothing is late for that.");
        }
    }

    private static void print(LateFires fires, Consumer<String> line) {
        line.accept("");
        fires.stranded()
                .forEach((job, shards) -> line.accept("  " + job + ": " + Words.count(shards, "shard")
                        + (shards == 1 ? " stands" : " stand")
                        + " still until an agent is there that can take " + (shards == 1 ? "it" : "them")
                        + "; what was due meanwhile is then settled by the misfire policy"));
        if (fires.jobs().isEmpty() && !fires.stranded().isEmpty()) {
            return;
        }
        line.accept("Until another owner is there: " + Durations.format(fires.usual())
                + ", the time-out of the session; at most " + Durations.format(fires.most())
                + " where the master has not seen the last heartbeat.");
        if (fires.jobs().isEmpty()) {
            line.accept("Nothing is due in " + Durations.format(fires.usual()) + " from now on these shards.");
        }
        fires.jobs().forEach(job -> line.accept("  " + sentence(job)));
    }

    private static String sentence(LateFires.OfJob job) {
        String head = job.job() + ": " + Words.count(job.shards(), "shard");
        if (job.delayed()) {
            return head + "; the next run after a delay comes that much later, and none is missed";
        }
        String missed = job.missed().entrySet().stream()
                .map(entry -> ", " + entry.getValue() + " missed (" + entry.getKey() + ")")
                .collect(Collectors.joining());
        return head + ", " + Words.count(job.due(), "fire") + " each: " + job.late() + " run late" + missed
                + ", by misfire policy " + word(job.policy());
    }

    private static String word(MisfirePolicy policy) {
        return policy.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String number(double load) {
        return load == Math.rint(load) ? Long.toString((long) load) : String.format(Locale.ROOT, "%.2f", load);
    }

    // --- for programs

    Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        List<Map<String, Object>> agents = new ArrayList<>();
        whatIf.agents().forEach((id, load) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("agent", id);
            one.put("shardsBefore", load.shardsBefore());
            one.put("shardsAfter", load.shardsAfter());
            one.put("loadBefore", load.before());
            one.put("loadAfter", load.after());
            agents.add(one);
        });
        tree.put("agents", agents);
        List<Map<String, Object>> moves = new ArrayList<>();
        whatIf.moves().forEach(move -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("job", job(move.shard().jobUid()));
            one.put("layout", move.shard().layout());
            one.put("shard", move.shard().shard());
            one.put("from", move.from().map(Incarnation::agentId).orElse(null));
            one.put("to", move.to().map(Incarnation::agentId).orElse(null));
            moves.add(one);
        });
        tree.put("moves", moves);
        tree.put(
                "unplaced",
                whatIf.unplaced().stream()
                        .map(one -> Map.of(
                                "job", job(one.shard().jobUid()),
                                "layout", one.shard().layout(),
                                "shard", one.shard().shard(),
                                "reasons", one.reasons()))
                        .toList());
        tree.put("waiting", whatIf.kept().stream().map(this::tree).toList());
        tree.put("inFlight", inFlight.stream().map(this::tree).toList());
        late.ifPresent(fires -> {
            tree.put("withoutOwnerMillis", fires.usual().toMillis());
            tree.put("withoutOwnerAtMostMillis", fires.most().toMillis());
            tree.put("late", fires.jobs().stream().map(WhatIfReport::tree).toList());
            tree.put("standing", fires.stranded());
        });
        return tree;
    }

    private Map<String, Object> tree(WhatIf.Kept kept) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("job", job(kept.shard().jobUid()));
        one.put("layout", kept.shard().layout());
        one.put("shard", kept.shard().shard());
        one.put("agent", kept.owner().agentId());
        one.put("until", kept.until().toString());
        one.put("then", kept.then().map(Incarnation::agentId).orElse(null));
        return one;
    }

    private Map<String, Object> tree(InFlight attempt) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("job", job(attempt.shard().jobUid()));
        one.put("layout", attempt.shard().layout());
        one.put("shard", attempt.shard().shard());
        one.put("attempt", attempt.attempt());
        one.put("agent", attempt.agent());
        one.put("since", attempt.since().toString());
        return one;
    }

    private static Map<String, Object> tree(LateFires.OfJob job) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("job", job.job());
        one.put("shards", job.shards());
        one.put("misfire", word(job.policy()));
        one.put("duePerShard", job.due());
        one.put("latePerShard", job.late());
        one.put("missedPerShard", job.missed());
        one.put("delayed", job.delayed());
        return one;
    }
}
