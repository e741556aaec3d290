package dev.belfry.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.core.workflow.SplitLifeCycle;
import dev.belfry.core.workflow.WorkflowLifeCycle;
import dev.belfry.testkit.page.GeneratedPage;
import org.junit.jupiter.api.Test;

class LifeCyclesPageTest {

    /** To renew the page: run with {@code -Dbelfry.rewrite=true}. */
    @Test
    void thePageIsNotStale() {
        GeneratedPage.at("../docs/life-cycles.md").assertIs(page());
    }

    @Test
    void everyStateIsReachedAndAllButTheFinalOneAreLeft() {
        for (FireState state : FireState.values()) {
            assertThat(FireLifeCycle.TABLE.transitions())
                    .anyMatch(t -> t.to() == state)
                    .satisfies(all -> assertThat(all.stream().anyMatch(t -> t.from() == state))
                            .isEqualTo(state.busy()));
        }
    }

    @Test
    void anUndeclaredTransitionThrowsAndSaysWhich() {
        assertThatThrownBy(() -> FireState.FINAL.on(FireLifeCycle.Event.START))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'fire' has no transition from FINAL on START");
    }

    private static String page() {
        StringBuilder page = new StringBuilder("""
                # Life cycles

                This page is generated from the declared tables; a test fails when it is stale
                (`mvn -pl scheduler-testkit -am test -Dtest=LifeCyclesPageTest -Dsurefire.failIfNoSpecifiedTests=false
                -Dbelfry.rewrite=true` renews it). A transition that a table does not declare throws, and a test fails if a declared one is never visited.

                ## One fire of one shard, in the hands of its owner

                ```mermaid
                """);
        table(page, FireLifeCycle.TABLE);
        page.append("""

                ## How a fire ends

                A fire that has become `FINAL` has exactly one of these outcomes in the ledger and in the journal:
                """);
        for (Outcome outcome : Outcome.values()) {
            page.append(outcome.ordinal() == 0 ? "" : ", ")
                    .append('`')
                    .append(outcome.text())
                    .append('`');
        }
        page.append(". `unknown` stands for a word that only a newer version knows.\n");
        page.append("\n## A workflow run\n\n```mermaid\n");
        table(page, WorkflowLifeCycle.RUN);
        page.append("\n## A job of a workflow run\n\n```mermaid\n");
        table(page, WorkflowLifeCycle.JOB);
        page.append("\n## A run that is split into sub-tasks\n\n```mermaid\n");
        table(page, SplitLifeCycle.TABLE);
        return page.toString();
    }

    /** The diagram, whose block is begun, and the table. */
    private static <S extends Enum<S>, E extends Enum<E>> void table(StringBuilder page, LifeCycle<S, E> cycle) {
        page.append(cycle.mermaid()).append("```\n\n| from | on | to |\n|---|---|---|\n");
        for (LifeCycle.Transition<S, E> t : cycle.transitions()) {
            page.append("| ").append(t.from()).append(" | ").append(t.event());
            page.append(" | ").append(t.to()).append(" |\n");
        }
    }
}
