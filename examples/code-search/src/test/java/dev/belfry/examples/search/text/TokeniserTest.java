package dev.belfry.examples.search.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokeniserTest {
    @Test
    void identifiersAreCutWhereTheCaseRisesAndKeptWholeAsWell() {
        assertThat(terms("readLock")).containsExactly("read", "lock", "readlock");
        assertThat(terms("InterProcessMutex")).containsExactly("inter", "process", "mutex", "interprocessmutex");
    }

    @Test
    void acronymEndsBeforeTheLastCapital() {
        assertThat(terms("HTTPServer")).containsExactly("http", "server", "httpserver");
        assertThat(terms("XML")).containsExactly("xml");
        assertThat(terms("toJSON")).containsExactly("to", "json", "tojson");
    }

    @Test
    void lettersAndDigitsAreCutApart() {
        assertThat(terms("utf8Reader2")).containsExactly("utf", "8", "reader", "2", "utf8reader2");
        assertThat(terms("3.9.5")).containsExactly("3", "9", "5");
    }

    @Test
    void punctuationUnderscoresAndSpaceSeparateWords() {
        assertThat(terms("a.b(c_d) -> \"e\"\t:f\n")).containsExactly("a", "b", "c", "d", "e", "f");
        assertThat(terms("")).isEmpty();
        assertThat(terms("  ;; {}")).isEmpty();
    }

    @Test
    void wordsOfAnyAlphabetAreLowerCased() {
        assertThat(terms("Größe Жук ΑΒΓ")).containsExactly("größe", "жук", "αβγ");
    }

    @Test
    void composedAndDecomposedLettersAreTheSameTerm() {
        assertThat(terms("Cafe\u0301")).isEqualTo(terms("Caf\u00e9")).containsExactly("caf\u00e9");
        assertThat(terms("\uff26\uff4f\uff4f")).containsExactly("foo");
    }

    @Test
    void marksThatDoNotComposeStayInTheirWord() {
        assertThat(terms("x\u0301y")).containsExactly("x\u0301y");
    }

    @Test
    void everyIdeographIsATermAndSupplementaryLettersAreWhole() {
        assertThat(terms("分散lock系统")).containsExactly("分", "散", "lock", "系", "统");
        assertThat(terms("\ud83d\ude00 \ud801\udc00")).containsExactly("\ud801\udc28");
    }

    @Test
    void termsOfMoreThan64CharactersAreLeftOut() {
        assertThat(terms("a".repeat(64))).containsExactly("a".repeat(64));
        assertThat(terms("a".repeat(65) + " b")).containsExactly("b");
    }

    private static List<String> terms(String text) {
        List<String> terms = new ArrayList<>();
        Tokeniser.terms(text, terms::add);
        return terms;
    }
}
