package dev.belfry.agent.client;

import dev.belfry.core.ledger.LedgerRecord;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The ledgers of one layout of a job as they were read.
 *
 * @param byShard those that could be read, by shard: numbers in order, or agent ids
 * @param problems one sentence for each that could not: which, why, and what to do
 */
public record Ledgers(Map<String, LedgerRecord> byShard, List<String> problems) {

    public Ledgers {
        byShard = Collections.unmodifiableMap(new LinkedHashMap<>(byShard));
        problems = List.copyOf(problems);
    }
}
