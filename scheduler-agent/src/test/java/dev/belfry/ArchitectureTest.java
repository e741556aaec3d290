package dev.belfry;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.have;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which part of Belfry may see which. */
final class ArchitectureTest {
    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.belfry");

    /** Libraries that no user of Belfry is to meet in a signature. */
    private static final List<String> HIDDEN =
            List.of("org.apache.zookeeper", "org.apache.curator", "com.google.common", "org.quartz", "com.fasterxml");

    private static final Set<String> CLOCKS = Set.of(
            "java.lang.System.nanoTime",
            "java.lang.System.currentTimeMillis",
            "java.time.Instant.now",
            "java.time.LocalDate.now",
            "java.time.LocalDateTime.now",
            "java.time.ZonedDateTime.now",
            "java.time.OffsetDateTime.now",
            "java.time.Clock.systemUTC",
            "java.time.Clock.systemDefaultZone",
            "java.time.InstantSource.system",
            "java.time.ZoneId.systemDefault",
            "java.lang.Math.random",
            "java.util.UUID.randomUUID");

    @Test
    void whatIsTestedIsThere() {
        for (String part :
                List.of("core", "store", "store.zk", "agent", "agent.loop", "agent.queue", "agent.exec", "master")) {
            assertThat(PRODUCT.stream().anyMatch(type -> type.getPackageName().startsWith("dev.belfry." + part)))
                    .as(part)
                    .isTrue();
        }
    }

    @Test
    void dependenciesPointOneWay() {
        noClasses()
                .that()
                .resideInAPackage("dev.belfry.core..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.belfry.store..", "dev.belfry.agent..", "dev.belfry.master..")
                .check(PRODUCT);
        noClasses()
                .that()
                .resideInAPackage("dev.belfry.store..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.belfry.core..", "dev.belfry.agent..", "dev.belfry.master..")
                .check(PRODUCT);
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.belfry.core..", "dev.belfry.store..", "dev.belfry.agent..", "dev.belfry.master..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.belfry.console..", "dev.belfry.testkit..", "org.junit..")
                .check(PRODUCT);
    }

    @Test
    void onlyTheAdapterKnowsZooKeeper() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.belfry.store.zk..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.zookeeper..", "org.apache.curator..")
                .check(PRODUCT);
        noClasses()
                .that()
                .resideInAnyPackage("dev.belfry.core..", "dev.belfry.master..", "dev.belfry.agent.(*)..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.belfry.store.zk..")
                .check(PRODUCT);
    }

    @Test
    void coreIsPure() {
        noClasses()
                .that()
                .resideInAPackage("dev.belfry.core..")
                .should()
                .dependOnClassesThat(describe(
                        "do I/O, log, or run threads",
                        type -> Set.of("org.slf4j", "java.net.http", "java.nio.file")
                                        .contains(type.getPackageName())
                                // A table of pure answers may be shared, and so may a count by which nothing is
                                // decided.
                                || (type.getPackageName().startsWith("java.util.concurrent")
                                        && !type.getName().equals("java.util.concurrent.ConcurrentHashMap")
                                        && !type.getName().equals("java.util.concurrent.atomic.AtomicLongArray"))
                                || type.getName().startsWith("java.io.File")
                                || type.getName().equals("java.lang.Thread")
                                || type.getName().equals("java.util.Timer")))
                .check(PRODUCT);
        noClasses()
                .that()
                .resideInAPackage("dev.belfry.core..")
                .should()
                .callMethodWhere(describe("a clock or a source of randomness is read", ArchitectureTest::isClock))
                .check(PRODUCT);
        noClasses()
                .that()
                .resideInAPackage("dev.belfry.core..")
                .should()
                .callConstructor(java.util.Random.class)
                .orShould()
                .callConstructor(java.util.SplittableRandom.class)
                .check(PRODUCT);
    }

    private static boolean isClock(JavaMethodCall call) {
        return CLOCKS.contains(call.getTargetOwner().getName() + "." + call.getName());
    }

    @Test
    void loopsOfAgentAndMasterTakeTheTimeFromTheirLoop() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.belfry.agent.loop", "dev.belfry.agent.queue", "dev.belfry.master")
                .and()
                .haveSimpleNameNotStartingWith("ThreadLoop")
                .should()
                .callMethodWhere(describe("a clock or a source of randomness is read", ArchitectureTest::isClock))
                .check(PRODUCT);
    }

    @Test
    void packagesAreFreeOfCycles() {
        slices().assignedFrom(BY_PACKAGE).should().beFreeOfCycles().check(PRODUCT);
    }

    /**
     * Each package is a slice. The agent's root is none: it holds what users see, which every part implements, and the
     * assembly, which sees every part.
     */
    private static final SliceAssignment BY_PACKAGE = new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return type.getPackageName().equals("dev.belfry.agent")
                    ? SliceIdentifier.ignore()
                    : SliceIdentifier.of(type.getPackageName());
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    };

    @Test
    void nobodyInstantiatesTheAssemblyButUsers() {
        classes()
                .that()
                .haveSimpleName("Agent")
                .and()
                .resideInAPackage("dev.belfry.agent")
                .should()
                .onlyBeAccessed()
                .byClassesThat()
                .resideInAPackage("dev.belfry.agent")
                .check(PRODUCT);
    }

    @Test
    void publicSignaturesAreFreeOfLibraries() {
        methods()
                .that()
                .arePublic()
                .and()
                .areDeclaredInClassesThat(arePublicOutsideTheRecordFormat())
                .should(haveNoHiddenTypes())
                .check(PRODUCT);
        assertThatThrownBy(() -> methods()
                        .that(have(describe("a name", method -> method.getName().equals("children"))))
                        .should(haveNoHiddenTypes(List.of("java.util.function")))
                        .check(PRODUCT))
                .as("the rule can fail")
                .isInstanceOf(AssertionError.class);
    }

    /** Record codecs of the core share a JSON reader and writer among themselves; users meet neither. */
    private static DescribedPredicate<JavaClass> arePublicOutsideTheRecordFormat() {
        return describe(
                "are public, outside of the record format",
                type -> type.getModifiers().contains(JavaModifier.PUBLIC)
                        && !type.getPackageName().equals("dev.belfry.core.record"));
    }

    private static ArchCondition<JavaCodeUnit> haveNoHiddenTypes() {
        return haveNoHiddenTypes(HIDDEN);
    }

    private static ArchCondition<JavaCodeUnit> haveNoHiddenTypes(List<String> hidden) {
        return new ArchCondition<>("have no types of " + hidden) {
            @Override
            public void check(JavaCodeUnit method, ConditionEvents events) {
                method.getAllInvolvedRawTypes().stream()
                        .filter(type -> hidden.stream().anyMatch(type.getPackageName()::startsWith))
                        .forEach(type -> events.add(SimpleConditionEvent.violated(
                                method, method.getFullName() + " shows " + type.getName())));
            }
        };
    }
}
