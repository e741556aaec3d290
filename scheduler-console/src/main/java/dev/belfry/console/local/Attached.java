package dev.belfry.console.local;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * The entry of a JVM that does not outlive the one that started it. Its parent holds the other end of its standard input
 * and never writes there: however the parent ends, a kill included, that input ends with it. Then this JVM and every
 * process that it has started end at once, with nothing said to anybody.
 */
public final class Attached {
    /** Exit code of a JVM whose parent is gone. */
    static final int ORPHANED = 129;

    private Attached() {}

    /**
     * Runs the class named first with the arguments that follow.
     *
     * @throws Throwable what its main method throws
     */
    @SuppressWarnings("BanClassForName") // a class of our own class path, named by the process that started us
    public static void main(String[] arguments) throws Throwable {
        Thread watch = new Thread(Attached::endWithParent, "belfry-parent-watch");
        watch.setDaemon(true);
        watch.start();
        try {
            Class.forName(arguments[0]).getMethod("main", String[].class).invoke(null, (Object)
                    Arrays.copyOfRange(arguments, 1, arguments.length));
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {
                // Nobody writes there; what is typed is nothing to us.
            }
        } catch (IOException e) {
            System.err.println("the input by which the end of the parent is seen cannot be read: " + e.getMessage());
        }
        System.err.println("the process that started this one has ended; ending at once");
        // An orderly end would wait for a ZooKeeper server that ends just so, and leave commands behind if it took too
        // long.
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        Runtime.getRuntime().halt(ORPHANED);
    }
}
