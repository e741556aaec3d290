package dev.belfry.core.cost;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.journal.JournalBounds;
import dev.belfry.core.record.Paths;

/** One definition's costs, quantity by quantity; {@link CostModel} says what is reckoned with. */
final class Costing {
    private static final double DAY_SECONDS = 86_400;

    private final JobDefinition job;
    private final Assumptions assumptions;
    private final Arithmetic.Factor fires;
    private final RecordSizes sizes;
    private final FireLoad least;
    private final FireLoad most;

    Costing(JobDefinition job, FireRate rate, Assumptions assumptions) {
        this.job = job;
        this.assumptions = assumptions;
        this.fires = Arithmetic.of(rate.perSecond(), "fires/s");
        this.sizes = RecordSizes.of(job, assumptions);
        this.least = FireLoad.least(job, assumptions);
        this.most = FireLoad.most(job, assumptions);
    }

    Amount amount(Quantity quantity) {
        return switch (quantity) {
            case ZNODES -> new Amount(znodes(false), znodes(true));
            case WATCHES ->
                Amount.exactly(new Estimate(0, "0: agents watch whole subtrees, however many jobs are in them"));
            case TRANSACTIONS -> new Amount(transactions(least), transactions(most));
            case WRITES -> new Amount(writes(least, false), writes(most, true));
            case BYTES -> new Amount(bytesAlone(), bytesAtMost());
            case STORED -> new Amount(stored(least), stored(most));
            case HISTORY_ROWS -> new Amount(historyRows(least), historyRows(most));
        };
    }

    private Estimate transactions(FireLoad load) {
        return new Arithmetic()
                .add(Arithmetic.of(load.claimMultis(), "multis of claims"), fires)
                .add(Arithmetic.of(load.startMultis(), "multis of starts"), fires)
                .add(Arithmetic.of(load.endMultis(), "multis of outcomes"), fires)
                .estimate();
    }

    private Estimate writes(FireLoad load, boolean bound) {
        return new Arithmetic()
                .add(
                        Arithmetic.of(load.shards(), shardsWord()),
                        fires,
                        Arithmetic.of(load.ledgerWrites(), "ledger writes"))
                .add(Arithmetic.of(journalWrites(load), "journal writes"), fires)
                .add(Arithmetic.of(entries(load, bound), "journal entries removed"), fires)
                .estimate();
    }

    private String shardsWord() {
        return job.placement() == Placement.BROADCAST ? "agents" : "shards";
    }

    /** Writes of the journal that one fire takes. */
    private double journalWrites(FireLoad load) {
        return load.startMultis() * FireLoad.entries(load.startsTogether(), sizes.lineAtMost())
                + load.endMultis() * FireLoad.entries(load.endsTogether(), sizes.lineAtMost());
    }

    /** Entries of the journal that one fire begins: small commits share one until it is full, unless they overlap. */
    private double entries(FireLoad load, boolean bound) {
        double writes = journalWrites(load);
        return bound ? writes : writes / writesOfAnEntry(lineBytes(load) / writes);
    }

    private static double writesOfAnEntry(double bytes) {
        return Math.max(1, Math.ceil(JournalBounds.APPEND_BYTES / bytes));
    }

    /** Bytes of the lines of one fire. */
    private double lineBytes(FireLoad load) {
        return (double) (load.rows() - 1) * load.shards() * sizes.startLine()
                + (double) load.shards() * sizes.endLine();
    }

    private Estimate bytesAlone() {
        double writes = journalWrites(least);
        double each = lineBytes(least) / writes;
        // An entry is written anew with every commit that adds to it: half full on average.
        double grown = each * (writesOfAnEntry(each) + 1) / 2;
        return ledgerBytes(least)
                .add(
                        Arithmetic.of(writes, "journal writes"),
                        fires,
                        Arithmetic.of((double) Math.round(grown) + sizes.journalPath(), "B"))
                .estimate();
    }

    private Estimate bytesAtMost() {
        double writes = journalWrites(most);
        double each = JournalBounds.APPEND_BYTES + sizes.journalPath();
        return ledgerBytes(most)
                .add(Arithmetic.of(writes, "journal writes"), fires, Arithmetic.of(each, "B"))
                .add(Arithmetic.of(1, "journal lines"), fires, Arithmetic.of(lineBytes(most), "B"))
                .estimate();
    }

    private Arithmetic ledgerBytes(FireLoad load) {
        Arithmetic bytes = new Arithmetic();
        if (load.ledgerWrites() > 1) {
            String word = load.ledgerWrites() == 2 ? "starts in ledgers" : "claims and starts in ledgers";
            bytes.add(
                    Arithmetic.of(load.shards() * (load.ledgerWrites() - 1), word),
                    fires,
                    Arithmetic.of(sizes.ledgerRunning() + sizes.path(), "B"));
        }
        return bytes.add(
                Arithmetic.of(load.shards(), "outcomes in ledgers"),
                fires,
                Arithmetic.of(sizes.ledgerAtRest() + sizes.path(), "B"));
    }

    private int blocks() {
        return job.shards().count() > Paths.BLOCK
                ? FireLoad.upwards(job.shards().count(), Paths.BLOCK)
                : 0;
    }

    private Estimate znodes(boolean bound) {
        FireLoad load = bound ? most : least;
        Arithmetic znodes = new Arithmetic()
                .add(Arithmetic.of(1, "definition"))
                .add(Arithmetic.of(1, "parent of ledgers"))
                .add(Arithmetic.of(blocks(), "blocks of ledgers"))
                .add(Arithmetic.of(load.shards(), "ledgers"));
        if (bound) {
            znodes.add(Arithmetic.of(2 + Math.max(1, blocks()), "buckets that may be new"));
        }
        double kept = fires.value() * entries(load, bound) * keepSeconds();
        int room = FireLoad.owners(job, assumptions) * JournalBounds.ENTRIES_OF_ONE;
        return (kept > room
                        ? znodes.add(Arithmetic.of(room, "journal entries at most"))
                        : znodes.add(
                                Arithmetic.of(entries(load, bound), "journal entries"),
                                fires,
                                Arithmetic.of(keepSeconds(), "s kept")))
                .estimate();
    }

    private double keepSeconds() {
        return assumptions.journalKeep().toMillis() / 1_000.0;
    }

    private Estimate stored(FireLoad load) {
        Arithmetic stored = new Arithmetic()
                .add(Arithmetic.of(1, "definition"), Arithmetic.of(sizes.definition(), "B"))
                .add(
                        Arithmetic.of(load.shards(), "ledgers"),
                        Arithmetic.of(load.ledgerWrites() == 1 ? sizes.ledgerAtRest() : sizes.ledgerRunning(), "B"))
                .add(Arithmetic.of(1, "rows of the table"), Arithmetic.of(sizes.tableRows(), "B"));
        double kept = fires.value() * lineBytes(load) * keepSeconds();
        double room = (double) FireLoad.owners(job, assumptions) * mostOfAJournal();
        return (kept > room
                        ? stored.add(Arithmetic.of(1, "journals at most"), Arithmetic.of(room, "B"))
                        : stored.add(
                                Arithmetic.of(lineBytes(load), "B of journal lines"),
                                fires,
                                Arithmetic.of(keepSeconds(), "s kept")))
                .estimate();
    }

    private long mostOfAJournal() {
        return Math.min(
                JournalBounds.share(assumptions.agents()),
                (long) JournalBounds.ENTRIES_OF_ONE * (JournalBounds.APPEND_BYTES + sizes.endLine()));
    }

    private Estimate historyRows(FireLoad load) {
        return new Arithmetic()
                .add(
                        Arithmetic.of(load.shards(), shardsWord()),
                        fires,
                        Arithmetic.of(load.rows(), "rows"),
                        Arithmetic.of(DAY_SECONDS, "s/day"))
                .estimate();
    }
}
