package dev.belfry.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.core.schedule.BusinessCalendar;
import dev.belfry.core.schedule.ExcludedDays;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final BusinessCalendar WORK = BusinessCalendar.named("work")
            .withDays(ExcludedDays.NONE
                    .withWeekdays(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY)
                    .withDates(LocalDate.parse("2026-12-25")))
            .withMakeUp(LocalDate.parse("2026-12-19"));

    private static String resolved(String due, String text) {
        Due from = new Due(Instant.parse(due), BERLIN, Optional.of(WORK));
        ResolvedParameters parameters = ResolvedParameters.of(Map.of("p", text), new Surroundings(from, Map.of()));
        assertThat(parameters.problems()).isEmpty();
        return parameters.values().getOrDefault("p", "nothing");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-23T01:30:00Z, due, 2026-11-23T01:30:00Z",
        "2026-11-23T01:30:00.250Z, due, 2026-11-23T01:30:00.250Z",
        "2026-11-23T23:30:00Z, due.date, 2026-11-24",
        "2026-11-23T23:30:00Z, due.compact, 20261124",
        "2026-11-23T23:30:00Z, due.time, 00:30:00",
        "2026-11-23T23:30:00Z, due.local, 2026-11-24T00:30:00+01:00",
        "2026-11-23T23:30:00Z, due.year, 2026",
        "2026-11-03T23:30:00Z, due.month, 11",
        "2026-11-03T23:30:00Z, due.day, 04",
        "2026-11-03T23:30:00Z, due.hour, 00",
        "2026-11-23T23:30:00Z, due.weekday, tuesday",
        "2026-11-23T23:30:00Z, due.epoch, 1795476600",
        "2026-11-23T01:30:00Z, due-1d.date, 2026-11-22",
        "2026-11-23T01:30:00Z, due+1w.date, 2026-11-30",
        "2026-03-31T10:00:00Z, due-1mo.date, 2026-02-28",
        "2028-02-29T10:00:00Z, due-1y.date, 2027-02-28",
        "2026-03-31T10:00:00Z, due-1mo+1d.date, 2026-03-01",
        "2026-11-23T01:30:00Z, due-90m+2h-30s, 2026-11-23T01:59:30Z",
        // Sunday 2026-03-29: Berlin leaps from 02:00 to 03:00.
        "2026-03-30T00:30:00Z, due-1d.local, 2026-03-29T03:30:00+02:00",
        "2026-03-30T00:30:00Z, due-24h.local, 2026-03-29T01:30:00+01:00",
        "2026-03-28T01:30:00Z, due+1d.local, 2026-03-29T03:30:00+02:00",
        "2026-03-28T01:30:00Z, due+1d+1d.local, 2026-03-30T03:30:00+02:00",
        "2026-03-28T01:30:00Z, due+2d.local, 2026-03-30T02:30:00+02:00",
        // Sunday 2026-10-25: Berlin shows 02:00 to 03:00 twice.
        "2026-10-24T00:30:00Z, due+1d.local, 2026-10-25T02:30:00+02:00",
        "2026-10-26T01:30:00Z, due-1d.local, 2026-10-25T02:30:00+01:00",
        "2026-10-25T00:30:00Z, due+1h.local, 2026-10-25T02:30:00+01:00",
        "2026-10-25T01:30:00Z, due+1d.local, 2026-10-26T02:30:00+01:00",
        // Business days: Saturday 2026-12-19 is made up for, Friday 2026-12-25 is not one.
        "2026-11-23T01:30:00Z, due-1b.date, 2026-11-20",
        "2026-11-22T10:00:00Z, due-1b.date, 2026-11-20",
        "2026-12-21T10:00:00Z, due-1b.date, 2026-12-19",
        "2026-12-24T10:00:00Z, due+1b.date, 2026-12-28",
        "2026-12-28T10:00:00Z, due-2b.compact, 20261223",
        "2026-03-27T01:30:00Z, due+1b.local, 2026-03-30T02:30:00+02:00",
        "2026-12-01T10:00:00Z, due-1mo-1b.date, 2026-10-30"
    })
    void datesAreCountedInTheZoneAndCalendarOfTheTrigger(String due, String macro, String expected) {
        assertThat(resolved(due, "${" + macro + "}")).isEqualTo(expected);
    }

    @Test
    void aStepOfDaysKeepsTheLocalTimeUnlessTheClockLeapsOverIt() {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 5_000; i++) {
            Instant due = Instant.parse("2020-01-01T00:00:00Z").plusSeconds(random.nextLong(10L * 366 * 86_400));
            int days = 1 + random.nextInt(400);
            ZonedDateTime from = due.atZone(BERLIN);
            ZonedDateTime expected = from.toLocalDateTime().minusDays(days).atZone(BERLIN);
            String date = resolved(due.toString(), "${due-" + days + "d.local}");
            ZonedDateTime found = ZonedDateTime.parse(date).withZoneSameInstant(BERLIN);
            assertThat(found.toLocalDateTime()).as("%s - %d d", due, days).isEqualTo(expected.toLocalDateTime());
            String exact = resolved(due.toString(), "${due-" + days + "h}");
            assertThat(Instant.parse(exact)).isEqualTo(due.minusSeconds(3_600L * days));
        }
    }

    @Test
    void outputsOfUpstreamsAreReadAtTheirPlace() {
        Output output = Output.of("{\"count\":1.50,\"name\":\"a b\",\"none\":null,\"list\":[1,2]}");
        Surroundings from = new Surroundings(
                new Due(Instant.EPOCH, BERLIN, Optional.empty()), Map.of("tokenise", output, "a.b-c", Output.of("7")));
        assertThat(ResolvedParameters.of(
                        Map.of(
                                "number", "${upstream.tokenise/count}",
                                "text", "<${upstream.tokenise/name}>",
                                "none", "[${upstream.tokenise/none}]",
                                "list", "${upstream.tokenise/list}",
                                "whole", "${upstream.a.b-c}",
                                "otherwise", "${upstream.tokenise/x|0} ${upstream.missing/y|}",
                                "escaped", "$${due} $$${due} $ {due} 5$",
                                "plain", "$x {y}"),
                        from))
                .isEqualTo(new ResolvedParameters(
                        Map.of(
                                "number", "1.50",
                                "text", "<a b>",
                                "none", "[]",
                                "list", "[1,2]",
                                "whole", "7",
                                "otherwise", "0 ",
                                "escaped", "${due} $${due} $ {due} 5$",
                                "plain", "$x {y}"),
                        List.of()));
    }

    @Test
    void whatCannotBeResolvedIsAllToldAtOnce() {
        Output output = Output.of("{\"long\":\"" + "x".repeat(9_000) + "\"}");
        Surroundings from = new Surroundings(
                new Due(Instant.parse("2026-11-23T01:30:00Z"), BERLIN, Optional.empty()), Map.of("tokenise", output));
        ResolvedParameters resolved = ResolvedParameters.of(
                Map.of(
                        "a", "${upstream.tokenise/count} and ${upstream.index/count}",
                        "b", "${due-1b.date}",
                        "c", "${upstream.tokenise/long}",
                        "d", "${due",
                        "e", "fine"),
                from);
        assertThat(resolved.values()).isEqualTo(Map.of("e", "fine"));
        assertThat(resolved.problems())
                .containsExactly(
                        "parameter a: there is no /count in the output of tokenise",
                        "parameter a: the job index has no output",
                        "parameter b: ${due-1b.date}: there is no trigger with a calendar to count business days by",
                        "parameter c: the value has 9,000 characters, at most 8,192 fit; let the code read the output instead",
                        "parameter d: opens a reference that is not closed (at character 0; expected ${upstream.JOB/path},"
                                + " ${due} or ${due-1d.date}; $${ for the characters ${ themselves)");
    }

    @Test
    void aCalendarWithoutBusinessDaysIsTold() {
        BusinessCalendar never =
                BusinessCalendar.named("never").withDays(ExcludedDays.NONE.withWeekdays(DayOfWeek.values()));
        Due due = new Due(Instant.parse("2026-11-23T01:30:00Z"), BERLIN, Optional.of(never));
        assertThat(ResolvedParameters.of(Map.of("p", "${due+3b}"), new Surroundings(due, Map.of()))
                        .problems())
                .containsExactly(
                        "parameter p: ${due+3b}: the calendar never has no 3 business days within 4000 days of 2026-11-23");
    }

    @Test
    void referencesAreListedWithTheirPlaces() throws ValueSyntaxException {
        Template template = Template.parse("x ${upstream.a/b} ${due-1b.date} ${upstream.c}");
        assertThat(template.upstreams())
                .containsExactly(new Template.Reference("a", 2), new Template.Reference("c", 33));
        assertThat(template.zonedAt()).isEqualTo(18);
        assertThat(template.calendarAt()).isEqualTo(18);
        assertThat(Template.parse("${due-1h} ${due.epoch}").zonedAt()).isEqualTo(-1);
        assertThat(Template.isPlain("a $b {c}")).isTrue();
        assertThat(Template.isPlain("$${c}")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "${dues}; 2; refers to nothing that is known: ${dues}",
                "${due-367b}; 6; steps by 367b",
                "${due-1d-1d-1d-1d-1d}; 5; has 5 steps",
                "${due.}; 6; has the unknown format \"\"",
                "a ${due-1D.date}; 9; steps by the unknown unit D",
                "${}; 2; refers to nothing that is known: ${}",
                "${upstream.a/b~2}; 14; has a ~ that stands for nothing"
            })
    void whatIsNoReferenceIsRefusedWithItsPlace(String text, int index, String reason) {
        assertThatThrownBy(() -> Template.parse(text)).isInstanceOfSatisfying(ValueSyntaxException.class, refused -> {
            assertThat(refused.reason()).isEqualTo(reason);
            assertThat(refused.index()).isEqualTo(index);
        });
    }
}
