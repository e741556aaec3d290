package dev.belfry.history;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HistoryArchitectureTest {
    private static final JavaClasses HISTORY = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.belfry.history");

    private static final List<String> HIDDEN = List.of(
            "com.zaxxer",
            "org.flywaydb",
            "org.h2",
            "org.postgresql",
            "com.google.common",
            "com.fasterxml",
            "org.apache");

    @Test
    void historyKnowsNeitherTheConsoleNorZooKeeper() {
        assertThat(HISTORY).isNotEmpty();
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.belfry.console..",
                        "dev.belfry.testkit..",
                        "dev.belfry.store.zk..",
                        "org.apache.zookeeper..")
                .check(HISTORY);
    }

    @Test
    void portAndExporterKnowNoDatabase() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.belfry.history", "dev.belfry.history.export")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.belfry.history.jdbc..", "java.sql..", "javax.sql..", "com.zaxxer..", "org.flywaydb..")
                .check(HISTORY);
    }

    @Test
    void publicSignaturesAreFreeOfLibraries() {
        methods()
                .that()
                .arePublic()
                .and()
                .areDeclaredInClassesThat(describe(
                        "are public", (JavaClass type) -> type.getModifiers().contains(JavaModifier.PUBLIC)))
                .should(new ArchCondition<JavaMethod>("have no types of " + HIDDEN) {
                    @Override
                    public void check(JavaMethod method, ConditionEvents events) {
                        method.getAllInvolvedRawTypes().stream()
                                .filter(type -> HIDDEN.stream().anyMatch(type.getPackageName()::startsWith))
                                .forEach(type -> events.add(SimpleConditionEvent.violated(
                                        method, method.getFullName() + " shows " + type.getName())));
                    }
                })
                .check(HISTORY);
    }
}
