package dev.belfry.master;

import dev.belfry.core.ownership.Drains;
import dev.belfry.store.Transaction;
import java.util.List;
import java.util.Optional;

/**
 * What the master makes of a command.
 *
 * @param accepted whether it has its effect
 * @param text what is done, or why not
 * @param runId the run it is about; empty if it is about none
 * @param writes what is written with the result
 * @param drains who is drained from then on, if that changes
 */
record Effect(boolean accepted, String text, String runId, List<Transaction.Write> writes, Optional<Drains> drains) {

    static Effect refused(String why) {
        return new Effect(false, why, "", List.of(), Optional.empty());
    }

    static Effect none(String text) {
        return new Effect(true, text, "", List.of(), Optional.empty());
    }
}
