package dev.belfry.testkit.cluster;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;

/**
 * Runs one scenario and says what broke: the entry into code that a {@link MutantLoader} has loaded, so it speaks in
 * types that both sides know.
 *
 * <p>Asked {@code "17"} it runs the scenario of seed 17, asked {@code "ProtocolScenariosTest.someTest"} that test. The
 * answer is the name of the invariant, a colon and what was found; the invariant is {@code test} where the test's own
 * assertion failed, {@code error} for any other exception, and the answer is empty if nothing broke.
 */
public final class Trial implements Function<String, Optional<String>> {

    @Override
    public Optional<String> apply(String what) {
        QuietLogs logs = new QuietLogs();
        logs.keep();
        try {
            if (Character.isDigit(what.charAt(0))) {
                Scenario.of(Long.parseLong(what)).run(ClusterOptions.DEFAULT);
            } else {
                test(what);
            }
            return Optional.empty();
        } catch (InvariantViolation e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } catch (AssertionError e) {
            return Optional.of("test: " + e.getMessage());
        } catch (RuntimeException e) {
            return Optional.of("error: " + e);
        } finally {
            logs.restore();
        }
    }

    private static void test(String what) {
        int dot = what.indexOf('.');
        try {
            Class<?> tests = Class.forName(Trial.class.getPackageName() + '.' + what.substring(0, dot), true, loader());
            Object test = tests.getDeclaredConstructor().newInstance();
            for (Method method : tests.getDeclaredMethods()) {
                if (method.isAnnotationPresent(BeforeEach.class)) {
                    method.invoke(test);
                }
            }
            tests.getDeclaredMethod(what.substring(dot + 1)).invoke(test);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException broken) {
                throw broken;
            }
            if (e.getCause() instanceof AssertionError failed) {
                throw failed;
            }
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no test " + what, e);
        }
    }

    private static ClassLoader loader() {
        return Trial.class.getClassLoader();
    }
}
