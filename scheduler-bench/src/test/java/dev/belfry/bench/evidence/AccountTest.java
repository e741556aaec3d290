package dev.belfry.bench.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AccountTest {
    private static final long SECOND = 1_000_000;

    private static Fire fire(long due, long late) {
        return new Fire(due + late, due, 0, 0);
    }

    private static Fire.Key key(long due) {
        return new Fire.Key(due, 0, 0);
    }

    @Test
    void everyFireThatWasDueIsCountedOnce() {
        List<Fire.Key> due = List.of(key(1), key(2), key(3), key(4));
        List<Fire> notes = List.of(fire(1, 5), fire(2, 2 * SECOND), fire(2, 3 * SECOND), fire(9, 0));
        assertThat(Account.of(due, notes, Set.of(key(3)))).isEqualTo(new Account(4, 1, 1, 1, 1, 1));
    }

    @Test
    void aFireThatRanIsNotRecordedAsMissedToo() {
        assertThat(Account.of(List.of(key(1)), List.of(fire(1, 0)), Set.of(key(1))))
                .isEqualTo(new Account(1, 1, 0, 0, 0, 0));
    }

    @Test
    void theFirstOfTwoStartsSaysHowLateItWas() {
        assertThat(Account.of(List.of(key(1)), List.of(fire(1, 2 * SECOND), fire(1, 0)), Set.of()))
                .isEqualTo(new Account(1, 1, 0, 0, 0, 1));
    }
}
