package dev.belfry.console;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.ClientLoop;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConsoleArchitectureTest {
    private static final JavaClasses CONSOLE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.belfry.console");

    private static final Set<String> WRITES =
            Set.of("apply", "send", "trigger", "pause", "resume", "delete", "drain", "undrain");

    @Test
    void whatReadsAndPrintsWritesNothing() {
        noClasses()
                .that()
                .resideInAnyPackage("..console.cli..", "..console.query..", "..console.proof..")
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "writes through the client",
                        call -> WRITES.contains(call.getName())
                                && (call.getTargetOwner().isEquivalentTo(BelfryClient.class)
                                        || call.getTargetOwner().isEquivalentTo(ClientLoop.class))))
                .because("only console.command writes")
                .check(CONSOLE);
    }

    @Test
    void proofComputesDueInstantsWithoutTheEngineThatItChecks() {
        noClasses()
                .that()
                .resideInAPackage("..console.proof..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.belfry.core.schedule..", "dev.belfry.core.trigger..", "org.quartz..")
                .check(CONSOLE);
    }
}
