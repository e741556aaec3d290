package dev.belfry.core.value;

import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;

/** What a step of a business date counts. */
enum DateUnit {
    SECONDS("s", ChronoUnit.SECONDS, 9_999),
    MINUTES("m", ChronoUnit.MINUTES, 9_999),
    HOURS("h", ChronoUnit.HOURS, 9_999),
    DAYS("d", ChronoUnit.DAYS, 9_999),
    WEEKS("w", ChronoUnit.WEEKS, 999),
    MONTHS("mo", ChronoUnit.MONTHS, 999),
    YEARS("y", ChronoUnit.YEARS, 99),
    /** Days that a calendar does not exclude; counted one by one. */
    BUSINESS_DAYS("b", ChronoUnit.DAYS, 366);

    private final String symbol;
    private final ChronoUnit unit;
    private final int most;

    DateUnit(String symbol, ChronoUnit unit, int most) {
        this.symbol = symbol;
        this.unit = unit;
        this.most = most;
    }

    static DateUnit parse(String symbol, int at) throws ValueSyntaxException {
        for (DateUnit each : values()) {
            if (each.symbol.equals(symbol)) {
                return each;
            }
        }
        List<String> known = Arrays.stream(values()).map(DateUnit::symbol).toList();
        throw new ValueSyntaxException(
                "steps by the unknown unit " + symbol, "one of " + String.join(", ", known), at, symbol, known);
    }

    String symbol() {
        return symbol;
    }

    int most() {
        return most;
    }

    /** Whether a step is a length of time, whatever the clock shows. */
    boolean exact() {
        return unit.compareTo(ChronoUnit.HOURS) <= 0;
    }

    ZonedDateTime plus(ZonedDateTime from, int amount) {
        return from.plus(amount, unit);
    }
}
