package dev.belfry.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {

    private static final Output OUTPUT = Output.of("""
            {"count": 5, "half": 0.50, "language": "de", "empty": null, "done": true, "files": ["a", {"b/c": 1, "m~n": 2}],
             "big": 123456789012345678901234567890, "tiny": 1e-400}
            """);

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "/count; > 4; true",
                "/count; > 5; false",
                "/count; >= 5; true",
                "/count; < 5.0001; true",
                "/count; <= 4; false",
                "/count; == 5.0; true",
                "/count; != 5; false",
                "/count; == \"5\"; false",
                "/count; != \"5\"; true",
                "/count; > \"4\"; false",
                "/half; == 0.5; true",
                "/half; < 5e-1; false",
                "/big; > 123456789012345678901234567889; true",
                "/big; == 123456789012345678901234567890; true",
                "/tiny; > 0; true",
                "/tiny; < 1e-399; true",
                "/tiny; < 1e999999999; true",
                "/language; == \"de\"; true",
                "/language; in [\"at\",\"de\"]; true",
                "/language; in [\"at\", 1, null]; false",
                "/language; > \"dd\"; true",
                "/language; < 3; false",
                "/empty; == null; true",
                "/empty; exists; true",
                "/empty; absent; false",
                "/empty; in [null]; true",
                "/done; == true; true",
                "/done; != false; true",
                "/files/0; == \"a\"; true",
                "/files/1/b~1c; == 1; true",
                "/files/1/m~0n; == 2; true",
                "/files/2; absent; true",
                "/files/00; absent; true",
                "/files/-; absent; true",
                "/files/x; exists; false",
                "/nothing; != 1; true",
                "/nothing; == 1; false",
                "/nothing; == null; false",
                "/nothing; < 1; false",
                "/count/deeper; absent; true",
                "''; exists; true",
                "''; == null; false"
            })
    void aConditionHoldsOrNot(String path, String is, boolean holds) throws ValueSyntaxException {
        Condition condition = new Condition("job", Pointer.parse(path), Comparison.parse(is));
        assertThat(condition.on(Optional.of(OUTPUT)).holds())
                .as(condition.toString())
                .isEqualTo(holds);
        Comparison again = Comparison.parse(condition.is().toString());
        assertThat(again).isEqualTo(condition.is()).hasSameHashCodeAs(condition.is());
        assertThat(Pointer.parse(condition.path().toString())).isEqualTo(condition.path());
    }

    @Test
    void theAnswerSaysWhatWasThere() throws ValueSyntaxException {
        Condition condition = new Condition("tokenise", Pointer.parse("/count"), Comparison.parse("> 7"));
        assertThat(condition.on(Optional.of(OUTPUT)).text())
                .isEqualTo("/count of tokenise is 5, which does not meet \"> 7\"");
        assertThat(condition.on(Optional.of(Output.of("{}"))).text())
                .isEqualTo("/count of tokenise is not there, which does not meet \"> 7\"");
        assertThat(condition.on(Optional.empty()).text())
                .isEqualTo("tokenise has no output, which does not meet \"> 7\"");
        Condition whole = new Condition("tokenise", Pointer.WHOLE, Comparison.parse("== 1"));
        assertThat(whole.on(Optional.of(Output.of("1"))).text())
                .isEqualTo("the output of tokenise is 1, which meets \"== 1\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "count > 0; 0; has no operator that is known",
                "=> 0; 0; has no operator that is known",
                "= 0; 0; has no operator that is known",
                "> ; 1; compares with nothing",
                "> 0 and more; 1; compares with something that is not JSON",
                "== [1]; 2; compares with a list or a mapping",
                "== 'de'; 2; compares with something that is not JSON",
                "> null; 1; asks whether something is less or greater than null",
                "in []; 2; lists nothing",
                "in [[1]]; 2; lists a list or a mapping",
                "in [1; 2; compares with something that is not JSON"
            })
    void whatIsNoComparisonIsRefusedWithItsPlace(String text, int from, String reason) {
        assertThatThrownBy(() -> Comparison.parse(text)).isInstanceOfSatisfying(ValueSyntaxException.class, refused -> {
            assertThat(refused.reason()).isEqualTo(reason);
            assertThat(refused.index()).isBetween(from, text.length());
        });
    }

    @Test
    void anOutputIsOneJsonValueOfLimitedSizeAndDepth() {
        assertThat(Output.of(" {\"a\" : 1.50}\n").json()).isEqualTo("{\"a\":1.50}");
        assertThatThrownBy(() -> Output.of("{\"a\":1} x")).hasMessageStartingWith("the output is not JSON: ");
        assertThatThrownBy(() -> Output.of("")).hasMessage("the output is empty; JSON for nothing is null");
        assertThatThrownBy(() -> Output.of("[".repeat(40) + "]".repeat(40)))
                .hasMessageContaining("the output is not JSON");
        String text = "\"" + "x".repeat(Output.MOST_BYTES - 2) + "\"";
        assertThat(Output.of(text).json()).hasSize(Output.MOST_BYTES);
        assertThatThrownBy(() -> Output.of("[" + text + "]"))
                .hasMessage(
                        "the output takes 65,538 bytes, at most 65,536 are kept; put it elsewhere and hand on its address");
    }
}
