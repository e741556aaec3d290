package dev.belfry.core.assign;

/** The shards of one job that a plan has to do something about, by what that is. */
final class ToDo {
    /** Nothing; never added to. */
    static final ToDo NOTHING = new ToDo();

    /** Shards without a row. */
    final Ints orphans = new Ints();

    /** Shards whose owner released them or is replaceable, without a usable successor. */
    final Ints freed = new Ints();

    /** The same, to be kept for the owner's next incarnation. */
    final Ints returning = new Ints();

    /** The same, with a successor that may take over. */
    final Ints handed = new Ints();

    /** Shards of a live owner whose successor will not do any more. */
    final Ints aimless = new Ints();

    /** Shards of a live owner that may not keep them. */
    final Ints leaving = new Ints();

    /** Shards of an eligible owner beyond what its spread value may have. */
    final Ints excess = new Ints();
}
