package dev.belfry.testkit.cluster;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.belfry.agent.client.ClientLoop;
import dev.belfry.agent.loop.AgentLoop;
import dev.belfry.agent.loop.Loop;
import dev.belfry.core.assign.Plan;
import dev.belfry.core.shard.ShardRuns;
import dev.belfry.master.MasterLoop;
import dev.belfry.store.Candidacy;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Transaction;
import org.junit.jupiter.api.Test;

/** What the simulated cluster runs is what ships: the testkit has no agent, master or client of its own. */
class OneLoopOfEachKindTest {
    private final JavaClasses testkit = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.belfry.testkit");

    @Test
    void nobodyInTheTestkitFollowsSessionsPlansOrDecidesAboutFires() {
        // Only to end a session behind the back of those who use it.
        noClasses()
                .that()
                .haveNameNotMatching(".*\\.PresentSession\\$Heard")
                .should()
                .beAssignableTo(SessionListener.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Plan.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ShardRuns.class)
                .because("that is an agent's, a master's or a client's work, and theirs alone")
                .check(testkit);
    }

    @Test
    void theClusterMakesNoTransactions() {
        noClasses()
                .that()
                .resideInAPackage("dev.belfry.testkit.cluster..")
                .should()
                .callMethod(Transaction.class, "at", String.class)
                .orShould()
                .callConstructor(Transaction.class, String.class, java.util.List.class, java.util.List.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Candidacy.class)
                .because("only the shipped loops write")
                .check(testkit);
    }

    @Test
    void theClusterRunsTheShippedLoops() {
        classes()
                .that()
                .haveSimpleName("SimAgent")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(AgentLoop.class)
                .andShould()
                .dependOnClassesThat()
                .areAssignableTo(MasterLoop.class)
                .check(testkit);
        classes()
                .that()
                .haveSimpleName("Operator")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ClientLoop.class)
                .check(testkit);
        classes()
                .that()
                .areAssignableTo(Loop.class)
                .and()
                .resideInAPackage("dev.belfry.testkit..")
                .should()
                .haveSimpleName("SimLoop")
                .check(testkit);
    }
}
