package dev.belfry.examples.nightly;

/**
 * One line of a shop's file: {@code day,item,quantity,cents}.
 *
 * @param day such as {@code 2026-06-01}
 * @param cents for all of them together
 */
record Sale(String day, String item, int quantity, long cents) {

    /** @throws IllegalArgumentException if it is no such line */
    static Sale parse(String line) {
        String[] words = line.split(",", -1);
        if (words.length != 4) {
            throw new IllegalArgumentException("not day,item,quantity,cents: '" + line + "'");
        }
        return new Sale(words[0], words[1], Integer.parseInt(words[2]), Long.parseLong(words[3]));
    }
}
