package dev.belfry.console.cli;

import dev.belfry.console.proof.EndedPast;
import dev.belfry.console.proof.Finding;
import dev.belfry.console.proof.Proof;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A past that a restore has ended, and what was found in it.
 *
 * @param proof of what it lists
 */
record BeforeRestore(EndedPast past, Proof proof) {

    boolean holds() {
        return proof.holds();
    }

    /** What is wrong in it, said to be of before the restore. */
    List<Finding> findings() {
        return proof.findings().stream()
                .map(f -> new Finding(
                        f.kind(),
                        f.job(),
                        f.layout(),
                        f.shard(),
                        f.first(),
                        f.last(),
                        f.count(),
                        "before the restore of " + Times.instant(past.restored()) + ": " + f.detail()))
                .toList();
    }

    String text() {
        return "restored: at " + Times.instant(past.restored()) + " by " + past.by() + " from the copy of "
                + Times.instant(past.copied()) + "; of between the two "
                + Words.count(past.lines().outcomes(), "outcome")
                + (past.lines().outcomes() == 1 ? " is" : " are")
                + " in the history alone, and what it does not list is not known";
    }

    Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("copied", Times.iso(past.copied()));
        tree.put("restored", Times.iso(past.restored()));
        tree.put("by", past.by());
        tree.put("term", past.term());
        tree.put("outcomesBetween", past.lines().outcomes());
        return tree;
    }
}
