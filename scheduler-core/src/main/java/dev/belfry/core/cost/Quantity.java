package dev.belfry.core.cost;

/** One kind of thing that a definition costs. */
public enum Quantity {
    /** Znodes that are there once every shard has run: the definition, ledgers, their parents, the journal's share. */
    ZNODES("znodes", ""),
    /** Watches set for it. */
    WATCHES("watches", ""),
    /** Transactions a second, on average over the horizon. */
    TRANSACTIONS("transactions", "/s"),
    /** Creations, changes and deletions of znodes a second, whatever transactions they come in; checks do not count. */
    WRITES("writes", "/s"),
    /** Bytes a second that these carry: contents and paths. */
    BYTES("bytes written", "/s"),
    /** Bytes of the contents of its znodes. */
    STORED("bytes stored", ""),
    /** Rows a day that an exporter adds to the history database. */
    HISTORY_ROWS("history rows", "/day");

    private final String word;
    private final String per;

    Quantity(String word, String per) {
        this.word = word;
        this.per = per;
    }

    /** What is counted, without its rate: {@code writes}. */
    public String word() {
        return word;
    }

    /** The rate, such as {@code /s}; empty for what is there. */
    public String per() {
        return per;
    }

    /** What is counted and its rate: {@code writes/s}. */
    public String unit() {
        return word + per;
    }
}
