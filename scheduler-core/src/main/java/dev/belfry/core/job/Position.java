package dev.belfry.core.job;

/**
 * A place in a text: line and column, both counted from 1. Columns count UTF-16 units.
 *
 * @param line the line, 0 where there is no text, as for jobs declared in code
 * @param column the column, 0 where there is no text
 */
record Position(int line, int column) {

    static final Position NONE = new Position(0, 0);

    static final Position START = new Position(1, 1);

    Position right(int columns) {
        return line == 0 ? this : new Position(line, column + columns);
    }
}
