package dev.belfry.examples.search.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SummaryTest {
    @Test
    void summaryOfJavaIsTheFirstSentenceOfTheTypesComment() {
        String source = "/** Licensed to everyone. */\npackage a;\n\nimport b.C;\n\n/**\n * A <b>bounded</b> queue of"
                + " {@link Run runs}\n * that are due. Not thread-safe.\n *\n * @since 1.0\n */\n@Deprecated\npublic"
                + " final class Queue {\n    /** Adds. */\n    void add() {}\n}\n";
        assertThat(Summary.of("a/Queue.java", source)).isEqualTo("A bounded queue of Run runs that are due");
    }

    @Test
    void licenceBeforeThePackageIsNoSummary() {
        assertThat(Summary.of("A.java", "/** Licensed to all of you. */\npackage a;\nclass A {}\n"))
                .isEmpty();
    }

    @Test
    void javaWithoutTypeOrCommentHasNoSummary() {
        assertThat(Summary.of("package-info.java", "/** The words of a package. */\npackage a;\n"))
                .isEmpty();
        assertThat(Summary.of("A.java", "class A {}")).isEmpty();
        assertThat(Summary.of("A.java", "/** never closed\nclass A {}")).isEmpty();
    }

    @Test
    void commentOfTagsOnlyHasNoSummary() {
        assertThat(Summary.of("A.java", "/**\n * @author nobody\n */\ninterface A {}"))
                .isEmpty();
    }

    @Test
    void summaryOfOtherTextIsItsFirstLineOfProse() {
        assertThat(Summary.of("README.md", "# Belfry\n\n<br>\nIt rings the bells at the right time. Always.\n"))
                .isEqualTo("It rings the bells at the right time");
        assertThat(Summary.of("x.properties", "# How many threads there may be\nthreads=3\n"))
                .isEqualTo("How many threads there may be");
        assertThat(Summary.of("empty.txt", "")).isEmpty();
    }

    @Test
    void longSummaryIsCut() {
        assertThat(Summary.of("a.txt", "word ".repeat(200))).hasSize(299).doesNotContain("\t");
    }
}
