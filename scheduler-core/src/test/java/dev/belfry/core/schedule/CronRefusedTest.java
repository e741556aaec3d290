package dev.belfry.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Malformed expressions, each with the position of the first character that is wrong and a word of the reason. */
class CronRefusedTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            "*/0 * * * * ?"             | 2  | step of 0
            "0/0 * * * * ?"             | 2  | step of 0
            "0-10/0 * * * * ?"          | 5  | step of 0
            "0 0 0 * * ? */0"           | 14 | step of 0
            "1.5 * * * * ?"             | 1  | unexpected '.'
            "1,,2 * * * * ?"            | 2  | empty item
            ", * * * * ?"               | 0  | empty item
            "1, * * * * ?"              | 2  | empty item
            ",1 * * * * ?"              | 0  | empty item
            "0 0 0 0W * ?"              | 6  | out of range
            "0 0 0 32W * ?"             | 6  | out of range
            "0 0 0 W * ?"               | 6  | "W"
            "0 0 0 *W * ?"              | 7  | unexpected 'W'
            "0 0 0 15-20W * ?"          | 11 | unexpected 'W'
            "0 0 0 15W/2 * ?"           | 9  | unexpected '/'
            "0 0 15W * * ?"             | 6  | W in hours
            "0 0 0 ? * 8#1"             | 10 | out of range
            "0 0 0 ? * 0#1"             | 10 | out of range
            "0 0 0 ? * MON#0"           | 14 | # followed by 0
            "0 0 0 ? * MON#6"           | 14 | # followed by 6
            "0 0 0 ? * MON#"            | 14 | missing
            "0 0 0 ? * MON#2,FRI"       | 10 | in a list
            "0 0 0 ? * FRI,MON#2"       | 14 | in a list
            "0 0 0 ? * FRIL,MON"        | 10 | in a list
            "0 0 0 ? * L,MON"           | 10 | in a list
            "0 0 0 1#2 * ?"             | 7  | # after a value
            "0 0 0 ? * LW"              | 10 | "LW"
            "0 0 0 ? * 6LW"             | 12 | unexpected 'W'
            "0 0 0 1L * ?"              | 7  | L after a value
            "0 0 0 LL * ?"              | 7  | unexpected 'L'
            "0 0 0 L-31 * ?"            | 8  | above 30
            "0 0 0 L- * ?"              | 8  | missing
            "0 0 0 L3 * ?"              | 7  | unexpected '3'
            "0 0 0 1 L ?"               | 8  | L in month
            "L 0 0 1 1 ?"               | 0  | L in seconds
            "0 0 L 1 1 ?"               | 4  | L in hours
            "0 0 0 1 1 ? L"             | 12 | L in year
            "60 * * * * ?"              | 0  | out of range
            "* 60 * * * ?"              | 2  | out of range
            "* * 24 * * ?"              | 4  | out of range
            "* * 5-24 * * ?"            | 6  | out of range
            "0 0 0 0 * ?"               | 6  | out of range
            "0 0 0 32 * ?"              | 6  | out of range
            "0 0 0 1 0 ?"               | 8  | out of range
            "0 0 0 1 13 ?"              | 8  | out of range
            "0 0 0 ? * 0"               | 10 | out of range
            "0 0 0 ? * 8"               | 10 | out of range
            "0 0 0 ? * 1-0"             | 12 | out of range
            "0 0 0 * * ? 1969"          | 12 | out of range
            "0 0 0 * * ? 2100"          | 12 | out of range
            "0 0 0 * * ? 2030-2020"     | 12 | ends before
            "99999999999999999999 0 0 * * ?" | 0 | out of range
            "*/60 * * * * ?"            | 2  | too large
            "0 0 */24 * * ?"            | 6  | too large
            "0 0 0 */32 * ?"            | 8  | too large
            "0 0 0 1 */13 ?"            | 10 | too large
            "0 0 0 ? * */8"             | 12 | too large
            "*/ * * * * ?"              | 2  | missing
            "/ * * * * ?"               | 1  | missing
            "1- * * * * ?"              | 2  | missing
            "-1 * * * * ?"              | 0  | unexpected '-'
            "1-2-3 * * * * ?"           | 3  | unexpected '-'
            "1/2/3 * * * * ?"           | 3  | unexpected '/'
            "*-5 * * * * ?"             | 1  | unexpected '-'
            "** * * * * ?"              | 1  | unexpected '*'
            "*5 * * * * ?"              | 1  | unexpected '5'
            "5* * * * * ?"              | 1  | unexpected '*'
            "? * * * * ?"               | 0  | ? in seconds
            "0 0 0 * ? ?"               | 8  | ? in month
            "0 0 0 * * ? ?"             | 12 | ? in year
            "0 0 0 ?,5 * *"             | 6  | unexpected '?'
            "0 0 0 5,? * *"             | 8  | unexpected '?'
            "0 0 0 ?5 * *"              | 6  | unexpected '?'
            "0 0 0 ? * ?"               | 10 | both ?
            "0 0 0 * * *"               | 10 | both given
            "0 0 0 1 * MON"             | 10 | both given
            "0 0 0 ? JANUARY *"         | 11 | letters after JAN
            "0 0 0 ? * MONDAY"          | 13 | letters after MON
            "0 0 0 ? * MON-FRIDAY"      | 17 | letters after FRI
            "0 0 0 ? * MON-5"           | 14 | name to a number
            "0 0 0 ? * 2-FRI"           | 12 | number to a name
            "0 0 0 ? * MON-FRI/2"       | 17 | step after a name
            "0 0 0 ? FEB/3 *"           | 11 | step after a name
            "0 0 0 ? * XYZ"             | 10 | "XYZ"
            "0 0 0 ? MON *"             | 8  | "MON"
            "0 0 0 ? * JAN"             | 10 | "JAN"
            "0 0 0 ? * MO"              | 10 | "MO"
            "MON 0 0 ? * *"             | 0  | "MON"
            "0 0 0 * * ? 2026 x"        | 17 | more than 7
            "0 0 0 ? * MON , TUE"       | 16 | more than 7
            "0 0 * * ?"                 | 9  | 5 fields
            "* * * *"                   | 7  | 4 fields
            "@daily"                    | 0  | @daily
            ""                          | 0  | 0 fields
            "   "                       | 3  | 0 fields
            "0 0 0 * * \u00bf"          | 10 | unexpected
            "\u0661 0 0 * * ?"          | 0  | unexpected
            """)
    void malformedExpressionIsRefusedWithPositionReasonAndHint(String text, int position, String reason) {
        String cron = text == null ? "" : text;
        CronSyntaxException refused = catchThrowableOfType(CronSyntaxException.class, () -> CronExpression.parse(cron));
        assertThat(refused).as(cron).isNotNull();
        assertThat(refused.position()).as(refused.getMessage()).isEqualTo(position);
        assertThat(refused.reason()).contains(reason.replace("\"\"", "\""));
        assertThat(refused.hint()).isNotBlank();
        assertThat(refused.getMessage())
                .contains("position " + position, refused.reason(), refused.hint())
                .contains(cron);
    }

    @Test
    void fiveFieldsOfUnixCronAreToldToAddSeconds() {
        CronSyntaxException refused =
                catchThrowableOfType(CronSyntaxException.class, () -> CronExpression.parse("*/5 * * * *"));
        assertThat(refused.hint()).contains("add a seconds field");
    }

    @Test
    void aMegabyteOfListIsReadInLinearTimeAndQuotedShortly() {
        String list = "1,".repeat(500_000);
        CronSyntaxException refused =
                catchThrowableOfType(CronSyntaxException.class, () -> CronExpression.parse(list + " 0 0 * * ?"));
        assertThat(refused.position()).isEqualTo(1_000_000);
        assertThat(refused.getMessage()).hasSizeLessThan(300);
        assertThat(CronExpression.parse(list + "1 0 0 * * ?").neverFires()).isFalse();
        assertThat(CronExpression.parse("0 0 0 ? * " + "MON,".repeat(200_000) + "TUE")
                        .neverFires())
                .isFalse();
    }
}
