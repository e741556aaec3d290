package dev.belfry.console;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.ClientLoop;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsoleArchitectureTest {
    private static final JavaClasses CONSOLE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.belfry.console");

    @Test
    void whatReadsAndPrintsWritesNothing() {
        for (String method : List.of("apply", "send", "trigger", "pause", "resume", "delete", "drain", "undrain")) {
            for (Class<?> client : List.of(BelfryClient.class, ClientLoop.class)) {
                noClasses()
                        .that()
                        .resideInAnyPackage("..console.cli..", "..console.query..", "..console.proof..")
                        .should()
                        .callMethodWhere(com.tngtech.archunit.core.domain.JavaCall.Predicates.target(
                                com.tngtech.archunit.core.domain.properties.HasName.Predicates.name(method)
                                        .and(com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner(
                                                com.tngtech.archunit.core.domain.JavaClass.Predicates.type(client)))))
                        .because("only console.command writes")
                        .check(CONSOLE);
            }
        }
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
