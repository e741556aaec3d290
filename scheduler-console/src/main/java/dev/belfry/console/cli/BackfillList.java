package dev.belfry.console.cli;

import dev.belfry.console.query.Run;
import dev.belfry.core.workflow.BackfillOrder;
import dev.belfry.core.workflow.BackfillRun;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Backfills, one a row, newest first; or one with what became of its runs. */
final class BackfillList {
    private static final int SHOWN = 20;

    private BackfillList() {}

    /**
     * @param job only those of this one; null for all
     * @param limit at most so many
     */
    static Listing of(Collection<BackfillRun> backfills, @Nullable String job, int limit, Instant now) {
        Listing list = new Listing(new TextTable("BACKFILL", "STATE", "FROM", "TO", ">DONE", ">LEFT", "ASKED"));
        backfills.stream()
                .filter(backfill -> job == null || backfill.job().name().equals(job))
                .sorted(Comparator.comparing(
                                (BackfillRun backfill) -> backfill.asked().at())
                        .reversed())
                .limit(limit)
                .forEach(backfill -> {
                    list.table()
                            .row(
                                    backfill.id().toString(),
                                    state(backfill),
                                    Times.instant(backfill.request().from()),
                                    Times.instant(backfill.request().to()),
                                    turns(backfill),
                                    backfill.left(),
                                    Times.past(backfill.asked().at(), now));
                    list.tree().add(tree(backfill));
                });
        return list;
    }

    private static String state(BackfillRun backfill) {
        return BackfillOrder.word(backfill.phase());
    }

    private static String turns(BackfillRun backfill) {
        return backfill.chosen().count() - backfill.left() + "/"
                + backfill.chosen().count();
    }

    /**
     * One, for people.
     *
     * @param runs of it, as far as they are listed
     */
    static List<String> lines(BackfillRun backfill, List<Run> runs) {
        List<String> lines = new ArrayList<>();
        lines.add("backfill " + backfill.id() + " of " + backfill.job().name() + ": " + state(backfill)
                + (backfill.why().isEmpty() ? "" : ", " + backfill.why()) + "; asked for by "
                + backfill.asked().by() + " at " + backfill.asked().at());
        lines.add("instants from " + backfill.request().from() + " to "
                + backfill.request().to() + ", as version " + backfill.job().version() + " of the job has them: "
                + backfill.chosen().all() + ", of which " + backfill.chosen().count() + " are to be run, "
                + BackfillOrder.word(backfill.request().order()) + ", "
                + backfill.request().concurrency() + " at once");
        lines.add(
                "reprocess " + BackfillOrder.word(backfill.request().reprocess()) + "; while another run of the job is"
                        + " under way: " + BackfillOrder.word(backfill.request().overlap()));
        lines.add(backfill.progress().queued() + " queued so far, "
                + backfill.progress().skipped() + " skipped, " + backfill.left() + " to come");
        Map<String, Integer> states = states(runs);
        lines.add(
                states.isEmpty()
                        ? "no run of it is listed"
                        : "runs that are listed: "
                                + String.join(
                                        ", ",
                                        states.entrySet().stream()
                                                .map(state -> state.getValue() + " " + state.getKey())
                                                .toList()));
        List<Run> wrong = runs.stream().filter(BackfillList::isWrong).toList();
        wrong.stream().limit(SHOWN).forEach(run -> lines.add("  " + run.state() + "  " + run.id()));
        if (wrong.size() > SHOWN) {
            lines.add("  and " + (wrong.size() - SHOWN) + " more");
        }
        return lines;
    }

    private static boolean isWrong(Run run) {
        return !List.of("succeeded", "running", "skipped").contains(run.state());
    }

    private static Map<String, Integer> states(List<Run> runs) {
        Map<String, Integer> states = new TreeMap<>();
        runs.forEach(run -> states.merge(run.state(), 1, Integer::sum));
        return states;
    }

    /** One with its runs, for programs. */
    static Map<String, Object> tree(BackfillRun backfill, List<Run> runs) {
        Map<String, Object> tree = tree(backfill);
        tree.put("runs", states(runs));
        tree.put(
                "wrong",
                runs.stream().filter(BackfillList::isWrong).map(Run::id).toList());
        return tree;
    }

    private static Map<String, Object> tree(BackfillRun backfill) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("id", backfill.id().toString());
        tree.put("job", backfill.job().name());
        tree.put("state", state(backfill));
        tree.put("why", backfill.why());
        tree.put("from", Times.iso(backfill.request().from()));
        tree.put("to", Times.iso(backfill.request().to()));
        tree.put("version", backfill.job().version());
        tree.put("reprocess", BackfillOrder.word(backfill.request().reprocess()));
        tree.put("order", BackfillOrder.word(backfill.request().order()));
        tree.put("overlap", BackfillOrder.word(backfill.request().overlap()));
        tree.put("concurrency", backfill.request().concurrency());
        tree.put("instants", backfill.chosen().all());
        tree.put("toRun", backfill.chosen().count());
        tree.put("queued", backfill.progress().queued());
        tree.put("skipped", backfill.progress().skipped());
        tree.put("left", backfill.left());
        tree.put("by", backfill.asked().by());
        tree.put("asked", Times.iso(backfill.asked().at()));
        tree.put("ended", Times.iso(backfill.ended()));
        return tree;
    }
}
