package dev.belfry.console.cli;

import dev.belfry.console.query.LateFires;
import dev.belfry.console.query.Snapshot;
import dev.belfry.console.query.WhatIf;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.schedule.Durations;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A forecast, for people and for programs. */
final class WhatIfReport {
    private static final int MOST_MOVES = 50;

    private final Snapshot snapshot;
    private final WhatIf whatIf;
    private final Optional<LateFires> late;

    WhatIfReport(Snapshot snapshot, WhatIf whatIf, Optional<LateFires> late) {
        this.snapshot = snapshot;
        this.whatIf = whatIf;
        this.late = late;
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
        if (whatIf.moves().isEmpty()) {
            line.accept("No shard moves.");
        } else {
            line.accept(Words.count(whatIf.moves().size(), "shard")
                    + (whatIf.moves().size() == 1 ? " gets" : " get") + " another owner:");
            TextTable moves = new TextTable("JOB", ">SHARD", "FROM", "TO");
            whatIf.moves().stream()
                    .limit(MOST_MOVES)
                    .forEach(move -> moves.row(
                            job(move.shard().jobUid()), move.shard().shard(), agent(move.from()), agent(move.to())));
            block.accept(moves.render());
            if (whatIf.moves().size() > MOST_MOVES) {
                line.accept("... and " + (whatIf.moves().size() - MOST_MOVES) + " more; -o json lists them all");
            }
        }
        whatIf.unplaced()
                .forEach(one ->
                        line.accept("Nobody can take shard " + one.shard().shard() + " of job '"
                                + job(one.shard().jobUid()) + "': " + String.join("; ", one.reasons()) + "."));
        late.ifPresent(fires -> print(fires, line));
    }

    private static void print(LateFires fires, Consumer<String> line) {
        line.accept("");
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
                                "shard", one.shard().shard(),
                                "reasons", one.reasons()))
                        .toList());
        late.ifPresent(fires -> {
            tree.put("withoutOwnerMillis", fires.usual().toMillis());
            tree.put("withoutOwnerAtMostMillis", fires.most().toMillis());
            tree.put("late", fires.jobs().stream().map(WhatIfReport::tree).toList());
        });
        return tree;
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
