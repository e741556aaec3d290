package dev.belfry.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FailureTextTest {

    @Test
    void whateverIsSaidBecomesOneLineWithoutControlCharacters() {
        assertThat(FailureText.of("a\r\nb\tc\033[31m\0\ud800 d\n\n")).isEqualTo("a | b c [31m d");
        assertThat(FailureText.tail("\n one\n two \n", 100)).isEqualTo("one | two");
    }

    @Test
    void noTextExceedsItsBoundAndNoneIsCutThatFits() {
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(1_500);
            String[] letters = {"a", "\"", "ü", "€", "\ud83d\ude00", " ", "\n"};
            while (text.length() < length) {
                text.append(letters[random.nextInt(letters.length)]);
            }
            String full = FailureText.of(text.toString());
            String brief = FailureText.brief(full);
            String tail = FailureText.tail(text.toString(), 300);
            assertThat(bytes(full)).as("seed %d", seed).isLessThanOrEqualTo(FailureText.MOST_BYTES);
            assertThat(bytes(brief)).as("seed %d", seed).isLessThanOrEqualTo(FailureText.BRIEF_BYTES);
            assertThat(bytes(tail)).as("seed %d", seed).isLessThanOrEqualTo(300);
            assertThat(FailureText.utf8(full)).as("seed %d", seed).isEqualTo(bytes(full));
            if (!full.endsWith("...")) {
                assertThat(full).as("seed %d", seed).endsWith(tail.replaceFirst("^\\.\\.\\.", ""));
                assertThat(brief.equals(full)).as("seed %d", seed).isEqualTo(bytes(full) <= FailureText.BRIEF_BYTES);
            }
        }
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
