package dev.belfry.testkit.cluster;

import static net.bytebuddy.matcher.ElementMatchers.named;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Function;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.pool.TypePool;
import org.jspecify.annotations.Nullable;

/**
 * Loads the whole of Belfry, product and simulation, once more from the same class files, one method of one class
 * changed on the way. Everything else comes from the loader above it.
 */
final class MutantLoader extends ClassLoader {
    static {
        registerAsParallelCapable();
    }

    private static final String OURS = "dev.belfry.";

    private final String changed;
    private final byte[] changedBytes;

    private MutantLoader(String changed, byte[] changedBytes) {
        super("mutant of " + changed, MutantLoader.class.getClassLoader());
        this.changed = changed;
        this.changedBytes = changedBytes;
    }

    /** The product as it ships. */
    static MutantLoader unchanged() {
        return new MutantLoader("nothing", new byte[0]);
    }

    /** The product with one change; an {@link AssertionError} if there is no such class or method to change. */
    static MutantLoader of(Mutant mutant) {
        ClassLoader loader = MutantLoader.class.getClassLoader();
        ClassFileLocator files = ClassFileLocator.ForClassLoader.of(loader);
        TypePool.Resolution found = TypePool.Default.of(loader).describe(mutant.type());
        if (!found.isResolved()) {
            throw new AssertionError(mutant + ": there is no class " + mutant.type() + "; say where its code is now");
        }
        TypeDescription type = found.resolve();
        int methods = type.getDeclaredMethods().filter(named(mutant.method())).size();
        if (methods != 1) {
            throw new AssertionError(mutant + ": " + mutant.type() + " has " + methods + " methods '" + mutant.method()
                    + "', not one; say where its code is now");
        }
        AsmVisitorWrapper change = mutant.change().of(named(mutant.method()));
        byte[] bytes =
                new ByteBuddy().decorate(type, files).visit(change).make().getBytes();
        return new MutantLoader(mutant.type(), bytes);
    }

    /** What {@link Trial} finds when it is run on this code: see there. */
    @SuppressWarnings("unchecked") // Trial is a Function of these
    Function<String, Optional<String>> trial() {
        try {
            return (Function<String, Optional<String>>)
                    loadClass(Trial.class.getName()).getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte[] bytes = name.equals(changed) ? changedBytes : read(name);
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    private byte @Nullable [] read(String name) {
        try (InputStream file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            return file == null ? null : file.readAllBytes();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
